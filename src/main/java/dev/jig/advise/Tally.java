package dev.jig.advise;

import org.jspecify.annotations.Nullable;

/// The lookups of one subject: how many could show a fault, and those that do; and what else its
/// rule counts.
public final class Tally {
  private long of;
  private @Nullable Case faulty;
  private @Nullable Facts facts;

  /// Counts a lookup that could show the fault.
  public void count() {
    of++;
  }

  /// Counts lookups, or queries, that could show the fault.
  public void count(long number) {
    of += number;
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

  /// What else is counted.
  public Facts facts() {
    if (facts == null) {
      facts = new Facts();
    }
    return facts;
  }

  /// Whether anything else is counted.
  public boolean hasFacts() {
    return facts != null;
  }

  /// The number of a fact; 0 if there is none.
  public long fact(Fact fact) {
    return facts == null ? 0 : facts.number(fact, 0);
  }

  /// Adds all of another tally.
  public void add(Tally other, int maxEvidence) {
    addCounts(other);
    if (other.faulty != null) {
      faulty().add(other.faulty, maxEvidence);
    }
  }

  /// Adds all of another tally, of the examples as many as the budget allows.
  void add(Tally other, ExampleBudget examples) {
    addCounts(other);
    if (other.faulty != null) {
      faulty().add(other.faulty, examples);
    }
  }

  private void addCounts(Tally other) {
    of += other.of;
    if (other.facts != null) {
      facts().add(other.facts);
    }
  }
}
