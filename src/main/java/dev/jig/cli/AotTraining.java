package dev.jig.cli;

/// Runs the commands that have to start fast; the build of the tarball and the image makes an AOT
/// cache of the classes they load.
public final class AotTraining {
  private AotTraining() {}

  /// Runs command lines one after the other; exits with the code of the first that fails.
  ///
  /// @param commandLines each one line of words separated by one blank
  public static void main(String[] commandLines) {
    for (String line : commandLines) {
      int code = Ig.execute(line.split(" ", -1), System.getenv());
      if (code != 0) {
        System.err.println("ig " + line + " ended with " + code);
        System.exit(code);
      }
    }
  }
}
