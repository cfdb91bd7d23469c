package dev.jig.peer;

import dev.jig.event.IpAddress;
import dev.jig.table.DirectMapped;
import dev.jig.table.Hash64;
import java.util.Arrays;
import java.util.function.LongConsumer;

/// Decides which unwanted cgroups the kernel may skip although rows show peers: a process in such a
/// cgroup may be the peer of a wanted row, and is found only while its packets are recorded.
///
/// A cgroup is skipped after 16 messages without being a peer. If a wanted row lacks its peer and
/// its source address was last seen from a skipped cgroup, all skips are cleared. Direct mapped
/// tables of fixed size; ring thread only.
public final class PeerSkipPolicy {
  /// Messages without being a peer after which a cgroup is skipped.
  static final int MAX_IDLE_MESSAGES = 16;

  /// Further messages for a cgroup that was a peer: a resolver has many clients.
  static final int PEER_CREDIT = 4096;

  /// The shortest time between two times that the skips are cleared.
  static final long MIN_CLEAR_INTERVAL_NS = 1_000_000_000;

  private static final int SLOTS = 1 << 13;
  private static final int MAX_PROBES = 8;

  private final LongConsumer skip;
  private final Runnable clearSkipped;
  private final long[] cgroups = new long[SLOTS];
  private final int[] idleMessages = new int[SLOTS];

  /// Whether the container scope allows skipping the cgroup.
  private final boolean[] skipAllowed = new boolean[SLOTS];

  private final DirectMapped<IpAddress> skippedSources = new DirectMapped<>(1024);
  private long nextClearNs;

  /// @param skip makes the kernel skip a cgroup until `clearSkipped`
  /// @param clearSkipped makes the kernel record all cgroups again
  public PeerSkipPolicy(LongConsumer skip, Runnable clearSkipped) {
    this.skip = skip;
    this.clearSkipped = clearSkipped;
  }

  /// Allows skipping a cgroup: none of its rows are wanted until [#reset].
  public void allowSkip(long cgroupId) {
    skipAllowed[slot(cgroupId)] = true;
  }

  /// Withdraws all permissions to skip: the selection's results have changed.
  public void reset() {
    Arrays.fill(skipAllowed, false);
  }

  /// A message of an unwanted cgroup was recorded.
  void packetSeen(long cgroupId, IpAddress source) {
    int slot = slot(cgroupId);
    if (++idleMessages[slot] > MAX_IDLE_MESSAGES && skipAllowed[slot]) {
      skippedSources.put(hash(source), source);
      skip.accept(cgroupId);
    }
  }

  /// A process of this cgroup was a peer.
  void peerFound(long cgroupId) {
    idleMessages[slot(cgroupId)] = -PEER_CREDIT;
  }

  /// The peer of a wanted row was not found.
  ///
  /// @param source the address of the peer
  void peerMissing(IpAddress source, long bootNs) {
    if (bootNs >= nextClearNs && source.equals(skippedSources.get(hash(source)))) {
      nextClearNs = bootNs + MIN_CLEAR_INTERVAL_NS;
      Arrays.fill(idleMessages, 0);
      skippedSources.clear();
      clearSkipped.run();
    }
  }

  /// The cgroup's slot, one of eight from its home slot; if all are taken, the cgroup in the home
  /// slot is evicted.
  private int slot(long cgroupId) {
    int home = (int) Hash64.mix(cgroupId);
    for (int i = 0; i < MAX_PROBES; i++) {
      int slot = home + i & SLOTS - 1;
      if (cgroups[slot] == cgroupId) {
        return slot;
      }
      if (cgroups[slot] == 0) {
        return claimSlot(slot, cgroupId);
      }
    }
    return claimSlot(home & SLOTS - 1, cgroupId);
  }

  private int claimSlot(int slot, long cgroupId) {
    cgroups[slot] = cgroupId;
    idleMessages[slot] = 0;
    skipAllowed[slot] = false;
    return slot;
  }

  private static long hash(IpAddress source) {
    return source.high() ^ source.low();
  }
}
