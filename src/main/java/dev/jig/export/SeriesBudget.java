package dev.jig.export;

/// How many lines of the text format may still be made. Not thread-safe.
final class SeriesBudget {
  private final int max;
  private int used;

  SeriesBudget(int max) {
    this.max = max;
  }

  /// Takes lines, if there are as many left; returns whether.
  boolean take(int lines) {
    if (used + lines > max) {
      return false;
    }
    used += lines;
    return true;
  }

  void giveBack(int lines) {
    used -= lines;
  }

  boolean isSpent() {
    return used == max;
  }
}
