package dev.jig.fuzz;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// Seed inputs in text files: one input a line in hexadecimal, without blanks and `#` comments.
public final class Corpus {
  private Corpus() {}

  /// Writes each input to a separate file for the fuzzer.
  ///
  /// @param args name of the corpus, output folder
  public static void main(String[] args) throws IOException {
    List<byte[]> inputs = load(args[0]).toList();
    for (int i = 0; i < inputs.size(); i++) {
      Files.write(Path.of(args[1], args[0] + "-" + i), inputs.get(i));
    }
  }

  static Stream<byte[]> load(String name) {
    try (InputStream in = Corpus.class.getResourceAsStream(name + ".hex")) {
      String text = new String(Objects.requireNonNull(in, name).readAllBytes(), US_ASCII);
      return text.lines()
          .map(line -> line.replaceAll("#.*| ", ""))
          .filter(line -> !line.isEmpty())
          .map(HexFormat.of()::parseHex);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
