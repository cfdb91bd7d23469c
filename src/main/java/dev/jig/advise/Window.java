package dev.jig.advise;

/// What the advice is based on.
///
/// @param startNs nanoseconds since the epoch
/// @param endNs nanoseconds since the epoch
/// @param processes distinct ones, at most 100,000
/// @param servers distinct ones, at most 100,000
/// @param packetsLost packets that the trace lost: what they would have shown is unknown
/// @param forgotten subjects with a fault that a rule could not keep
public record Window(
    long startNs,
    long endNs,
    long lookups,
    long processes,
    long servers,
    long packetsLost,
    long forgotten) {

  /// A copy with the time that was watched.
  public Window withTime(long newStartNs, long newEndNs) {
    return new Window(newStartNs, newEndNs, lookups, processes, servers, packetsLost, forgotten);
  }

  /// A copy with the number of lost packets.
  public Window withLost(long lost) {
    return new Window(startNs, endNs, lookups, processes, servers, lost, forgotten);
  }
}
