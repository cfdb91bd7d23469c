package dev.jig.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.cli.IgInProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Trouble from the field, built from raw bytes with invented names and addresses. Beside each
/// capture NAME.pcap stands NAME.txt: flags behind a `$`, then the rows and the last line that `ig
/// trace dns --read NAME.pcap` prints with them. Lines that begin with `#` say what is right and
/// why.
///
/// To add a case, write the comments and flags, and run with `-Dgolden.update=true`.
class CasesTest {
  private static final Path FOLDER = Path.of("src/test/resources/cases");
  private static final String TEXT = ".txt";
  private static final String CAPTURE = ".pcap";

  static Stream<String> cases() throws IOException {
    return stems(CAPTURE).stream();
  }

  private static Set<String> stems(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      Set<String> stems = new TreeSet<>();
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(suffix))
          .forEach(name -> stems.add(name.substring(0, name.length() - suffix.length())));
      return stems;
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void printsWhatIsRight(String stem) throws IOException {
    Path text = FOLDER.resolve(stem + TEXT);
    List<String> expected = Files.readAllLines(text);
    StringBuilder printed = new StringBuilder();

    for (String line : expected) {
      if (line.startsWith("#") || line.startsWith("$")) {
        printed.append(line).append('\n');
      }
      if (line.startsWith("$")) {
        printed.append(run(FOLDER.resolve(stem + CAPTURE), line.substring(1).strip().split(" ")));
      }
    }

    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(text, printed);
    }
    assertThat(printed.toString()).isEqualTo(Files.readString(text));
  }

  @Test
  void eachTextHasItsCapture() throws IOException {
    assertThat(stems(TEXT)).isEqualTo(stems(CAPTURE));
  }

  /// The rows without blanks at their ends, and the last line.
  private static String run(Path capture, String[] flags) throws IOException {
    String[] words =
        Stream.concat(Stream.of("trace", "dns", "--read", capture.toString()), Stream.of(flags))
            .toArray(String[]::new);
    IgInProcess run = IgInProcess.run(words);
    assertThat(run.exitCode()).isZero();
    StringBuilder lines = new StringBuilder();
    run.lines().forEach(line -> lines.append(line.stripTrailing()).append('\n'));
    return lines.append(run.stderr()).toString();
  }
}
