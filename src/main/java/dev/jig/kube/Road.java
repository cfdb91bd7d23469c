package dev.jig.kube;

import java.io.IOException;
import java.util.List;

/// The way from here to the agents.
interface Road {
  /// Where agents live.
  String gadgetNamespace();

  /// The agents there are, those that are going left out.
  ///
  /// @throws ClusterProblem if they can't be listed
  List<Cluster.Agent> agents();

  /// Asks beforehand whether the user may go it.
  ///
  /// @throws ClusterProblem if the user may not reach agents
  void requireForwarding();

  /// Makes a port on this machine's loopback that leads to the agent.
  Forwarded forward(Cluster.Agent agent);

  /// Such a port, until closed.
  interface Forwarded extends AutoCloseable {
    int port();

    @Override
    void close() throws IOException;
  }
}
