package dev.jig.match;

import dev.jig.dns.RecordType;
import dev.jig.event.IpAddress;
import dev.jig.event.Owner;
import dev.jig.event.Query;
import dev.jig.event.Question;
import dev.jig.table.Hash64;
import java.util.Locale;

/// What all attempts of one lookup have in common: the client process and the question. Tables use
/// its 64-bit [#hash], and compare the key itself.
///
/// @param processHash hash of pid and start time; where the process is unknown, of the cgroup and
///   the client's address
/// @param name in lower case; empty without a question
record LookupKey(long processHash, String name, int type) {
  private static final int NO_TWIN = -1;

  static LookupKey of(Query query, long cgroupId) {
    Question question = query.dns().question();
    return new LookupKey(
        processHash(query, cgroupId),
        question == null ? "" : question.name().toLowerCase(Locale.ROOT),
        question == null ? 0 : question.type());
  }

  private static long processHash(Query query, long cgroupId) {
    Owner owner = query.subject().owner();
    if (owner != null) {
      return processHash(owner);
    }
    IpAddress client = query.flow().source().address();
    return Hash64.mix(Hash64.mix(cgroupId ^ client.high()) ^ client.low());
  }

  /// Returns a hash of a process's pid and start time.
  static long processHash(Owner owner) {
    return Hash64.mix(owner.processKey());
  }

  long hash() {
    return hash(processHash, type);
  }

  /// Returns the hash of the same question from another process.
  long hashFor(long otherProcess) {
    return hash(otherProcess, type);
  }

  /// Returns the hash of [#isTwinOf]; of no key if there can be no twin.
  long twinHash() {
    return hash(processHash, twinType());
  }

  private long hash(long process, int ofType) {
    long mixed = Hash64.mix(process ^ (long) name.hashCode() << 16 ^ ofType);
    return mixed == 0 ? 1 : mixed; // LongTable has no key 0
  }

  /// Whether the question has a twin: AAAA for A and A for AAAA, which getaddrinfo(3) queries
  /// together.
  boolean canHaveTwin() {
    return twinType() != NO_TWIN;
  }

  /// Whether the other key differs only by A and AAAA.
  boolean isTwinOf(LookupKey other) {
    return type == other.twinType() && processHash == other.processHash && name.equals(other.name);
  }

  private int twinType() {
    return switch (type) {
      case RecordType.A -> RecordType.AAAA;
      case RecordType.AAAA -> RecordType.A;
      default -> NO_TWIN;
    };
  }

  /// As [#equals], but C2 does not always inline what a record generates, and this runs per query.
  boolean isSameAs(LookupKey other) {
    return processHash == other.processHash && type == other.type && name.equals(other.name);
  }
}
