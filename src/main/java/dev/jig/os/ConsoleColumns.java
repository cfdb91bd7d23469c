package dev.jig.os;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The terminal's columns on systems other than Linux, read once by `stty size`, without FFM.
final class ConsoleColumns {
  private static final int DEFAULT_COLUMNS = 80;

  private static final Pattern SIZE = Pattern.compile("\\d+ (\\d+)\\s*");
  private static @Nullable OptionalInt cached;

  private ConsoleColumns() {}

  /// The columns of stdin's and stdout's terminal; empty if they are none.
  @SuppressWarnings("SystemConsoleNull") // null with -Djdk.console=java.base
  static synchronized OptionalInt columns() {
    OptionalInt columns = cached;
    if (columns == null) {
      var console = System.console();
      columns =
          console != null && console.isTerminal()
              ? OptionalInt.of(columns(System.getenv("COLUMNS"), "stty", "size"))
              : OptionalInt.empty();
      cached = columns;
    }
    return columns;
  }

  /// The variable COLUMNS if it is a number, else the second number that `command` prints, else 80.
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
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      Matcher size = SIZE.matcher(output);
      if (size.matches() && Integer.parseInt(size.group(1)) > 0) {
        return Integer.parseInt(size.group(1));
      }
    } catch (IOException | NumberFormatException e) {
      // no stty on this system, or no terminal
    }
    return DEFAULT_COLUMNS;
  }
}
