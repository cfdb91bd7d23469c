package dev.jig.kube;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/// Lists the agents and connects to them.
interface AgentTransport {
  /// The agents' namespace.
  String gadgetNamespace();

  /// The agents that are scheduled on a node and not being deleted.
  ///
  /// @throws dev.jig.event.UserFacingException if they cannot be listed
  List<Cluster.Agent> listAgents();

  /// The names of the cluster's nodes; empty if the user may not list them.
  default Set<String> listNodes() {
    return Set.of();
  }

  /// Checks that the user may forward ports to agents.
  ///
  /// @throws dev.jig.event.UserFacingException if not; it names the missing permission
  void requirePortForwardPermission();

  /// Opens a port on this machine's loopback that is forwarded to the agent's.
  PortForward forwardPort(Cluster.Agent agent);

  /// A forwarded port, open until closed.
  interface PortForward extends AutoCloseable {
    int port();

    @Override
    void close() throws IOException;
  }
}
