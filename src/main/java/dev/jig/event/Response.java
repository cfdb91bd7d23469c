package dev.jig.event;

import org.jspecify.annotations.Nullable;

/// A response, as it left its server or reached its client (`qr` R).
///
/// @param state ANSWERED, LATE or ORPHAN
/// @param latencyNs from the first transmission of its query at the same socket; [Row#NO_LATENCY]
///   for an orphan
/// @param peer at a client the process that sent it, at a server the client, if it runs on this
///   machine
public record Response(
    long timestampNs,
    Subject subject,
    Flow flow,
    Dns dns,
    State state,
    long latencyNs,
    @Nullable Subject peer)
    implements Row {
  @Override
  public Qr qr() {
    return Qr.R;
  }

  @Override
  public Response withSubject(Subject newSubject) {
    return new Response(timestampNs, newSubject, flow, dns, state, latencyNs, peer);
  }

  @Override
  public Response withFlow(Flow newFlow) {
    return new Response(timestampNs, subject, newFlow, dns, state, latencyNs, peer);
  }

  @Override
  public Response withMessage(WireMessage message) {
    return new Response(
        timestampNs, subject, flow, dns.withMessage(message), state, latencyNs, peer);
  }
}
