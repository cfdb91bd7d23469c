package dev.jig.peer;

import dev.jig.event.IpAddress;
import dev.jig.table.Mixing;
import org.jspecify.annotations.Nullable;

/// Which server a client's query really reached where NAT changed the address it asked. Direct
/// mapped, so that it can't grow; a client's later query to the same address replaces what an
/// earlier one showed.
final class Translations {
  private static final int SLOTS = 1024;

  /// One client's endpoint, the server's it asked, and the server's that got it.
  record Translation(
      IpAddress client,
      int clientPort,
      IpAddress asked,
      int askedPort,
      IpAddress server,
      int serverPort) {

    private boolean isOf(IpAddress from, int fromPort, IpAddress to, int toPort) {
      return clientPort == fromPort
          && askedPort == toPort
          && client.equals(from)
          && asked.equals(to);
    }
  }

  private final @Nullable Translation[] known = new @Nullable Translation[SLOTS];

  void learn(Translation translation) {
    known[
            slot(
                translation.client(),
                translation.clientPort(),
                translation.asked(),
                translation.askedPort())] =
        translation;
  }

  @Nullable Translation find(IpAddress client, int clientPort, IpAddress asked, int askedPort) {
    Translation found = known[slot(client, clientPort, asked, askedPort)];
    return found != null && found.isOf(client, clientPort, asked, askedPort) ? found : null;
  }

  private static int slot(IpAddress client, int clientPort, IpAddress asked, int askedPort) {
    long mixed = Mixing.mix(client.high() ^ client.low() ^ (long) clientPort << 32);
    mixed = Mixing.mix(mixed ^ asked.high() ^ asked.low() ^ (long) askedPort << 32);
    return (int) mixed & SLOTS - 1;
  }
}
