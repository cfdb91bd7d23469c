package dev.jig.peer;

import dev.jig.capture.Packet;
import dev.jig.event.IpAddress;
import dev.jig.event.Owner;
import dev.jig.table.RecentKeys;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The last messages recorded at egress with their senders, found by key; the oldest is
/// overwritten. Allocates nothing per message.
final class RecentSenders {
  /// A message that arrives later than this after one that left is another message.
  private static final long MAX_AGE_NS = 1_000_000_000;

  /// Messages of one key that are compared; if there are more, no sender is certain.
  private static final int MAX_COMPARED = 64;

  private final RecentKeys keys;

  /// By slot of [#keys].
  private final SentMessage[] messages;

  /// @param slots how many messages, a power of two
  RecentSenders(int slots) {
    this.keys = new RecentKeys(slots);
    this.messages = new SentMessage[slots];
    Arrays.setAll(messages, _ -> new SentMessage());
  }

  /// Adds a packet recorded at egress.
  ///
  /// @param server the address of the server's end: a query's destination, a response's source
  void add(long key, Packet packet, IpAddress server, int serverPort) {
    int newest = keys.find(key);
    boolean repeated =
        newest >= 0
            && !keys.isAging(newest)
            && isRepeatedBy(packet, messages[newest], server, serverPort);
    SentMessage sent = messages[repeated ? newest : keys.add(key)];
    sent.server = server;
    sent.serverPort = serverPort;
    sent.netNs = packet.socketNetNs();
    sent.bootNs = packet.bootNs();
    sent.cgroupId = packet.cgroupId();
    sent.socketCookie = packet.socketCookie();
    sent.owner = packet.owner();
    sent.attribution = packet.attribution();
  }

  private static boolean isRepeatedBy(
      Packet packet, SentMessage sent, IpAddress server, int serverPort) {
    return sent.netNs == packet.socketNetNs()
        && sent.isSentTo(server, serverPort)
        && isSameProcess(sent.owner, packet.owner());
  }

  /// Returns the message that arrives; null if there is none, or several of different processes.
  ///
  /// @param server the server's address as sent; null for any
  @Nullable SentMessage find(long key, Packet packet, @Nullable IpAddress server, int serverPort) {
    SentMessage found = null;
    int compared = 0;
    for (int slot = keys.find(key); slot >= 0; slot = keys.findOlder(slot)) {
      if (++compared > MAX_COMPARED) {
        return null;
      }
      SentMessage sent = messages[slot];
      if (!isCandidate(sent, packet) || server != null && !sent.isSentTo(server, serverPort)) {
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
  private static boolean isCandidate(SentMessage sent, Packet packet) {
    return sent.netNs == packet.socketNetNs() && packet.bootNs() - sent.bootNs <= MAX_AGE_NS;
  }

  private static boolean isSameProcess(@Nullable Owner one, @Nullable Owner other) {
    if (one == null || other == null) {
      return one == null && other == null;
    }
    return one.pid() == other.pid() && one.startBootNs() == other.startBootNs();
  }
}
