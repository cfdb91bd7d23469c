package dev.jig.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.cli.IgInProcess;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs every capture file through the command line and compares the rows byte by byte with a file
/// named after capture and flags: `nxdomain.-o_json.txt` is `ig trace dns --read nxdomain.pcap -o
/// json`. `_` is a space; other special characters are percent-encoded.
///
/// To add a case, create an empty file and run with `-Dgolden.update=true`.
class GoldenTest {
  private static final Path DIRECTORY = Path.of("src/test/resources/golden");
  private static final String SUFFIX = ".txt";

  static Stream<String> cases() throws IOException {
    return names(SUFFIX).stream();
  }

  private static Set<String> names(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      Set<String> names = new TreeSet<>();
      files.map(file -> file.getFileName().toString()).forEach(names::add);
      names.removeIf(name -> !name.endsWith(suffix));
      return names;
    }
  }

  private static Path capture(String stem) {
    Path pcapng = DIRECTORY.resolve(stem + ".pcapng");
    return Files.exists(pcapng) ? pcapng : DIRECTORY.resolve(stem + ".pcap");
  }

  private static List<String> words(String name) {
    int dot = name.indexOf('.');
    List<String> words = new ArrayList<>(List.of("trace", "dns", "--read"));
    words.add(capture(name.substring(0, dot)).toString());
    String flags = name.substring(dot + 1, name.length() - SUFFIX.length());
    Arrays.stream(flags.split("_"))
        .map(word -> URLDecoder.decode(word.replace("+", "%2B"), StandardCharsets.UTF_8))
        .forEach(words::add);
    return words;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void printsTheRowsOfTheGoldenFile(String name) throws IOException {
    Path file = DIRECTORY.resolve(name);

    IgInProcess run = IgInProcess.run(words(name).toArray(String[]::new));

    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(file, run.rows());
    }
    assertThat(run.rows()).isEqualTo(Files.readString(file));
    assertThat(run.exitCode()).isEqualTo(name.startsWith("truncated-file.") ? 1 : 0);
  }

  @Test
  void everyCaptureHasColumnsAndJsonCases() throws IOException {
    Set<String> expected = new TreeSet<>();
    for (String suffix : List.of(".pcap", ".pcapng")) {
      for (String capture : names(suffix)) {
        String stem = capture.substring(0, capture.length() - suffix.length());
        expected.add(stem + ".-o_columns" + SUFFIX);
        expected.add(stem + ".-o_json" + SUFFIX);
      }
    }
    assertThat(names(SUFFIX)).containsAll(expected);
  }
}
