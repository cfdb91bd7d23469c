package dev.jig.it.zoo;

import java.util.List;
import java.util.stream.Stream;

/// One exhibit of the zoo: a network with servers and clients, and the findings that it must have.
///
/// @param kind the id of its fault, [#SEVERAL] or [#HEALTHY]
/// @param usual whether each test run has it; the others have the tag "all"
/// @param findings as [Findings] prints them, in any order
record Setup(String kind, String name, boolean usual, List<String> findings, Scene scene) {
  static final String HEALTHY = "healthy";

  /// Has several faults, or one that others follow from.
  static final String SEVERAL = "several";

  /// Builds the network.
  interface Scene {

    /// Starts the servers and makes the fault.
    ///
    /// @return the shell's script that runs the clients
    String build(Lab lab) throws Exception;
  }

  /// The set-up of its kind that each test run has.
  static Setup usual(String kind, String name, Scene scene, String... findings) {
    return new Setup(kind, name, true, List.of(findings), scene);
  }

  static Setup further(String kind, String name, Scene scene, String... findings) {
    return new Setup(kind, name, false, List.of(findings), scene);
  }

  /// All set-ups.
  static List<Setup> all() {
    return Stream.of(
            LostTwins.setups(),
            SilentServers.setups(),
            BlockedClients.setups(),
            UnreachableServers.setups(),
            FailingServers.setups(),
            SlowServers.setups(),
            WastedQueries.setups(),
            BlockedTcp.setups(),
            OverloadedServers.setups(),
            LateAnswers.setups(),
            TcpFallbacks.setups(),
            RepeatedLookups.setups(),
            SlowUpstreams.setups(),
            EdnsTroubles.setups(),
            BogusZones.setups(),
            ConflictingAnswers.setups(),
            ForwardingLoops.setups(),
            DockerContainers.setups(),
            SeveralFaults.setups(),
            HealthyResolvers.setups(),
            HealthyClients.setups())
        .flatMap(List::stream)
        .toList();
  }

  @Override
  public String toString() {
    return kind + ": " + name;
  }
}
