package dev.jig.os;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The terminal's columns where the kernel is not Linux: asked once, without native code.
final class ConsoleColumns {
  /// What terminals have that do not tell.
  private static final int USUAL = 80;

  private static final Pattern SIZE = Pattern.compile("\\d+ (\\d+)\\s*");
  private static @Nullable OptionalInt known;

  private ConsoleColumns() {}

  /// Empty if stdin and stdout are not a terminal.
  @SuppressWarnings("SystemConsoleNull") // null with -Djdk.console=java.base
  static synchronized OptionalInt columns() {
    OptionalInt columns = known;
    if (columns == null) {
      var console = System.console();
      columns =
          console != null && console.isTerminal()
              ? OptionalInt.of(columns(System.getenv("COLUMNS"), "stty", "size"))
              : OptionalInt.empty();
      known = columns;
    }
    return columns;
  }

  /// What the environment says, else what a command prints after the rows.
  static int columns(@Nullable String environment, String... command) {
    if (environment != null && environment.matches("[1-9]\\d{0,4}")) {
      return Integer.parseInt(environment);
    }
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      Matcher size = SIZE.matcher(said);
      if (size.matches() && Integer.parseInt(size.group(1)) > 0) {
        return Integer.parseInt(size.group(1));
      }
    } catch (IOException | NumberFormatException e) {
      // not on this OS, or no terminal after all
    }
    return USUAL;
  }
}
