package dev.jig.event;

import dev.jig.dns.Rcode;

/// How a lookup ended for its client.
public enum Outcome {
  /// NoError with a record of the type asked for.
  OK,
  /// NoError without one (RFC 2308 section 2.2), or a referral.
  NODATA,
  NXDOMAIN,
  SERVFAIL,
  REFUSED,
  /// Any other rcode, or a truncated answer that was not followed over TCP.
  ERROR,
  TIMEOUT,
  /// The client gave up.
  CLOSED,
  /// The kernel or ICMP said that the server cannot be reached.
  UNREACHABLE;

  /// Whether the server answered with a failure.
  public boolean isFailed() {
    return this == SERVFAIL || this == REFUSED || this == ERROR;
  }

  /// Whether there was no answer.
  public boolean isUnanswered() {
    return this == TIMEOUT || this == CLOSED || this == UNREACHABLE;
  }

  /// The outcome of a lookup that was answered.
  static Outcome ofAnswer(Flow flow, Dns answer) {
    return switch (answer.rcode()) {
      case Rcode.NO_ERROR ->
          answer.flags().isTruncated() && flow.protocol() == Protocol.UDP
              ? ERROR
              : answer.isOfType() ? OK : NODATA;
      case Rcode.NX_DOMAIN -> NXDOMAIN;
      case Rcode.SERV_FAIL -> SERVFAIL;
      case Rcode.REFUSED -> REFUSED;
      default -> ERROR;
    };
  }

  /// The outcome of a lookup without an answer.
  ///
  /// @param state TIMEOUT or CLOSED
  static Outcome ofUnanswered(State state, boolean unreachable) {
    return unreachable ? UNREACHABLE : state == State.TIMEOUT ? TIMEOUT : CLOSED;
  }
}
