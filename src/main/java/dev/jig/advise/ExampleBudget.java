package dev.jig.advise;

import java.util.LinkedHashSet;

/// Bounds the examples of a rule: of one finding, and of all, since each holds a whole answer. When
/// all are used, the case that got one longest ago loses its examples: most cases never become a
/// finding, and those that recur get new ones.
public final class ExampleBudget {
  private static final int MAX_EXAMPLES = 256;

  private final int perFinding;

  /// The cases with examples, the one that has had some for longest first.
  private final LinkedHashSet<Case> holders = new LinkedHashSet<>();

  private int used;

  /// @param perFinding as `--evidence` says
  public ExampleBudget(int perFinding) {
    this.perFinding = perFinding;
  }

  /// Whether the case may keep another example, which then counts.
  public boolean take(Case found) {
    if (found.examples() >= perFinding) {
      return false;
    }
    while (used >= MAX_EXAMPLES) {
      giveBack(holders.getFirst());
    }
    holders.add(found);
    used++;
    return true;
  }

  /// The case needs its examples no longer.
  public void giveBack(Case forgotten) {
    used -= forgotten.dropEvidence();
    holders.remove(forgotten);
  }
}
