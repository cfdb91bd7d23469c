package dev.jig.capture;

import dev.jig.event.Cause;
import dev.jig.event.Cause.Place;

/// A packet that got lost, or an error that ends the wait for a response: what the kernel says of
/// it.
///
/// @param hook what reported it
/// @param reason as [Cause#reason]
/// @param where where the packet was
public record Drop(Hook hook, String reason, Where where) {
  /// The kernel's tracepoints.
  public enum Hook {
    /// The kernel dropped the packet (kfree_skb).
    PACKET_DROPPED,
    /// This host answered the packet with an ICMP message (icmp_send).
    ICMP_SENT,
    /// The socket has got an error (inet_sk_error_report); there is no packet.
    SOCKET_ERROR
  }

  /// Where a packet was, and which socket its record names.
  public enum Where {
    /// On its way; there is no socket.
    PATH,
    /// At the socket that sent it.
    SENDING_SOCKET,
    /// At the socket that it was for.
    RECEIVING_SOCKET,
    /// In the network namespace that it was for; there is no socket, or it is not known.
    RECEIVING_HOST
  }

  /// Whether a socket was found.
  public boolean hasSocket() {
    return where == Where.SENDING_SOCKET || where == Where.RECEIVING_SOCKET;
  }

  /// Whether no socket listens where the packet was sent to.
  ///
  /// @param closed whether the socket that it was for is known to be closed; kernels before 5.17
  ///   give no reason
  public boolean isWithoutSocket(boolean closed) {
    return reason.equals("NO_SOCKET") || closed && reason.equals(Cause.UNKNOWN);
  }

  /// Whether netfilter dropped it, or may have: kernels before 5.17 give no reason.
  public boolean mayBeByNetfilter() {
    return reason.equals("NETFILTER_DROP") || reason.equals(Cause.UNKNOWN);
  }

  /// Whether only a copy of the packet was dropped, or may have been: one that a bridge flooded, or
  /// that was for a program such as tcpdump. The packet itself went on.
  public boolean mayBeOfCopy() {
    return switch (reason) {
      case "OTHERHOST", "PACKET_SOCK_ERROR" -> true;
      case "NOT_SPECIFIED" -> !hasSocket();
      case Cause.UNKNOWN -> where == Where.PATH;
      default -> false;
    };
  }

  /// Why a query has no response.
  ///
  /// @param response whether the packet was the response; else it was the query
  public Cause cause(boolean response) {
    return new Cause(reason, place(response));
  }

  private Place place(boolean response) {
    return switch (where) {
      case PATH -> Place.PATH;
      case SENDING_SOCKET ->
          hook == Hook.SOCKET_ERROR ? placeOfError() : response ? Place.SERVER : Place.CLIENT;
      case RECEIVING_SOCKET, RECEIVING_HOST -> response ? Place.CLIENT : Place.SERVER;
    };
  }

  /// An ICMP error came back: only the server's host sends one for a closed port.
  private Place placeOfError() {
    return reason.equals("ECONNREFUSED") ? Place.SERVER : Place.PATH;
  }
}
