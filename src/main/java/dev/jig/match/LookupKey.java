package dev.jig.match;

import dev.jig.dns.RecordType;
import dev.jig.event.Row;
import dev.jig.event.Question;
import dev.jig.event.IpAddress;
import dev.jig.event.Owner;
import dev.jig.table.Hash64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What all attempts of one lookup have in common: the client process and the question.
///
/// @param processHash hash of pid and start time; where the process is unknown, of the cgroup and
///   the client's address
/// @param name in lower case; empty without a question
record LookupKey(long processHash, String name, int type) {

  static LookupKey of(Row query, long cgroupId) {
    Question question = query.question();
    return new LookupKey(
        processHash(query, cgroupId),
        question == null ? "" : question.name().toLowerCase(Locale.ROOT),
        question == null ? 0 : question.type());
  }

  private static long processHash(Row query, long cgroupId) {
    Owner owner = query.owner();
    if (owner != null) {
      return processHash(owner);
    }
    IpAddress client = query.source().address();
    return Hash64.mix(Hash64.mix(cgroupId ^ client.high()) ^ client.low());
  }

  /// Returns a hash of a process's pid and start time.
  static long processHash(Owner owner) {
    return Hash64.mix(owner.startBootNs() ^ (long) owner.pid() << 32);
  }

  /// Returns the key of the same question from another process.
  LookupKey withProcess(long other) {
    return new LookupKey(other, name, type);
  }

  /// Returns the key with AAAA for A and A for AAAA, which getaddrinfo(3) queries together; null
  /// for other types.
  @Nullable LookupKey twinKey() {
    return switch (type) {
      case RecordType.A -> new LookupKey(processHash, name, RecordType.AAAA);
      case RecordType.AAAA -> new LookupKey(processHash, name, RecordType.A);
      default -> null;
    };
  }
}
