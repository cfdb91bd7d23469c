package dev.jig.peer;

import dev.jig.event.IpAddress;
import dev.jig.table.DirectMapped;
import dev.jig.table.Hash64;
import org.jspecify.annotations.Nullable;

/// The server that a client's queries reached where NAT changed the address that the client sent
/// them to. Direct mapped with 1,024 slots: a later query to the same address replaces the entry.
final class NatMappings {
  /// One translation.
  ///
  /// @param requested the address that the client sent its query to
  /// @param server the address that received it
  record NatMapping(
      IpAddress client,
      int clientPort,
      IpAddress requested,
      int requestedPort,
      IpAddress server,
      int serverPort) {

    private boolean matches(IpAddress from, int fromPort, IpAddress to, int toPort) {
      return clientPort == fromPort
          && requestedPort == toPort
          && client.equals(from)
          && requested.equals(to);
    }
  }

  private final DirectMapped<NatMapping> mappings = new DirectMapped<>(1024);

  void put(NatMapping mapping) {
    mappings.put(
        hash(mapping.client(), mapping.clientPort(), mapping.requested(), mapping.requestedPort()),
        mapping);
  }

  @Nullable NatMapping find(
      IpAddress client, int clientPort, IpAddress requested, int requestedPort) {
    NatMapping found = mappings.get(hash(client, clientPort, requested, requestedPort));
    return found != null && found.matches(client, clientPort, requested, requestedPort)
        ? found
        : null;
  }

  private static long hash(
      IpAddress client, int clientPort, IpAddress requested, int requestedPort) {
    long mixed = Hash64.mix(client.high() ^ client.low() ^ (long) clientPort << 32);
    return mixed ^ requested.high() ^ requested.low() ^ (long) requestedPort << 32;
  }
}
