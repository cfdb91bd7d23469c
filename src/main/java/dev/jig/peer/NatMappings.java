package dev.jig.peer;

import dev.jig.event.IpAddress;
import dev.jig.table.Hash64;
import org.jspecify.annotations.Nullable;

/// Which server a client's query really reached where NAT changed the address it asked. Direct
/// mapped, so that it can't grow; a client's later query to the same address replaces what an
/// earlier one showed.
final class NatMappings {
  private static final int SLOTS = 1024;

  /// One client's endpoint, the server's it asked, and the server's that got it.
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

  void put(NatMapping translation) {
    mappings[
            slot(
                translation.client(),
                translation.clientPort(),
                translation.requested(),
                translation.requestedPort())] =
        translation;
  }

  @Nullable NatMapping find(IpAddress client, int clientPort, IpAddress asked, int askedPort) {
    NatMapping found = mappings[slot(client, clientPort, asked, askedPort)];
    return found != null && found.matches(client, clientPort, asked, askedPort) ? found : null;
  }

  private static int slot(IpAddress client, int clientPort, IpAddress asked, int askedPort) {
    long mixed = Hash64.mix(client.high() ^ client.low() ^ (long) clientPort << 32);
    mixed = Hash64.mix(mixed ^ asked.high() ^ asked.low() ^ (long) askedPort << 32);
    return (int) mixed & SLOTS - 1;
  }
}
