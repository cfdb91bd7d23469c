package dev.jig.cli;

import dev.jig.output.Escaping;

/// stderr: everything that is no event. Lines may come from several threads.
final class Console {
  private static volatile boolean verbose;
  private static volatile String name = "ig";

  private Console() {}

  /// The program's name, in front of every sentence.
  static void setName(String program) {
    name = program;
  }

  static String name() {
    return name;
  }

  static void setVerbose(boolean shown) {
    verbose = shown;
  }

  /// A line for the user.
  static void print(String line) {
    System.err.println(name + ": " + Escaping.TERMINAL.escape(line));
  }

  /// A line without the program's name in front, as the last one is.
  static void printPlain(String line) {
    System.err.println(Escaping.TERMINAL.escape(line));
  }

  /// A line for `-v`.
  static void debug(String line) {
    if (verbose) {
      System.err.println(name + ": debug: " + Escaping.TERMINAL.escape(line));
    }
  }

  static boolean isVerbose() {
    return verbose;
  }
}
