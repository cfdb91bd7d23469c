package dev.jig.peer;

import dev.jig.event.IpAddress;
import dev.jig.table.Hash64;
import org.jspecify.annotations.Nullable;

/// The server that a client's queries reached where NAT changed the address that the client sent
/// them to. Direct mapped with 1,024 slots: a later query to the same address replaces the entry.
final class NatMappings {
  private static final int SLOTS = 1024;

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

  private final @Nullable NatMapping[] mappings = new @Nullable NatMapping[SLOTS];

  void put(NatMapping mapping) {
    int slot =
        slot(mapping.client(), mapping.clientPort(), mapping.requested(), mapping.requestedPort());
    mappings[slot] = mapping;
  }

  @Nullable NatMapping find(
      IpAddress client, int clientPort, IpAddress requested, int requestedPort) {
    NatMapping found = mappings[slot(client, clientPort, requested, requestedPort)];
    return found != null && found.matches(client, clientPort, requested, requestedPort)
        ? found
        : null;
  }

  private static int slot(
      IpAddress client, int clientPort, IpAddress requested, int requestedPort) {
    long mixed = Hash64.mix(client.high() ^ client.low() ^ (long) clientPort << 32);
    mixed = Hash64.mix(mixed ^ requested.high() ^ requested.low() ^ (long) requestedPort << 32);
    return (int) mixed & SLOTS - 1;
  }
}
