package dev.jig.peer;

import dev.jig.event.IpAddress;
import dev.jig.table.Hash64;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Cgroups whose rows nobody wants, but whose processes may be the peers of those that are shown.
/// One that was no peer for a number of messages is skipped in the kernel; a row that may have
/// missed its peer for that reason makes everything count again.
public final class PeerSkipPolicy {
  /// Messages after which one is skipped that never was a peer.
  static final int MAX_IDLE_MESSAGES = 16;

  /// Further ones for a cgroup that was a peer: a resolver serves many.
  static final int PEER_CREDIT = 4096;

  static final long MIN_CLEAR_INTERVAL_NS = 1_000_000_000;

  private static final int SLOTS = 1 << 13;
  private static final int MAX_PROBES = 8;
  private static final int SOURCE_SLOTS = 1024;

  private final LongConsumer skip;
  private final Runnable clearSkipped;
  private final long[] cgroups = new long[SLOTS];
  private final int[] idleMessages = new int[SLOTS];

  /// Whether the rule that makes it unwanted allows skipping it.
  private final boolean[] skipAllowed = new boolean[SLOTS];

  private final @Nullable IpAddress[] skippedSources = new @Nullable IpAddress[SOURCE_SLOTS];
  private long nextClearNs;

  /// @param skip told of each cgroup whose packets need not be recorded until `forgetSkipped`
  /// @param clearSkipped called when all packets are to be recorded again
  public PeerSkipPolicy(LongConsumer skip, Runnable forgetSkipped) {
    this.skip = skip;
    this.clearSkipped = forgetSkipped;
  }

  /// None of this cgroup's rows are wanted until [#reset].
  public void allowSkip(long cgroupId) {
    skipAllowed[slot(cgroupId)] = true;
  }

  /// What is wanted has changed.
  public void reset() {
    Arrays.fill(skipAllowed, false);
  }

  /// A message of an unwanted cgroup came by.
  void packetSeen(long cgroupId, IpAddress source) {
    int slot = slot(cgroupId);
    if (++idleMessages[slot] > MAX_IDLE_MESSAGES && skipAllowed[slot]) {
      skippedSources[sourceSlot(source)] = source;
      skip.accept(cgroupId);
    }
  }

  /// One of its processes was a peer.
  void peerFound(long cgroupId) {
    idleMessages[slot(cgroupId)] = -PEER_CREDIT;
  }

  /// The sender of a wanted message was not found.
  void peerMissing(IpAddress source, long bootNs) {
    if (bootNs >= nextClearNs && source.equals(skippedSources[sourceSlot(source)])) {
      nextClearNs = bootNs + MIN_CLEAR_INTERVAL_NS;
      Arrays.fill(idleMessages, 0);
      Arrays.fill(skippedSources, null);
      clearSkipped.run();
    }
  }

  /// The cgroup's own slot; where all near it are taken, another's history ends.
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

  private static int sourceSlot(IpAddress source) {
    return (int) Hash64.mix(source.high() ^ source.low()) & SOURCE_SLOTS - 1;
  }
}
