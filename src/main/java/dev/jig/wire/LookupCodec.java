package dev.jig.wire;

import static dev.jig.wire.EventCodec.kind;
import static dev.jig.wire.EventCodec.kindOrNull;
import static dev.jig.wire.EventCodec.number;
import static dev.jig.wire.EventCodec.present;

import dev.jig.event.Attempt;
import dev.jig.event.Attempt.Outcome;
import dev.jig.event.Lookup;
import dev.jig.event.Lookup.Upstream;
import dev.jig.event.Protocol;
import java.util.List;

/// What an event says of a whole lookup to a message and back.
final class LookupCodec {
  private static final List<Outcome> OUTCOMES =
      List.of(
          Outcome.ANSWERED,
          Outcome.TRUNCATED,
          Outcome.REPEATED,
          Outcome.TIMEOUT,
          Outcome.CLOSED,
          Outcome.LATE,
          Outcome.WAITING);

  private LookupCodec() {}

  static dev.jig.wire.proto.Lookup encode(Lookup lookup) {
    var to =
        dev.jig.wire.proto.Lookup.newBuilder()
            .setTries(lookup.tries())
            .setTwin(number(EventCodec.STATES, lookup.twin()));
    lookup.attempts().forEach(attempt -> to.addAttempts(encode(attempt)));
    present(lookup.hop(), hop -> to.setHop(encode(hop)));
    return to.build();
  }

  static Lookup decode(dev.jig.wire.proto.Lookup from) {
    return new Lookup(
        from.getTries(),
        from.getAttemptsList().stream().map(LookupCodec::decode).toList(),
        kindOrNull(EventCodec.STATES, from.getTwin()),
        from.hasHop() ? decode(from.getHop()) : null);
  }

  private static dev.jig.wire.proto.Attempt encode(Attempt attempt) {
    var to =
        dev.jig.wire.proto.Attempt.newBuilder()
            .setTimestampNs(attempt.timestampNs())
            .setProtocol(number(EventCodec.PROTOCOLS, attempt.protocol()))
            .setId(attempt.id())
            .setOutcome(number(OUTCOMES, attempt.outcome()))
            .setTookNs(attempt.tookNs())
            .setMessages(attempt.messages());
    present(attempt.nameserver(), address -> to.setNameserver(EventCodec.encode(address)));
    present(attempt.rcode(), to::setRcode);
    return to.build();
  }

  private static Attempt decode(dev.jig.wire.proto.Attempt from) {
    return new Attempt(
        from.getTimestampNs(),
        kind(EventCodec.PROTOCOLS, from.getProtocol(), Protocol.UDP),
        from.getNameserver().isEmpty() ? null : EventCodec.decode(from.getNameserver()),
        from.getId(),
        kind(OUTCOMES, from.getOutcome(), Outcome.WAITING),
        from.getTookNs(),
        from.hasRcode() ? from.getRcode() : null,
        from.getMessages());
  }

  private static dev.jig.wire.proto.Hop encode(Upstream hop) {
    var to = dev.jig.wire.proto.Hop.newBuilder();
    present(hop.tookNs(), to::setTookNs);
    present(hop.server(), address -> to.setServer(EventCodec.encode(address)));
    present(hop.latencyNs(), to::setLatencyNs);
    return to.build();
  }

  private static Upstream decode(dev.jig.wire.proto.Hop from) {
    return new Upstream(
        from.hasTookNs() ? from.getTookNs() : null,
        from.getServer().isEmpty() ? null : EventCodec.decode(from.getServer()),
        from.hasLatencyNs() ? from.getLatencyNs() : null);
  }
}
