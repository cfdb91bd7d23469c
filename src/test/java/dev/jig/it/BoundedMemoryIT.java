package dev.jig.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.capture.Flow;
import dev.jig.capture.Links;
import dev.jig.fixture.Command;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.PeakMemory;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Captures with more unfinished queries and streams than memory can hold, read with the heap of
/// the tarball: memory stays bounded, and the last line accounts for every packet.
@Timeout(180)
final class BoundedMemoryIT {
  private static final int COOKED = 113;
  private static final int OUTGOING = 4;
  private static final long START_US = 1_767_225_600_000_000L;

  /// Heap, code, classes and threads of a process with full tables: 256 MiB.
  private static final long MAX_RESIDENT_KB = 256 * 1024;

  private static final int QUERIES = 1_000_000;

  /// The bounds in docs/ARCHITECTURE.md.
  private static final int MAX_PENDING = 65_536;

  private static final int MAX_LOOKUPS = 32_768;

  private static final int STREAMS = 100_000;

  private final TestReporter reporter;

  BoundedMemoryIT(TestReporter reporter) {
    this.reporter = reporter;
  }

  private interface Capture {
    void write(PacketSink sink) throws IOException;
  }

  /// Writes a classic pcap file.
  private static final class PacketSink {
    private final DataOutputStream out;

    PacketSink(DataOutputStream out) throws IOException {
      this.out = out;
      out.writeInt(0xa1b2c3d4);
      out.writeShort(2);
      out.writeShort(4);
      out.writeLong(0);
      out.writeInt(1 << 18);
      out.writeInt(COOKED);
    }

    void packet(long afterUs, byte[] ip) throws IOException {
      byte[] frame = Links.cooked(OUTGOING, ip);
      long timeUs = START_US + afterUs;
      out.writeInt((int) (timeUs / 1_000_000));
      out.writeInt((int) (timeUs % 1_000_000));
      out.writeInt(frame.length);
      out.writeInt(frame.length);
      out.write(frame);
    }
  }

  /// @param everyUs 1: all within the timeout; 1,000: most of them have their row in time
  @ParameterizedTest
  @CsvSource({"1, true", "1000, false"})
  void aMillionQueriesWithoutResponse(int everyUs, boolean lookups) throws Exception {
    readMillionQueries(everyUs, lookups);
  }

  @Tag("all")
  @ParameterizedTest
  @CsvSource({"1, false", "1000, true"})
  void aMillionQueriesWithoutResponseInTheOtherMode(int everyUs, boolean lookups) throws Exception {
    readMillionQueries(everyUs, lookups);
  }

  private void readMillionQueries(int everyUs, boolean lookups) throws Exception {
    List<String> options = lookups ? List.of("--lookups") : List.of();
    int max = lookups ? MAX_LOOKUPS : MAX_PENDING;

    String summary =
        readRows(
            options,
            sink -> {
              for (int i = 0; i < QUERIES; i++) {
                sink.packet((long) i * everyUs, client(i).udp(query(i)));
              }
            });

    long waiting = number(summary, "still waiting for an answer");
    long evicted = number(summary, "queries evicted before their answer");
    long reported = number(summary, lookups ? "lookups" : "unanswered");
    assertThat(number(summary, "packets read")).isEqualTo(QUERIES);
    assertThat(reported + waiting + evicted).as(summary).isEqualTo(QUERIES);
    if (everyUs == 1) {
      assertThat(waiting).isEqualTo(max);
    } else {
      assertThat(evicted).isZero();
    }
    if (!lookups) {
      assertThat(number(summary, "rows")).isEqualTo(QUERIES);
    }
  }

  /// Clients, servers, names and zones are all distinct, so no fault recurs: nothing is found.
  @Test
  void adviseOfManyLookupsWithNothingInCommon(@TempDir Path folder) throws Exception {
    adviseOfNothingInCommon(100_000, folder.resolve("report.json"));
  }

  @Tag("all")
  @Timeout(900)
  @Test
  void adviseOfAMillionLookupsWithNothingInCommon(@TempDir Path folder) throws Exception {
    adviseOfNothingInCommon(QUERIES, folder.resolve("report.json"));
  }

