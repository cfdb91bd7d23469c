package dev.jig.fields;

/// The width of a column in terminal cells, and where longer text is cut.
///
/// @param configured the width without a terminal, and the weight when scaled to a terminal
/// @param min lower bound when scaled, 0 for none
/// @param max upper bound when scaled, 0 for none
/// @param fixed not scaled
public record Width(int configured, int min, int max, boolean fixed, Ellipsis ellipsis) {

  /// Where the `…` is placed in a cut text.
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

  Width withMin(int cells) {
    return new Width(configured, cells, max, fixed, ellipsis);
  }

  Width withBounds(int least, int most) {
    return new Width(configured, least, most, fixed, ellipsis);
  }

  Width withMax(int cells) {
    return new Width(configured, min, cells, fixed, ellipsis);
  }

  Width withMiddleEllipsis() {
    return new Width(configured, min, max, fixed, Ellipsis.MIDDLE);
  }
}
