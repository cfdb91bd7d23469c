package dev.jig.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.Row;
import dev.jig.filter.ContainerSelection;
import dev.jig.filter.FilterExpression;
import dev.jig.filter.PortSet;
import dev.jig.output.json.JsonLinesWriter;
import dev.jig.pcap.CaptureBuilder;
import dev.jig.pcap.CaptureReader;
import dev.jig.pcap.CapturedPacket;
import dev.jig.trace.FileTrace;
import dev.jig.trace.RowDetails;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/// Packets of the cases and the golden captures with bytes changed at random, cut, repeated and out
/// of order: reading them ends without an exception, and the last line counts the rows.
///
/// `-Dmutated.packets=N` chooses how many; JIG_TEST_CAPTURES adds a folder of captures.
class MutatedCasesTest {
  private static final int PACKETS = Integer.getInteger("mutated.packets", 30_000);
  private static final int MAX_PACKETS_OF_A_CAPTURE = 300;
  private static final Pattern ROWS = Pattern.compile("read: ([\\d,]+) (?:rows?|lookups?)");
  private static final Pattern UNANSWERED = Pattern.compile(", ([\\d,]+) unanswered");

  private final Random random = new Random(20_261_130);

  @TempDir Path folder;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Packet(long timeNs, byte[] bytes, int originalLength) {}

  private record Capture(int linkType, List<Packet> packets) {}

  private static List<Capture> captures() throws IOException {
    List<Path> folders =
        new ArrayList<>(
            List.of(Path.of("src/test/resources/cases"), Path.of("src/test/resources/golden")));
    String more = System.getenv("JIG_TEST_CAPTURES");
    if (more != null) {
      folders.add(Path.of(more));
    }
    List<Capture> captures = new ArrayList<>();
    for (Path each : folders) {
      try (Stream<Path> files = Files.list(each)) {
        for (Path file : files.sorted().toList()) {
          Capture capture = file.toString().matches(".*\\.(pcap|pcapng)") ? read(file) : null;
          if (capture != null && !capture.packets().isEmpty()) {
            captures.add(capture);
          }
        }
      }
    }
    return captures;
  }

  /// The first packets, of one link type.
  private static @Nullable Capture read(Path file) {
    List<Packet> packets = new ArrayList<>();
    int linkType = -1;
    CapturedPacket packet = new CapturedPacket();
    try (CaptureReader reader = CaptureReader.open(file)) {
      while (packets.size() < MAX_PACKETS_OF_A_CAPTURE && reader.next(packet)) {
        linkType = linkType < 0 ? packet.linkType() : linkType;
        if (packet.hasFrame() && packet.linkType() == linkType) {
          int from = packet.offset();
          packets.add(
              new Packet(
                  packet.timeNs(),
                  Arrays.copyOfRange(packet.bytes(), from, from + packet.length()),
                  (int) packet.originalLength()));
        }
      }
    } catch (IOException e) {
      // the packets before the damage
    }
    return new Capture(linkType, packets);
  }

  private byte[] mutate(Capture capture) {
    CaptureBuilder file = CaptureBuilder.pcap(ByteOrder.LITTLE_ENDIAN, capture.linkType());
    for (Packet packet : capture.packets()) {
      byte[] bytes = packet.bytes().clone();
      for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      if (random.nextInt(20) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      }
      long timeNs = Math.max(0, packet.timeNs() - (random.nextInt(20) == 0 ? 5_000_000 : 0));
      for (int copies = random.nextInt(20) == 0 ? 2 : 1; copies > 0; copies--) {
        file.packet(timeNs, bytes, Math.max(bytes.length, packet.originalLength()));
      }
    }
    return file.bytes();
  }

  /// Reads a file and returns how many rows it has.
  private static long read(Path file, boolean lookups) throws IOException {
    JsonLinesWriter writer = new JsonLinesWriter(OutputStream.nullOutputStream());
    long[] rows = {0};
    try (FileTrace trace = FileTrace.open(file.toString(), PortSet.parse("53,5353"))) {
      trace.run(
          ContainerSelection.parse("", true),
          FilterExpression.parse(List.of()),
          TimeUnit.SECONDS.toNanos(10),
          new RowDetails(false, false, false, true, lookups),
          row -> write(writer, row, rows),
          _ -> {});
      assertThat(trace.summary())
          .satisfies(line ->
              assertThat(rows[0])
                  .as(line)
                  .isEqualTo(number(ROWS, line) + (lookups ? 0 : number(UNANSWERED, line))));
      return rows[0];
    }
  }

  private static void write(JsonLinesWriter writer, Row row, long[] rows) {
    rows[0]++;
    try {
      writer.writeRow(row);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long number(Pattern pattern, String line) {
    Matcher matcher = pattern.matcher(line);
    return matcher.find() ? Long.parseLong(matcher.group(1).replace(",", "")) : 0;
  }

  @Test
  void mutatedPacketsAreReadAndCounted(TestReporter reporter) throws IOException {
    List<Capture> captures = captures();
    Path file = folder.resolve("mutated.pcap");
    long packets = 0;
    long rows = 0;
    for (int i = 0; packets < PACKETS; i++) {
      Capture capture = captures.get(i % captures.size());
      Files.write(file, mutate(capture));
      packets += capture.packets().size();
      rows += read(file, i / captures.size() % 2 == 1);
    }
    reporter.publishEntry(
        String.format(
            Locale.ROOT, "%,d packets of %d captures, %,d rows", packets, captures.size(), rows));
    assertThat(rows).isPositive();
  }
}
