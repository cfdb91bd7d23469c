package dev.jig.kube;

import java.io.IOException;
import java.util.List;

/// The way from here to the agents.
interface AgentTransport {
  /// Where agents live.
  String gadgetNamespace();

  /// The agents there are, those that are going left out.
  ///
  /// @throws ClusterException if they can't be listed
  List<Cluster.Agent> listAgents();

  /// Asks beforehand whether the user may go it.
  ///
  /// @throws ClusterException if the user may not reach agents
  void requirePortForwardPermission();

  /// Makes a port on this machine's loopback that leads to the agent.
  PortForward forwardPort(Cluster.Agent agent);

  /// Such a port, until closed.
  interface PortForward extends AutoCloseable {
    int port();

    @Override
    void close() throws IOException;
  }
}
