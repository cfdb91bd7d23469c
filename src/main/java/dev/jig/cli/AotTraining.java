package dev.jig.cli;

/// Walks the ways of the command that are to start fast, for the AOT cache that the tarball's build
/// makes of what they loaded.
public final class AotTraining {
  private AotTraining() {}

  /// Runs command lines one after the other; the first that fails ends it.
  ///
  /// @param commandLines each with its words divided by blanks
  public static void main(String[] commandLines) {
    for (String line : commandLines) {
      int code = Ig.commandLine(System.getenv()).execute(line.split(" ", -1));
      if (code != 0) {
        System.err.println("ig " + line + " ended with " + code);
        System.exit(code);
      }
    }
  }
}
