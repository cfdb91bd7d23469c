package dev.jig.kube;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Agents that listen on this machine's loopback, without a cluster.
final class LoopbackTransport implements AgentTransport {
  private final List<Cluster.Agent> agents;
  private final Map<String, Integer> ports;

  /// @param ports the agents' ports by node name
  LoopbackTransport(Map<String, Integer> ports) {
    this.ports = Map.copyOf(ports);
    this.agents =
        ports.keySet().stream()
            .map(node -> new Cluster.Agent(node, "agent-" + node, "uid-" + node, true))
            .toList();
  }

  @Override
  public String gadgetNamespace() {
    return "gadget";
  }

  @Override
  public List<Cluster.Agent> listAgents() {
    return agents;
  }

  @Override
  public void requirePortForwardPermission() {}

  @Override
  public PortForward forwardPort(Cluster.Agent agent) {
    int port = Objects.requireNonNull(ports.get(agent.node()), agent.node());
    return new PortForward() {
      @Override
      public int port() {
        return port;
      }

      @Override
      public void close() {}
    };
  }
}
