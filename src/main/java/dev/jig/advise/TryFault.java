package dev.jig.advise;

import dev.jig.event.Attempt;
import dev.jig.event.Cause;

/// Why a try got no answer, as far as the kernel reported it.
public enum TryFault {
  /// The host answers that nothing listens on the port.
  PORT_CLOSED,
  /// Host or network cannot be reached, or a device is down.
  UNREACHABLE,
  /// Netfilter dropped the query or its answer.
  NETFILTER,
  /// The receive buffer of the server's socket was full.
  OVERLOADED,
  /// No answer, and no such cause.
  SILENT;

  /// The fault of a try that ended without answer.
  static TryFault of(Attempt unanswered) {
    Cause cause = unanswered.cause();
    if (cause == null) {
      return SILENT;
    }
    return switch (cause.text()) {
      case "port closed" -> PORT_CLOSED;
      case "dropped by netfilter" -> NETFILTER;
      case "receive buffer full" -> cause.at() == Cause.Place.SERVER ? OVERLOADED : SILENT;
      default -> cause.isUnreachable() ? UNREACHABLE : SILENT;
    };
  }
}
