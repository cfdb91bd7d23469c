package dev.jig.wire;

import static dev.jig.wire.EventCodec.fromNumber;
import static dev.jig.wire.EventCodec.fromNumberOrNull;
import static dev.jig.wire.EventCodec.setIfPresent;
import static dev.jig.wire.EventCodec.toNumber;

import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.event.Lookup;
import dev.jig.event.Lookup.Upstream;
import dev.jig.event.Protocol;
import java.util.List;

/// Encodes the lookup part of a row as a protobuf message and decodes it.
final class LookupCodec {
  private static final List<AttemptState> ATTEMPT_STATES =
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
    setIfPresent(lookup.upstream(), upstream -> to.setHop(encode(upstream)));
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
            .setOutcome(toNumber(ATTEMPT_STATES, attempt.state()))
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
        fromNumber(ATTEMPT_STATES, from.getOutcome(), AttemptState.WAITING),
        from.getTookNs(),
        from.hasRcode() ? from.getRcode() : null,
        from.getMessages());
  }

  private static dev.jig.wire.proto.Hop encode(Upstream upstream) {
    var to = dev.jig.wire.proto.Hop.newBuilder();
    setIfPresent(upstream.serviceNs(), to::setTookNs);
    setIfPresent(upstream.nextServer(), address -> to.setServer(EventCodec.encode(address)));
    setIfPresent(upstream.nextLatencyNs(), to::setLatencyNs);
    return to.build();
  }

  private static Upstream decode(dev.jig.wire.proto.Hop from) {
    return new Upstream(
        from.hasTookNs() ? from.getTookNs() : null,
        from.getServer().isEmpty() ? null : EventCodec.decode(from.getServer()),
        from.hasLatencyNs() ? from.getLatencyNs() : null);
  }
}
