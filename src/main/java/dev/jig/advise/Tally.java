package dev.jig.advise;

import org.jspecify.annotations.Nullable;

/// The lookups of one subject: how many could show a fault, and those that do.
public final class Tally {
  private long of;
  private @Nullable Case faulty;

  /// Counts a lookup that could show the fault.
  public void count() {
    of++;
  }

  public long of() {
    return of;
  }

  /// The number of lookups with the fault.
  public long lookups() {
    return faulty == null ? 0 : faulty.lookups();
  }

  /// Whether there are at least `min` lookups with the fault, and at least this share of all.
  public boolean isAtLeast(long min, double share) {
    return lookups() >= min && lookups() >= share * of;
  }

  /// The lookups with the fault.
  public Case faulty() {
    if (faulty == null) {
      faulty = new Case();
    }
    return faulty;
  }

  /// Adds the lookups of another tally.
  public void add(Tally other, int maxEvidence) {
    of += other.of;
    if (other.faulty != null) {
      faulty().add(other.faulty, maxEvidence);
    }
  }
}
