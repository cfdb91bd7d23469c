package dev.jig.fields;

/// How wide a column is, in terminal cells, and how what does not fit is cut.
///
/// @param configured the width without a terminal, and the weight when scaled to one
/// @param min never scaled below, 0 for no bound
/// @param max never scaled above, 0 for no bound
/// @param fixed never scaled
public record Width(int configured, int min, int max, boolean fixed, Ellipsis ellipsis) {

  /// Where `…` stands for what was cut.
  public enum Ellipsis {
    END,
    MIDDLE
  }

  public Width {
    if (configured < 1 || min < 0 || max != 0 && max < min) {
      throw new IllegalArgumentException("width " + configured + ", " + min + " to " + max);
    }
  }

  static Width scaled(int configured) {
    return new Width(configured, 0, 0, false, Ellipsis.END);
  }

  static Width fixed(int configured) {
    return new Width(configured, 0, 0, true, Ellipsis.END);
  }

  Width withMin(int bound) {
    return new Width(configured, bound, max, fixed, ellipsis);
  }

  Width withBounds(int least, int most) {
    return new Width(configured, least, most, fixed, ellipsis);
  }

  Width withMax(int bound) {
    return new Width(configured, min, bound, fixed, ellipsis);
  }

  Width withMiddleEllipsis() {
    return new Width(configured, min, max, fixed, Ellipsis.MIDDLE);
  }
}
