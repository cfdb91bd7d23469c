package dev.jig.advise;

import java.util.List;

/// What the advice is based on.
///
/// @param startNs nanoseconds since the epoch
/// @param endNs nanoseconds since the epoch
/// @param processes distinct ones, at most 100,000
/// @param servers distinct ones, at most 100,000
/// @param packetsLost packets that the trace lost: what they would have shown is unknown
/// @param forgotten subjects with a fault that a rule could not keep
/// @param nodes of a cluster; none: this machine
public record Window(
    long startNs,
    long endNs,
    long lookups,
    long processes,
    long servers,
    long packetsLost,
    long forgotten,
    List<WatchedNode> nodes) {

  public Window {
    nodes = List.copyOf(nodes);
  }

  /// The window of one machine.
  public Window(
      long startNs,
      long endNs,
      long lookups,
      long processes,
      long servers,
      long packetsLost,
      long forgotten) {
    this(startNs, endNs, lookups, processes, servers, packetsLost, forgotten, List.of());
  }

  /// A copy with the time that was watched.
  public Window withTime(long newStartNs, long newEndNs) {
    return new Window(
        newStartNs, newEndNs, lookups, processes, servers, packetsLost, forgotten, nodes);
  }

  /// A copy with the number of lost packets.
  public Window withLost(long lost) {
    return new Window(startNs, endNs, lookups, processes, servers, lost, forgotten, nodes);
  }

  /// A copy with the nodes, and the packets that they lost.
  public Window withNodes(List<WatchedNode> watched) {
    long lost = watched.stream().mapToLong(WatchedNode::packetsLost).sum();
    return new Window(startNs, endNs, lookups, processes, servers, lost, forgotten, watched);
  }
}
