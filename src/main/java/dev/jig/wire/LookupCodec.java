package dev.jig.wire;

import static dev.jig.wire.EventCodec.fromNumber;
import static dev.jig.wire.EventCodec.fromNumberOrNull;
import static dev.jig.wire.EventCodec.toNumber;
import static dev.jig.wire.EventCodec.setIfPresent;

import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.event.Lookup;
import dev.jig.event.Lookup.Upstream;
import dev.jig.event.Protocol;
import java.util.List;

/// What an event says of a whole lookup to a message and back.
final class LookupCodec {
  private static final List<AttemptState> OUTCOMES =
      List.of(
          AttemptState.ANSWERED,
          AttemptState.TRUNCATED,
          AttemptState.REPEATED,
          AttemptState.TIMEOUT,
          AttemptState.CLOSED,
          AttemptState.LATE,
          AttemptState.WAITING);

  private LookupCodec() {}

  static dev.jig.wire.proto.Lookup encode(Lookup lookup) {
    var to =
        dev.jig.wire.proto.Lookup.newBuilder()
            .setTries(lookup.tries())
            .setTwin(toNumber(EventCodec.STATES, lookup.twinState()));
    lookup.attempts().forEach(attempt -> to.addAttempts(encode(attempt)));
    setIfPresent(lookup.upstream(), hop -> to.setHop(encode(hop)));
    return to.build();
  }

  static Lookup decode(dev.jig.wire.proto.Lookup from) {
    return new Lookup(
        from.getTries(),
        from.getAttemptsList().stream().map(LookupCodec::decode).toList(),
        fromNumberOrNull(EventCodec.STATES, from.getTwin()),
        from.hasHop() ? decode(from.getHop()) : null);
  }

  private static dev.jig.wire.proto.Attempt encode(Attempt attempt) {
    var to =
        dev.jig.wire.proto.Attempt.newBuilder()
            .setTimestampNs(attempt.timestampNs())
            .setProtocol(toNumber(EventCodec.PROTOCOLS, attempt.protocol()))
            .setId(attempt.id())
            .setOutcome(toNumber(OUTCOMES, attempt.state()))
            .setTookNs(attempt.durationNs())
            .setMessages(attempt.messages());
    setIfPresent(attempt.nameserver(), address -> to.setNameserver(EventCodec.encode(address)));
    setIfPresent(attempt.rcode(), to::setRcode);
    return to.build();
  }

  private static Attempt decode(dev.jig.wire.proto.Attempt from) {
    return new Attempt(
        from.getTimestampNs(),
        fromNumber(EventCodec.PROTOCOLS, from.getProtocol(), Protocol.UDP),
        from.getNameserver().isEmpty() ? null : EventCodec.decode(from.getNameserver()),
        from.getId(),
        fromNumber(OUTCOMES, from.getOutcome(), AttemptState.WAITING),
        from.getTookNs(),
        from.hasRcode() ? from.getRcode() : null,
        from.getMessages());
  }

  private static dev.jig.wire.proto.Hop encode(Upstream hop) {
    var to = dev.jig.wire.proto.Hop.newBuilder();
    setIfPresent(hop.serviceNs(), to::setTookNs);
    setIfPresent(hop.nextServer(), address -> to.setServer(EventCodec.encode(address)));
    setIfPresent(hop.nextLatencyNs(), to::setLatencyNs);
    return to.build();
  }

  private static Upstream decode(dev.jig.wire.proto.Hop from) {
    return new Upstream(
        from.hasTookNs() ? from.getTookNs() : null,
        from.getServer().isEmpty() ? null : EventCodec.decode(from.getServer()),
        from.hasLatencyNs() ? from.getLatencyNs() : null);
  }
}
