package dev.jig.advise;

/// How many more examples a rule may keep, of one finding and of all: each holds a whole answer.
public final class ExampleBudget {
  private static final int MAX_EXAMPLES = 256;

  private final int perFinding;
  private int used;

  /// @param perFinding as `--evidence` says
  public ExampleBudget(int perFinding) {
    this.perFinding = perFinding;
  }

  /// Whether the case may keep another example, which then counts.
  public boolean take(Case found) {
    if (found.evidence().size() >= perFinding || used >= MAX_EXAMPLES) {
      return false;
    }
    used++;
    return true;
  }

  /// The case is forgotten.
  public void giveBack(Case forgotten) {
    used -= forgotten.evidence().size();
  }
}
