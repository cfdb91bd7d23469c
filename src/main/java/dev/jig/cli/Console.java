package dev.jig.cli;

import dev.jig.output.Escaping;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Prints everything but rows, on stderr. Safe for several threads.
final class Console {
  private static volatile boolean verbose;
  private static volatile String name = "ig";

  private static final int MAX_KEPT = 1_000;

  /// Null: lines are printed at once.
  private static @Nullable Consumer<String> diverted;

  private static final List<String> kept = new ArrayList<>();

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
    printLine(name + ": " + Escaping.TERMINAL.escape(line));
  }

  /// Shows lines by `shown` from now on, since a screen is on the terminal, and prints them at the
  /// end of the diversion.
  static synchronized void divert(Consumer<String> shown) {
    diverted = shown;
  }

  /// Prints what was diverted.
  static synchronized void endDiversion() {
    diverted = null;
    kept.forEach(System.err::println);
    kept.clear();
  }

  private static synchronized void printLine(String line) {
    if (diverted == null) {
      System.err.println(line);
      return;
    }
    if (kept.size() < MAX_KEPT) {
      kept.add(line);
    }
    diverted.accept(line);
  }

  /// Prints a line without the prefix, such as the summary line.
  static void printPlain(String line) {
    printLine(Escaping.TERMINAL.escape(line));
  }

  /// Prints terminal control and counts, without a line feed.
  static void printStatus(String text) {
    System.err.print(text);
    System.err.flush();
  }

  /// Prints a line if `-v` was given.
  static void debug(String line) {
    if (verbose) {
      printLine(name + ": debug: " + Escaping.TERMINAL.escape(line));
    }
  }
}