  private void adviseOfNothingInCommon(int lookups, Path report) throws Exception {

    String summary =
        read(
            commandLine("advise", "-o", "json", "--output-file", report.toString()),
            sink -> {
              for (int i = 0; i < lookups; i++) {
                String client = address(10, i);
                String server = address(172, i);
                byte[] query = queryInOwnZone(i);
                sink.packet(1_000L * i, new Flow(client, 40_000, server, 53).udp(query));
                if (i % 4 != 0) {
                  byte[] response = failure(query, i % 4);
                  sink.packet(1_000L * i + 500, new Flow(server, 53, client, 40_000).udp(response));
                }
              }
            });

    Json document = Json.of(Files.readString(report));
    assertThat(document.list("findings")).isEmpty();
    assertThat(document.number("window.lookups") + number(summary, "still waiting for an answer"))
        .isEqualTo(lookups);
    assertThat(document.number("window.forgotten")).isPositive();
  }

  @Test
  void topOfAHundredThousandNames(@TempDir Path folder) throws Exception {
    Path table = folder.resolve("table.json");
    int lookups = 100_000;

    String summary =
        read(
            commandLine(
                "top",
                "--by",
                "name",
                "-m",
                "10000",
                "-o",
                "json",
                "--output-file",
                table.toString()),
            sink -> {
              for (int i = 0; i < lookups; i++) {
                byte[] query = query(i);
                sink.packet(100L * i, client(i).udp(query));
                Flow back =
                    new Flow(
                        "192.0.2.53", 53, "198.51.100." + (1 + i / 50_000), 10_000 + i % 50_000);
                sink.packet(100L * i + 50, back.udp(failure(query, i % 4)));
              }
            });

    List<Json> rows = Json.of("{\"rows\":" + Files.readString(table) + "}").objects("rows");
    assertThat(number(summary, "lookups")).isEqualTo(lookups);
    assertThat(rows).hasSize(10_001);
    assertThat(rows.getLast().at("other")).isEqualTo(true);
    assertThat(rows.stream().mapToLong(row -> row.number("total")).sum()).isEqualTo(lookups);
    assertThat(rows.stream().mapToLong(row -> row.number("failed")).sum()).isEqualTo(lookups / 2);
    assertThat(rows.stream().mapToLong(row -> row.number("nx")).sum()).isEqualTo(lookups / 4);
  }

  private static String address(int first, int i) {
    return first + "." + (i >> 16) + "." + (i >> 8 & 0xff) + "." + (i & 0xff);
  }

  /// A query for A of a name in a zone of its own.
  private static byte[] queryInOwnZone(int i) {
    byte[] query = query(i);
    System.arraycopy("z%06d".formatted(i).getBytes(US_ASCII), 0, query, 22, 7);
    return query;
  }

  /// The query as a response without records.
  private static byte[] failure(byte[] query, int rcode) {
    byte[] response = query.clone();
    response[2] = (byte) 0x81;
    response[3] = (byte) (0x80 | rcode);
    return response;
  }

  /// @param bytes of a segment's data, after the length of a message that never gets complete
  @ParameterizedTest
  @ValueSource(ints = 100)
  void aHundredThousandStreamsWithAnIncompleteMessage(int bytes) throws Exception {
    readIncompleteStreams(bytes);
  }

  @Tag("all")
  @ParameterizedTest
  @ValueSource(ints = {0, 10_000})
  void aHundredThousandStreamsWithAMessageOfOtherLength(int bytes) throws Exception {
    readIncompleteStreams(bytes);
  }

  private void readIncompleteStreams(int bytes) throws Exception {
    byte[] begun = new byte[2 + bytes];
    begun[0] = (byte) 0xff;
    begun[1] = (byte) 0xff;

    String summary =
        readRows(
            List.of(),
            sink -> {
              for (int i = 0; i < STREAMS; i++) {
                Flow flow = client(i);
                sink.packet(3L * i, flow.tcp(Flow.SYN, 1, 0, new byte[0]));
                sink.packet(3L * i + 1, flow.tcp(Flow.ACK, 2, 1, begun));
              }
            });

    assertThat(number(summary, "packets read")).isEqualTo(2 * STREAMS);
    assertThat(number(summary, "without data")).isEqualTo(STREAMS);
    assertThat(number(summary, "bytes of TCP dropped")).isEqualTo((long) STREAMS * begun.length);
    assertThat(number(summary, "rows")).isZero();
  }

