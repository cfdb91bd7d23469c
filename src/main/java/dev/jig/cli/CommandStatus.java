package dev.jig.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Whether a command can be executed, checked before anything is attached. Exit codes as of a
/// shell: 126 not executable, 127 not found.
enum CommandStatus {
  FOUND(0, ""),
  NOT_EXECUTABLE(126, "is not executable: check its permissions."),
  NOT_FOUND(127, "is not found: check the name of the command and PATH.");

  private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

  private final int exitCode;
  private final String problem;

  CommandStatus(int exitCode, String complaint) {
    this.exitCode = exitCode;
    this.problem = complaint;
  }

  /// Checks a command, searched in `path` as by a shell.
  ///
  /// @param path the value of PATH, null where it is not set
  static CommandStatus check(String command, @Nullable String path) {
    if (command.contains("/")) {
      return statusOf(Path.of(command));
    }
    CommandStatus best = NOT_FOUND;
    for (String directory : (path == null ? DEFAULT_PATH : path).split(":", -1)) {
      CommandStatus here =
          command.isEmpty() ? NOT_FOUND : statusOf(Path.of(directory).resolve(command));
      if (here == FOUND) {
        return FOUND;
      }
      best = here == NOT_EXECUTABLE ? here : best;
    }
    return best;
  }

  private static CommandStatus statusOf(Path file) {
    if (!Files.exists(file)) {
      return NOT_FOUND;
    }
    return Files.isRegularFile(file) && Files.isExecutable(file) ? FOUND : NOT_EXECUTABLE;
  }

  int exitCode() {
    return exitCode;
  }

  String message(String command) {
    return "\"" + command + "\" " + problem;
  }
}
