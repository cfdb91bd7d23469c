package dev.jig.cli;

import dev.jig.output.Escaping;

/// Prints everything but rows, on stderr. Safe for several threads.
final class Console {
  private static volatile boolean verbose;
  private static volatile String name = "ig";

  private Console() {}

  /// Sets the program's name, the prefix of every line.
  static void setName(String program) {
    name = program;
  }

  static String name() {
    return name;
  }

  static void setVerbose(boolean shown) {
    verbose = shown;
  }

  /// Prints a line for the user.
  static void print(String line) {
    System.err.println(name + ": " + Escaping.TERMINAL.escape(line));
  }

  /// Prints a line without the prefix, such as the summary line.
  static void printPlain(String line) {
    System.err.println(Escaping.TERMINAL.escape(line));
  }

  /// Prints terminal control and counts, without a line feed.
  static void printStatus(String text) {
    System.err.print(text);
    System.err.flush();
  }

  /// Prints a line if `-v` was given.
  static void debug(String line) {
    if (verbose) {
      System.err.println(name + ": debug: " + Escaping.TERMINAL.escape(line));
    }
  }
}
