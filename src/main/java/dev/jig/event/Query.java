package dev.jig.event;

import org.jspecify.annotations.Nullable;

/// A query, as it left its client or reached its server (`qr` Q).
///
/// @param peer at a server the process that sent it, if it runs on this machine
public record Query(long timestampNs, Subject subject, Flow flow, Dns dns, @Nullable Subject peer)
    implements Row {
  private static final Endpoint NO_ENDPOINT = new Endpoint(IpAddress.v4(0), 0);
  private static final Flow NO_FLOW = new Flow(NO_ENDPOINT, NO_ENDPOINT, Protocol.UDP, null, null);

  /// A row that has only a subject: it lets outputs print a subject by the catalogue of fields.
  public static Query ofSubject(Subject subject) {
    return new Query(0, subject, NO_FLOW, Dns.ofQuestion(0, null), null);
  }

  @Override
  public Qr qr() {
    return Qr.Q;
  }

  @Override
  public Query withSubject(Subject newSubject) {
    return new Query(timestampNs, newSubject, flow, dns, peer);
  }

  @Override
  public Query withFlow(Flow newFlow) {
    return new Query(timestampNs, subject, newFlow, dns, peer);
  }

  @Override
  public Query withMessage(WireMessage message) {
    return new Query(timestampNs, subject, flow, dns.withMessage(message), peer);
  }
}
