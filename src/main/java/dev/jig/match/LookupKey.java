package dev.jig.match;

import dev.jig.dns.RecordType;
import dev.jig.event.DnsEvent;
import dev.jig.event.DnsEvent.Question;
import dev.jig.event.IpAddress;
import dev.jig.event.Owner;
import dev.jig.table.Mixing;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Who asks what: what all tries of one lookup have in common.
///
/// @param who the process, hashed; where it is not known the cgroup and the client's address
/// @param name in lower case; empty without a question
record LookupKey(long who, String name, int type) {

  static LookupKey of(DnsEvent query, long cgroupId) {
    Question question = query.question();
    return new LookupKey(
        who(query, cgroupId),
        question == null ? "" : question.name().toLowerCase(Locale.ROOT),
        question == null ? 0 : question.type());
  }

  private static long who(DnsEvent query, long cgroupId) {
    Owner owner = query.owner();
    if (owner != null) {
      return who(owner);
    }
    IpAddress client = query.source().address();
    return Mixing.mix(Mixing.mix(cgroupId ^ client.high()) ^ client.low());
  }

  /// A process, hashed.
  static long who(Owner owner) {
    return Mixing.mix(owner.startTimeNs() ^ (long) owner.pid() << 32);
  }

  /// The same, asked by another process.
  LookupKey by(long other) {
    return new LookupKey(other, name, type);
  }

  /// The same with AAAA for A and A for AAAA, which getaddrinfo asks together; else null.
  @Nullable LookupKey twin() {
    return switch (type) {
      case RecordType.A -> new LookupKey(who, name, RecordType.AAAA);
      case RecordType.AAAA -> new LookupKey(who, name, RecordType.A);
      default -> null;
    };
  }
}
