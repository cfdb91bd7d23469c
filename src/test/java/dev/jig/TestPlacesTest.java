package dev.jig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Where integration tests are: those that run the command `ig` or `kubectl gadget` in dev.jig.it
/// or below it, those of one class in the package of that class.
final class TestPlacesTest {
  private static final Path TESTS = Path.of("src/test/java");
  private static final Path COMMAND_TESTS = TESTS.resolve("dev/jig/it");

  /// What starts a command.
  private static final Pattern RUNS_COMMAND =
      Pattern.compile("\\bIgProcess\\.|\\bTestCluster\\.(?:gadget|trace|deploy|commandLine)");

  @Test
  void testsOfTheCommandsAreBelowIt() throws IOException {
    List<String> elsewhere;
    try (Stream<Path> files = Files.walk(TESTS)) {
      elsewhere =
          files
              .filter(file -> file.toString().endsWith("IT.java"))
              .filter(file -> !file.startsWith(COMMAND_TESTS) && runsCommand(file))
              .map(Path::toString)
              .toList();
    }

    assertThat(elsewhere).as("to be moved to " + COMMAND_TESTS).isEmpty();
  }

  private static boolean runsCommand(Path file) {
    try {
      return RUNS_COMMAND.matcher(Files.readString(file)).find();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
