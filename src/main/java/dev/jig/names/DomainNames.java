package dev.jig.names;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Compares names in presentation form with trailing dot, ignoring case (RFC 4343).
final class DomainNames {
  private DomainNames() {}

  static boolean isSame(String name, String other) {
    return name.equalsIgnoreCase(other);
  }

  /// Whether `name` is `stem` with `suffix` behind it.
  static boolean isJoined(String name, String stem, String suffix) {
    return name.length() == stem.length() + suffix.length()
        && isStem(stem, name)
        && name.regionMatches(true, stem.length(), suffix, 0, suffix.length());
  }

  /// Whether `name` begins with all labels of `stem` and has more.
  static boolean isStem(String stem, String name) {
    return name.length() > stem.length()
        && stem.length() > 1
        && name.regionMatches(true, 0, stem, 0, stem.length());
  }

  /// The labels before a suffix; null if the name does not end with it or has none before.
  static @Nullable String without(String name, String suffix) {
    int length = name.length() - suffix.length();
    boolean endsWith =
        length > 1
            && isDot(name, length - 1)
            && name.regionMatches(true, length, suffix, 0, suffix.length());
    return endsWith ? name.substring(0, length) : null;
  }

  /// The number of dots without the trailing one.
  static int dots(String name) {
    int dots = 0;
    for (int i = 0; i < name.length() - 1; i++) {
      dots += isDot(name, i) ? 1 : 0;
    }
    return dots;
  }

  /// The first label, in lower case.
  static String firstLabel(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (isDot(name, i)) {
        return name.substring(0, i).toLowerCase(Locale.ROOT);
      }
    }
    return name.toLowerCase(Locale.ROOT);
  }

  /// Whether a dot ends a label: one within a label is escaped (RFC 1035 section 5.1).
  private static boolean isDot(String name, int at) {
    if (name.charAt(at) != '.') {
      return false;
    }
    int backslashes = 0;
    while (at - backslashes > 0 && name.charAt(at - backslashes - 1) == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 0;
  }
}
