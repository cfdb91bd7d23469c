package dev.jig.match;

import dev.jig.dns.RecordType;
import dev.jig.event.DnsEvent;
import dev.jig.event.DnsEvent.Question;
import dev.jig.event.IpAddress;
import dev.jig.event.Owner;
import dev.jig.table.Hash64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Who asks what: what all tries of one lookup have in common.
///
/// @param processHash the process, hashed; where it is not known the cgroup and the client's address
/// @param name in lower case; empty without a question
record LookupKey(long processHash, String name, int type) {

  static LookupKey of(DnsEvent query, long cgroupId) {
    Question question = query.question();
    return new LookupKey(
        processHash(query, cgroupId),
        question == null ? "" : question.name().toLowerCase(Locale.ROOT),
        question == null ? 0 : question.type());
  }

  private static long processHash(DnsEvent query, long cgroupId) {
    Owner owner = query.owner();
    if (owner != null) {
      return processHash(owner);
    }
    IpAddress client = query.source().address();
    return Hash64.mix(Hash64.mix(cgroupId ^ client.high()) ^ client.low());
  }

  /// A process, hashed.
  static long processHash(Owner owner) {
    return Hash64.mix(owner.startTimeNs() ^ (long) owner.pid() << 32);
  }

  /// The same, asked by another process.
  LookupKey withProcess(long other) {
    return new LookupKey(other, name, type);
  }

  /// The same with AAAA for A and A for AAAA, which getaddrinfo asks together; else null.
  @Nullable LookupKey twinKey() {
    return switch (type) {
      case RecordType.A -> new LookupKey(processHash, name, RecordType.AAAA);
      case RecordType.AAAA -> new LookupKey(processHash, name, RecordType.A);
      default -> null;
    };
  }
}
