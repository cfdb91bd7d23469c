package dev.jig.wire;

/// The port of the agent on its pod's loopback, which clients forward.
public final class AgentPort {
  public static final int DEFAULT = 4243;

  private AgentPort() {}
}
