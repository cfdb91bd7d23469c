package dev.jig.cli;

import dev.jig.advise.Counted;

/// The last line of a trace on a cluster.
final class ClusterSummary {
  private ClusterSummary() {}

  /// Prints a line such as `12 rows from 2 nodes, 0 lost`.
  ///
  /// @param counted such as `12 rows`
  static void print(String counted, int nodes, long lost) {
    Console.printPlain(
        "%s from %s, %s lost"
            .formatted(counted, Counted.of(nodes, "node", "nodes"), Counted.number(lost)));
  }
}
