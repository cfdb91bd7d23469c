package dev.jig.peer;

import dev.jig.capture.Packet;
import dev.jig.event.Attribution;
import dev.jig.event.IpAddress;
import dev.jig.event.Owner;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The last messages recorded at egress with their senders, found by key; the oldest is
/// overwritten. Allocates nothing per message.
final class RecentSenders {
  /// A message that arrives later than this after one that left is another message.
  private static final long MAX_AGE_NS = 1_000_000_000;

  /// Messages of one hash slot that are compared; if there are more, no sender is certain.
  private static final int MAX_STEPS = 64;

  /// A message, or repeated transmissions of it by one process to one server.
  static final class SentMessage {
    IpAddress server = IpAddress.v4(0);
    int serverPort;
    long cgroupId;
    @Nullable Owner owner;
    Attribution attribution = Attribution.UNKNOWN;

    private long key;
    private long bootNs;
    private long netNs;

    /// Number of the message before it in the same hash slot; 0 for none.
    private long previousNumber;

    private boolean matches(long otherKey, IpAddress address, int port, long otherNetNs) {
      return key == otherKey && serverPort == port && netNs == otherNetNs && server.equals(address);
    }
  }

  private final int slots;
  private final int mask;
  private final SentMessage[] messages;

  /// By hash slot: the number of its newest message, counted from 1; 0 for none.
  private final long[] newestNumber;

  private long lastNumber;

  /// @param slots how many messages, a power of two
  RecentSenders(int slots) {
    this.slots = slots;
    this.mask = slots - 1;
    this.messages = new SentMessage[slots];
    this.newestNumber = new long[slots];
    Arrays.setAll(messages, _ -> new SentMessage());
  }

  /// Adds a packet recorded at egress.
  ///
  /// @param server the address of the server's end: a query's destination, a response's source
  void add(long key, Packet packet, IpAddress server, int serverPort) {
    int slot = (int) key & mask;
    SentMessage sent = findRepeated(key, packet, server, serverPort, newestNumber[slot]);
    if (sent == null) {
      lastNumber++;
      sent = messages[(int) lastNumber & mask];
      sent.key = key;
      sent.previousNumber = newestNumber[slot];
      sent.server = server;
      sent.serverPort = serverPort;
      sent.netNs = packet.socketNetNs();
      newestNumber[slot] = lastNumber;
    }
    sent.bootNs = packet.bootNs();
    sent.cgroupId = packet.cgroupId();
    sent.owner = packet.owner();
    sent.attribution = packet.attribution();
  }

  /// Returns the slot's newest message if this packet repeats it, unless it is soon overwritten.
  private @Nullable SentMessage findRepeated(
      long key, Packet packet, IpAddress server, int serverPort, long number) {
    if (number == 0 || number <= lastNumber - slots / 2) {
      return null;
    }
    SentMessage sent = messages[(int) number & mask];
    boolean same =
        sent.matches(key, server, serverPort, packet.socketNetNs())
            && isSameProcess(sent.owner, packet.owner());
    return same ? sent : null;
  }

  /// Returns the message that arrives; null if there is none, or several of different processes.
  ///
  /// @param server the server's address as sent; null for any
  @Nullable SentMessage find(long key, Packet packet, @Nullable IpAddress server, int serverPort) {
    SentMessage found = null;
    int steps = 0;
    for (long number = newestNumber[(int) key & mask];
        number > 0 && number > lastNumber - slots;
        number = messages[(int) number & mask].previousNumber) {
      if (++steps > MAX_STEPS) {
        return null;
      }
      SentMessage sent = messages[(int) number & mask];
      if (!isCandidate(sent, key, packet)
          || server != null && !(sent.serverPort == serverPort && sent.server.equals(server))) {
        continue;
      }
      if (found == null) {
        found = sent;
      } else if (!isSameProcess(found.owner, sent.owner)) {
        return null;
      }
    }
    return found == null || found.owner == null ? null : found;
  }

  /// Loopback addresses are equal only within one network namespace.
  private static boolean isCandidate(SentMessage sent, long key, Packet packet) {
    return sent.key == key
        && sent.netNs == packet.socketNetNs()
        && packet.bootNs() - sent.bootNs <= MAX_AGE_NS;
  }

  private static boolean isSameProcess(@Nullable Owner one, @Nullable Owner other) {
    if (one == null || other == null) {
      return one == null && other == null;
    }
    return one.pid() == other.pid() && one.startBootNs() == other.startBootNs();
  }
}
