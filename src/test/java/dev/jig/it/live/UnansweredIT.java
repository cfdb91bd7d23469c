package dev.jig.it.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.DnsServer;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Prerequisite;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/// Queries with no answer or a late one, and sockets that are closed before the answer.
final class UnansweredIT {
  private static final int UNANSWERED = 2_000;
  private static final int ANSWERED = 100;
  private static final int MAX_PENDING = 65_536;
  private static final long MIB = 1 << 20;

  @BeforeAll
  static void requireRoot() {
    Prerequisite.requireRoot();
  }

  @Test
  void twoThousandUnansweredQueriesDoNotAffectLaterOnes() throws Exception {
    try (DnsServer server = DnsServer.start(0, "127.0.0.1", "::1");
        IgProcess ig = trace(server, "2s");
        Pending asker = Pending.start(server, UNANSWERED)) {
      // A Q row at both ends of each query, an R row at both ends of each answer, a T row at the
      // client.
      int expected = 2 * (UNANSWERED + ANSWERED) + 2 * ANSWERED + UNANSWERED;

      ig.awaitLines(lines -> lines.size() >= expected);

      List<Row> rows = Row.of(ig.stop().lines());
      assertThat(rows).hasSize(expected);
      assertThat(rows)
          .filteredOn(row -> row.qr().equals("R") && row.isAtClient())
          .hasSize(ANSWERED)
          .allMatch(row -> row.hasState("answered") && row.json().number("latency") > 0);
      List<Row> unanswered = rows.stream().filter(row -> row.qr().equals("T")).toList();
      assertThat(unanswered)
          .hasSize(UNANSWERED)
          .allMatch(
              row -> row.isOutgoing() && row.hasState("timeout") && !row.json().has("latency"))
          .extracting(Row::owner)
          .allMatch(asker.truth.values().iterator().next().owner()::equals);
      assertThat(unanswered)
          .extracting(Row::name)
          .doesNotHaveDuplicates()
          .allMatch(name -> name.contains(".drop.") && asker.truth.containsKey(name));
    }
  }

  @Test
  void unansweredQueriesBeyondTheLimitAreEvictedAndCounted() throws Exception {
    int runs = 40;
    // Each query counts twice: as the client's and as the server's.
    int unanswered = 2 * runs * UNANSWERED;
    Path rows = Files.createTempFile("jig-rows", ".json");
    List<Pending> pending = new ArrayList<>();
    try (DnsServer server = DnsServer.start(0, "127.0.0.1", "::1");
        IgProcess ig = trace(server, "10m", "--output-file=" + rows);
        InputStream written = Files.newInputStream(rows)) {

      // One after the other: all at once would overrun the ring buffer of a busy machine.
      for (int i = 0; i < runs; i++) {
        pending.add(Pending.start(server, UNANSWERED));
        awaitLines(written, 2 * (UNANSWERED + ANSWERED) + 2 * ANSWERED);
      }

      long residentBytes = residentBytes(ig.pid());
      Summary summary = Summary.of(ig.stop().err());
      assertThat(summary.count("lost")).as(summary.line()).isZero();
      long waiting = summary.count("still waiting");
      assertThat(waiting)
          .isBetween(MAX_PENDING - 2L, (long) MAX_PENDING); // the last answers freed entries
      assertThat(summary.count("queries evicted")).isEqualTo(unanswered - waiting);
      assertThat(residentBytes).isLessThan(400 * MIB);
      try (var lines = Files.lines(rows)) {
        assertThat(lines.filter(line -> line.contains("\"state\":\"answered\"")))
            .hasSize(2 * runs * ANSWERED);
      }
    } finally {
      for (Pending asker : pending) {
        asker.close();
      }
      Files.delete(rows);
    }
  }

  /// Waits until `count` more lines are written.
  private static void awaitLines(InputStream written, int count) throws Exception {
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    byte[] some = new byte[1 << 16];
    int seen = 0;
    while (seen < count) {
      int length = written.read(some);
      for (int i = 0; i < length; i++) {
        seen += some[i] == '\n' ? 1 : 0;
      }
      if (length < 0) {
        assertThat(System.nanoTime()).as("%d rows of %d", seen, count).isLessThan(deadlineNs);
        TimeUnit.MILLISECONDS.sleep(5);
      }
    }
  }

  @Test
  void aLateAnswerIsMarkedAndHasALatency() throws Exception {
    try (DnsServer server = DnsServer.start(0, "127.0.0.1", "::1");
        IgProcess ig = trace(server, "200ms");
        DatagramSocket socket = new DatagramSocket()) {
      String name = "late-700.row.ask.example.test.";

      queryAndReceive(socket, server, name);

      // Client Q, server Q, T, server R, client R.
      List<Row> rows = Row.of(ig.awaitLines(lines -> lines.size() >= 5));
      assertThat(rows).extracting(Row::name).containsOnly(name);
      Row unanswered = only(rows, "T");
      Row answer = only(rows, "R");
      assertThat(unanswered.hasState("timeout")).isTrue();
      assertThat(answer.hasState("late")).isTrue();
      assertThat(answer.json().number("latency")).isBetween(700_000_000L, 5_000_000_000L);
      assertThat(answer.owner()).isEqualTo(unanswered.owner());
      assertThat(ig.stop().err()).contains("0 lost").doesNotContain("accounting error");
    }
  }

  @Test
  void aSocketClosedBeforeTheAnswerGivesNoTimeout() throws Exception {
    int closed = 50;
    try (DnsServer server = DnsServer.start(0, "127.0.0.1", "::1");
        IgProcess ig = trace(server, "30s")) {

      Map<String, Truth> truth = Asker.ask(server, "close-early", closed);

      List<Row> rows = Row.of(ig.awaitLines(lines -> lines.size() >= 3 * closed));
      assertThat(rows)
          .filteredOn(row -> row.qr().equals("T"))
          .hasSize(closed)
          .allMatch(row -> row.hasState("closed") && truth.containsKey(row.name()));
    }
  }

  private static Row only(List<Row> rows, String qr) {
    List<Row> found = rows.stream().filter(row -> row.qr().equals(qr) && row.isAtClient()).toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private static IgProcess trace(DnsServer server, String timeout, String... more) {
    List<String> arguments = new ArrayList<>(List.of("--host", "-o", "json"));
    arguments.addAll(List.of("--ports=" + server.port(), "--dns-timeout=" + timeout));
    arguments.addAll(List.of(more));
    return IgProcess.trace(arguments.toArray(String[]::new));
  }

  private static void queryAndReceive(DatagramSocket socket, DnsServer server, String name)
      throws IOException {
    Record question = Record.newRecord(Name.fromString(name), Type.A, DClass.IN);
    byte[] query = Message.newQuery(question).toWire();
    socket.setSoTimeout(10_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    socket.send(new DatagramPacket(query, query.length));
    socket.receive(new DatagramPacket(new byte[512], 512));
  }

  private static long residentBytes(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }

  /// The case `pending` of `asker` after it has received all answers; its socket stays open until
  /// [#close].
  private record Pending(Process process, Map<String, Truth> truth) implements AutoCloseable {
    static Pending start(DnsServer server, int dropped) throws IOException {
      Process process = new ProcessBuilder(Asker.command(server, "pending", dropped)).start();
      BufferedReader out = process.inputReader(UTF_8);
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < dropped + dropped / 20; i++) {
        lines.add(String.valueOf(out.readLine()));
      }
      return new Pending(process, Asker.truth(lines));
    }

    @Override
    public void close() throws IOException {
      process.getOutputStream().close();
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
