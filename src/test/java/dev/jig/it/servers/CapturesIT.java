package dev.jig.it.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Reads the captures of the folder `bin/test --captures FOLDER` and compares each with tshark's
/// reading of it, the file of the same name with `.tsv` appended ([CaptureRows]).
///
/// The known differences are in src/test/resources/captures/differences.tsv: per line a capture, a
/// kind of difference ([CaptureRows#differences]), in how many packets, and why. The list is exact:
/// a difference that is not listed fails the test, and so does a listed one that is gone.
@EnabledIfEnvironmentVariable(
    named = "JIG_TEST_CAPTURES",
    matches = ".+",
    disabledReason = "no captures: bin/test --captures FOLDER")
@Timeout(60)
final class CapturesIT {
  private static final Path DIFFERENCES =
      Path.of("src/test/resources/captures/differences.tsv").toAbsolutePath();

  static Stream<Path> captures() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getenv("JIG_TEST_CAPTURES")))) {
      return files.filter(file -> Files.exists(tsharkRows(file))).sorted().toList().stream();
    }
  }

  private static Path tsharkRows(Path capture) {
    return capture.resolveSibling(capture.getFileName() + ".tsv");
  }

  @ParameterizedTest
  @MethodSource("captures")
  void agreesWithTsharkButForTheListedDifferences(Path capture) throws IOException {
    CaptureRows tshark = CaptureRows.readTsv(capture, tsharkRows(capture));
    CaptureRows ig = CaptureRows.readWithIg(capture);

    List<CaptureRows.Difference> differences = ig.differences(tshark);

    Map<String, Integer> found = new TreeMap<>();
    differences.forEach(difference -> found.merge(difference.kind(), 1, Integer::sum));
    assertThat(found)
        .as(
            "packets by kind of difference, such as%n%s",
            differences.stream().limit(20).map(Object::toString).collect(Collectors.joining("\n")))
        .isEqualTo(listed().getOrDefault(capture.getFileName().toString(), Map.of()));
  }

  private static Map<String, Map<String, Integer>> listed() throws IOException {
    Map<String, Map<String, Integer>> listed = new HashMap<>();
    for (String line : Files.readAllLines(DIFFERENCES)) {
      if (line.startsWith("#")) {
        continue;
      }
      List<String> fields = new ArrayList<>(List.of(line.split("\t", -1)));
      assertThat(fields).as("capture, kind, packets, reason: %s", line).hasSize(4);
      assertThat(fields.getLast()).as("reason in %s", line).isNotBlank();
      listed
          .computeIfAbsent(fields.get(0), _ -> new TreeMap<>())
          .put(fields.get(1), Integer.valueOf(fields.get(2)));
    }
    return listed;
  }
}
