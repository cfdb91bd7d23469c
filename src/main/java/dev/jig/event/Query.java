package dev.jig.event;

import org.jspecify.annotations.Nullable;

/// A query, as it left its client or reached its server (`qr` Q).
///
/// @param cause why it did not reach the process of the server at which it arrived; null if it did
/// @param peer at a server the process that sent it, if it runs on this machine
public record Query(
    long timestampNs,
    Subject subject,
    Flow flow,
    Dns dns,
    @Nullable Cause cause,
    @Nullable Subject peer)
    implements Row {
  private static final Endpoint NO_ENDPOINT = new Endpoint(IpAddress.v4(0), 0);
  private static final Flow NO_FLOW = new Flow(NO_ENDPOINT, NO_ENDPOINT, Protocol.UDP, null, null);

  /// A row that has only a subject: it lets outputs print a subject by the catalogue of fields.
  public static Query ofSubject(Subject subject) {
    return new Query(0, subject, NO_FLOW, Dns.ofQuestion(0, null), null, null);
  }

  @Override
  public Qr qr() {
    return Qr.Q;
  }

  @Override
  public Query withSubject(Subject newSubject) {
    return new Query(timestampNs, newSubject, flow, dns, cause, peer);
  }

  @Override
  public Query withFlow(Flow newFlow) {
    return new Query(timestampNs, subject, newFlow, dns, cause, peer);
  }

  /// A copy with another cause.
  public Query withCause(Cause newCause) {
    return new Query(timestampNs, subject, flow, dns, newCause, peer);
  }

  @Override
  public Query withMessage(WireMessage message) {
    return new Query(timestampNs, subject, flow, dns.withMessage(message), cause, peer);
  }
}