  @Test
  void aHundredThousandStreamsOfJunk() throws Exception {
    byte[] junk = junk(700);

    String summary =
        readRows(
            List.of(),
            sink -> {
              for (int i = 0; i < STREAMS; i++) {
                sink.packet(3L * i, client(i).tcp(Flow.ACK, 1_000, 1, junk));
              }
            });

    assertThat(number(summary, "packets read")).isEqualTo(STREAMS);
    assertThat(number(summary, "bytes of TCP dropped")).isEqualTo((long) STREAMS * junk.length);
    assertThat(number(summary, "rows")).isZero();
  }

  /// Segments of one byte each behind a gap: little data, and much overhead.
  @Test
  void aMillionSegmentsBehindAMissingByte() throws Exception {
    int streams = 100_000;
    int segments = 10;
    byte[] one = junk(1);

    String summary =
        readRows(
            List.of(),
            sink -> {
              for (int i = 0; i < streams; i++) {
                Flow flow = client(i);
                sink.packet(i, flow.tcp(Flow.ACK, 1_000, 1, one));
                for (int j = 1; j < segments; j++) {
                  sink.packet(i, flow.tcp(Flow.ACK, 1_001 + j, 1, one));
                }
              }
            });

    assertThat(number(summary, "packets read")).isEqualTo(1L * streams * segments);
    assertThat(number(summary, "gaps in TCP streams")).isEqualTo(streams);
    assertThat(number(summary, "bytes of TCP dropped")).isEqualTo(1L * streams * segments);
  }

  private static byte[] junk(int length) {
    byte[] junk = new byte[length];
    for (int i = 0; i < junk.length; i++) {
      junk[i] = (byte) (i * 31 + 7);
    }
    return junk;
  }

  /// Reads a capture from a pipe and checks the process's greatest resident memory; returns the
  /// last line.
  private String readRows(List<String> options, Capture capture) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-o", "json", "--output-file", "/dev/null"));
    arguments.addAll(options);
    return read(commandLine("trace", arguments.toArray(String[]::new)), capture);
  }

  private String read(List<String> command, Capture capture) throws IOException {
    try (IgProcess ig = IgProcess.start(command)) {
      var out = new DataOutputStream(new BufferedOutputStream(ig.stdin(), 1 << 16));
      long startNs = System.nanoTime();
      capture.write(new PacketSink(out));
      out.flush();
      long peakKb = PeakMemory.kb(ig.pid());
      out.close();
      Command.Result run = ig.waitFor();
      assertThat(run.exitCode()).as(run.err()).isZero();
      String summary = run.err().strip();
      long tookMs = (System.nanoTime() - startNs) / 1_000_000;
      reporter.publishEntry(
          command.getLast() + " " + peakKb / 1024 + " MiB, " + tookMs + " ms", summary);
      assertThat(summary.lines()).as(summary).hasSize(1);
      assertThat(peakKb).as(summary).isLessThan(MAX_RESIDENT_KB);
      return summary;
    }
  }

  private static List<String> commandLine(String command, String... options) {
    List<String> arguments = new ArrayList<>(List.of(command, "dns", "--read", "-"));
    arguments.addAll(List.of(options));
    Path released = Path.of("src/main/dist/java.options").toAbsolutePath();
    return IgProcess.commandLine(arguments).stream()
        .map(word -> word.endsWith("/java.options") ? "@" + released : word)
        .toList();
  }

  private static long number(String summary, String what) {
    Matcher matcher = Pattern.compile("([\\d,]+) " + what + "(?:[,:]|$)").matcher(summary);
    return matcher.find() ? Long.parseLong(matcher.group(1).replace(",", "")) : 0;
  }

  private static Flow client(int i) {
    String address = "198.51.100." + (1 + i / 50_000);
    return new Flow(address, 10_000 + i % 50_000, "192.0.2.53", 53);
  }

  /// A query for A of a unique name.
  private static byte[] query(int i) {
    byte[] label = "q%07d".formatted(i).getBytes(US_ASCII);
    ByteBuffer query = ByteBuffer.allocate(12 + 1 + label.length + 14 + 4);
    query.putShort((short) i).putShort((short) 0x0100).putShort((short) 1);
    query.putShort((short) 0).putInt(0);
    query.put((byte) label.length).put(label);
    query.put("\7example\4test\0".getBytes(US_ASCII));
    return query.putShort((short) 1).putShort((short) 1).array();
  }
}
