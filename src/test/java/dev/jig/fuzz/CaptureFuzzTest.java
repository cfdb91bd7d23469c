package dev.jig.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.cli.OutputFormat;
import dev.jig.event.Row;
import dev.jig.filter.ContainerSelection;
import dev.jig.filter.PortSet;
import dev.jig.fixture.Json;
import dev.jig.output.RowWriter;
import dev.jig.pcap.CaptureFormatException;
import dev.jig.trace.FileTrace;
import dev.jig.trace.RowDetails;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Any bytes as a capture file, through all layers to JSON rows.
public final class CaptureFuzzTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final PortSet PORTS = PortSet.parse("53,5353,5355");
  private static final int MAX_BYTES = 1 << 16;
  private static final long TIMEOUT_NS = 10_000_000_000L;
  private static final int STEP_BYTES = 7;

  static List<Path> corpus() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      return files.filter(file -> file.toString().matches(".*\\.pcap(ng)?")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void readsOrRefusesEveryTruncatedFileInBoundedTime(Path file) throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int length = whole.length; length >= 0; length -= STEP_BYTES) {
      fuzzerTestOneInput(Arrays.copyOf(whole, length));
    }
  }

  /// Entry point of the fuzzer, which finds it by name.
  public static void fuzzerTestOneInput(byte[] bytes) {
    if (bytes.length <= MAX_BYTES) {
      TimeLimit.run(() -> assertRowsAreJson(bytes));
    }
  }

  private static void assertRowsAreJson(byte[] bytes) {
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    try {
      String refusal = read(bytes, rows);
      assertThat(refusal).isNotBlank();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    rows.toString(UTF_8).lines().forEach(Json::of);
  }

  /// Returns the format error, or the summary.
  private static String read(byte[] bytes, ByteArrayOutputStream rows) throws IOException {
    InputStream stdin = System.in;
    System.setIn(new ByteArrayInputStream(bytes));
    RowWriter writer = OutputFormat.json(rows);
    try (FileTrace trace = FileTrace.open("-", PORTS)) {
      trace.run(
          ContainerSelection.parse(null, false),
          _ -> true,
          TIMEOUT_NS,
          new RowDetails(false, false, true, true, false),
          event -> write(writer, event),
          _ -> {});
      return trace.summary();
    } catch (CaptureFormatException e) {
      return String.valueOf(e.getMessage());
    } finally {
      writer.flush();
      System.setIn(stdin);
    }
  }

  private static void write(RowWriter writer, Row event) {
    try {
      writer.writeRow(event);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
