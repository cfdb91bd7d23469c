package dev.jig.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Compares the checked-in capture files with their generator; `-Dgolden.update=true` rewrites
/// them.
class GoldenInputsTest {
  private static final Path DIRECTORY = Path.of("src/test/resources/golden");

  static Set<String> names() {
    return GoldenInputs.files().keySet();
  }

  @ParameterizedTest
  @MethodSource("names")
  void fileEqualsGeneratedBytes(String name) throws IOException {
    byte[] generated = GoldenInputs.files().getOrDefault(name, new byte[0]);
    Path file = DIRECTORY.resolve(name);
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(DIRECTORY);
      Files.write(file, generated);
    }

    assertThat(file).hasBinaryContent(generated);
  }

  @Test
  void everyCaptureFileIsGenerated() throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      List<String> captures =
          files
              .map(file -> file.getFileName().toString())
              .filter(GoldenInputsTest::isCapture)
              .toList();

      assertThat(captures).containsExactlyInAnyOrderElementsOf(names());
    }
  }

  private static boolean isCapture(String name) {
    return name.endsWith(".pcap") || name.endsWith(".pcapng");
  }
}
