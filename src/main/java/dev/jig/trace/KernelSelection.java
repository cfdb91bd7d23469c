package dev.jig.trace;

import dev.jig.capture.LiveCapture;
import java.util.Arrays;
import java.util.BitSet;

/// What the kernel records: the packets that any of the open subscriptions selects. Ring thread
/// only.
///
/// A cgroup is skipped once all subscriptions ask for it. Their votes are kept in 8,192 slots,
/// direct mapped: a vote that another cgroup overwrote is given again with the next packet.
final class KernelSelection {
  /// One bit of a vote each.
  static final int MAX_SUBSCRIPTIONS = Long.SIZE;

  private static final int SLOTS = 1 << 13;

  private final LiveCapture capture;
  private int open;
  private long[] cgroups = {};
  private long[] votes = {};

  /// The ports recorded so far: the ring may still hold packets of closed subscriptions.
  private final BitSet everRecorded = new BitSet();

  private boolean anyEverRecorded;

  /// The epoch of skips; 0 while none was made.
  private int epoch;

  KernelSelection(LiveCapture capture) {
    this.capture = capture;
  }

  /// Records for these subscriptions from now on, and skips nothing until they vote again.
  void setSubscriptions(Subscription[] subscriptions) {
    open = subscriptions.length;
    cgroups = open > 1 ? new long[SLOTS] : cgroups;
    votes = open > 1 ? new long[SLOTS] : votes;
    clearSkipped();
    setPorts(subscriptions);
    boolean paths = false;
    for (int i = 0; i < open; i++) {
      paths |= subscriptions[i].config().details().paths();
      subscriptions[i].setPlace(i, everRecorded, anyEverRecorded);
    }
    capture.setPrompt(paths);
  }

  private void setPorts(Subscription[] subscriptions) {
    BitSet ports = new BitSet();
    boolean any = false;
    for (Subscription each : subscriptions) {
      ports.or(each.config().ports().ports());
      any |= each.config().ports().isAny();
    }
    everRecorded.or(ports);
    anyEverRecorded |= any;
    capture.setPorts(ports, any);
  }

  /// Makes the kernel skip a cgroup until [#clearSkipped] if all subscriptions ask for it.
  ///
  /// @param place the asking subscription's place
  void skip(int place, long cgroupId) {
    if (open > 1 && !vote(place, cgroupId)) {
      return;
    }
    if (epoch == 0) {
      capture.enableVerdicts(++epoch);
    }
    capture.skipCgroup(cgroupId, epoch);
  }

  private boolean vote(int place, long cgroupId) {
    int slot = (int) (cgroupId ^ cgroupId >>> 13) & SLOTS - 1;
    if (cgroups[slot] != cgroupId) {
      cgroups[slot] = cgroupId;
      votes[slot] = 0;
    }
    votes[slot] |= 1L << place;
    return Long.bitCount(votes[slot]) == open;
  }

  /// Makes the kernel record all cgroups again, by a new epoch.
  void clearSkipped() {
    Arrays.fill(votes, 0);
    if (epoch > 0) {
      capture.enableVerdicts(++epoch);
    }
  }
}
