package dev.jig.bench;

import java.util.Locale;

/// Progress on stderr: the single measurements of which the table shows medians.
final class Progress {
  private Progress() {}

  @SuppressWarnings("AnnotateFormatMethod") // the annotation's library is no dependency of ours
  static void print(String format, Object... arguments) {
    System.err.println("bin/bench: " + String.format(Locale.ROOT, format, arguments));
  }
}
