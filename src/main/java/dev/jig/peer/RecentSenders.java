package dev.jig.peer;

import dev.jig.capture.Packet;
import dev.jig.event.Attribution;
import dev.jig.event.IpAddress;
import dev.jig.event.Owner;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The last messages that left, and who sent them: a fixed number, found by key, the oldest
/// overwritten. Nothing is allocated per message.
final class RecentSenders {
  private static final int SLOTS = 1 << 13;
  private static final int MASK = SLOTS - 1;

  /// What arrives later than this is not what left.
  private static final long MAX_AGE_NS = 1_000_000_000;

  /// Entries looked at for one key; where there are more, nobody is certain.
  private static final int MAX_STEPS = 64;

  /// One message, or the same bytes sent once more by the same process to the same place.
  static final class SentMessage {
    IpAddress server = IpAddress.v4(0);
    int serverPort;
    long cgroupId;
    @Nullable Owner owner;
    Attribution attribution = Attribution.UNKNOWN;

    private long key;
    private long bootNs;
    private long netNs;

    /// Number of the one before it in the same slot.
    private long previousNumber;

    private boolean matches(long otherKey, IpAddress address, int port, long otherNetNs) {
      return key == otherKey && serverPort == port && netNs == otherNetNs && server.equals(address);
    }
  }

  private final SentMessage[] ring = new SentMessage[SLOTS];

  /// By slot of the key: the number of the newest entry, counted from 1; 0 for none.
  private final long[] newestNumber = new long[SLOTS];

  private long lastNumber;

  RecentSenders() {
    Arrays.setAll(ring, _ -> new SentMessage());
  }

  /// Notes a packet that leaves.
  ///
  /// @param server the end of it that does not ask
  void add(long key, Packet packet, IpAddress server, int serverPort) {
    int slot = (int) key & MASK;
    SentMessage entry = findRepeated(key, packet, server, serverPort, newestNumber[slot]);
    if (entry == null) {
      lastNumber++;
      entry = ring[(int) lastNumber & MASK];
      entry.key = key;
      entry.previousNumber = newestNumber[slot];
      entry.server = server;
      entry.serverPort = serverPort;
      entry.netNs = packet.socketNetNs();
      newestNumber[slot] = lastNumber;
    }
    entry.bootNs = packet.bootNs();
    entry.cgroupId = packet.cgroupId();
    entry.owner = packet.owner();
    entry.attribution = packet.attribution();
  }

  /// The slot's newest entry if this is the same once more, unless it is soon overwritten.
  private @Nullable SentMessage findRepeated(
      long key, Packet packet, IpAddress server, int serverPort, long number) {
    if (number == 0 || number <= lastNumber - SLOTS / 2) {
      return null;
    }
    SentMessage entry = ring[(int) number & MASK];
    boolean same =
        entry.matches(key, server, serverPort, packet.socketNetNs())
            && isSameProcess(entry.owner, packet.owner());
    return same ? entry : null;
  }

  /// The one sender of what arrives; null if there is none, or several.
  ///
  /// @param server where it was sent to or from; null: wherever
  @Nullable SentMessage find(long key, Packet packet, @Nullable IpAddress server, int serverPort) {
    SentMessage found = null;
    int steps = 0;
    for (long number = newestNumber[(int) key & MASK];
        number > 0 && number > lastNumber - SLOTS;
        number = ring[(int) number & MASK].previousNumber) {
      if (++steps > MAX_STEPS) {
        return null;
      }
      SentMessage entry = ring[(int) number & MASK];
      if (!isCandidate(entry, key, packet)
          || server != null && !(entry.serverPort == serverPort && entry.server.equals(server))) {
        continue;
      }
      if (found == null) {
        found = entry;
      } else if (!isSameProcess(found.owner, entry.owner)) {
        return null;
      }
    }
    return found == null || found.owner == null ? null : found;
  }

  /// Loopback addresses are the same only within their network namespace.
  private static boolean isCandidate(SentMessage entry, long key, Packet packet) {
    return entry.key == key
        && entry.netNs == packet.socketNetNs()
        && packet.bootNs() - entry.bootNs <= MAX_AGE_NS;
  }

  private static boolean isSameProcess(@Nullable Owner one, @Nullable Owner other) {
    if (one == null || other == null) {
      return one == null && other == null;
    }
    return one.pid() == other.pid() && one.startTimeNs() == other.startTimeNs();
  }
}
