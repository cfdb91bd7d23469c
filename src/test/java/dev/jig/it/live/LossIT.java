package dev.jig.it.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Prerequisite;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every packet sent has a row or is counted as lost: a lookup on loopback makes four packets.
final class LossIT {
  private static final int SECONDS = 3;

  @TempDir Path folder;

  @BeforeAll
  static void requireRoot() {
    Prerequisite.requireRoot();
  }

  /// Counts the rows, those of clients' queries, and the samples that `"type":"warn"` lines report
  /// as lost.
  private static final class Count {
    private static final String LOST = "\"message\":\"lost ";

    long all;
    long clientQueries;
    long warnedLost;

    void add(String line) {
      int lost = line.indexOf(LOST);
      if (lost >= 0) {
        int from = lost + LOST.length();
        warnedLost += Long.parseLong(line.substring(from, line.indexOf(' ', from)));
        return;
      }
      all++;
      if (line.contains("\"qr\":\"Q\"") && line.contains("\"pktType\":\"OUTGOING\"")) {
        clientQueries++;
      }
    }
  }

  /// A rate low enough that no packet is lost.
  @Test
  void everyPacketHasARow() throws Exception {
    Outcome outcome = runLoad(1_000);

    long sent = outcome.report.sent();
    assertThat(outcome.rows.clientQueries).as(outcome.summary.line()).isEqualTo(sent);
    assertThat(outcome.rows.all).as(outcome.summary.line()).isEqualTo(4 * sent);
    assertThat(outcome.summary.count("rows")).isEqualTo(4 * sent);
    assertThat(outcome.summary.count("lost")).isZero();
    assertThat(outcome.summary.isBalanced()).as(outcome.summary.line()).isTrue();
  }

  /// A rate at which a busy machine may lose packets: it then counts them.
  @Test
  void everyPacketHasARowOrIsCountedAsLost() throws Exception {
    Outcome outcome = runLoad(10_000);

    long sent = outcome.report.sent();
    long lost = outcome.summary.count("lost");
    assertThat(outcome.rows.all + lost).as(outcome.summary.line()).isEqualTo(4 * sent);
    assertThat(outcome.rows.clientQueries).isBetween(sent - lost, sent);
    assertThat(outcome.rows.warnedLost).isEqualTo(lost);
    assertThat(outcome.summary.isBalanced()).as(outcome.summary.line()).isTrue();
  }

  private record Outcome(Load.Report report, Summary summary, Count rows) {}

  /// Sends queries at a rate; all are answered, and ig sees four packets of each lookup.
  private Outcome runLoad(int perSecond) throws Exception {
    int port = Ports.free();
    Path rows = folder.resolve("rows.json");
    try (Load load = Load.serve(port, folder);
        IgProcess ig = trace(port, rows)) {
      Load.Report report = load.query(perSecond, SECONDS);
      Summary summary = Summary.of(ig.stop().err());
      Count count = new Count();
      try (Stream<String> lines = Files.lines(rows)) {
        lines.forEach(count::add);
      }
      assertThat(report.sent()).isEqualTo((long) perSecond * SECONDS);
      assertThat(report.answered()).isEqualTo(report.sent());
      assertThat(summary.count("packets seen")).isEqualTo(4 * report.sent());
      return new Outcome(report, summary, count);
    }
  }

  @Test
  void packetsLostToABlockedOutputAreCounted() throws Exception {
    int port = Ports.free();
    Path pipe = folder.resolve("rows");
    Command.run("mkfifo", pipe.toString()).orThrow();
    Count count = new Count();
    // With both ends open, no open(2) of the FIFO blocks.
    RandomAccessFile bothEnds = new RandomAccessFile(pipe.toFile(), "rw");
    try (Load load = Load.serve(port, folder);
        IgProcess ig = trace(port, pipe);
        FileInputStream far = new FileInputStream(pipe.toFile());
        BufferedReader rows =
            new BufferedReader(new InputStreamReader(far, StandardCharsets.UTF_8))) {
      bothEnds.close();

      Load.Report blocked = load.query(20_000, SECONDS);
      Thread reader = Thread.ofPlatform().daemon().start(() -> rows.lines().forEach(count::add));
      Load.Report open = load.query(10, 1);

      Summary summary = Summary.of(ig.stop().err());
      reader.join();
      long packets = 4 * (blocked.sent() + open.sent());
      assertThat(summary.count("packets seen")).isEqualTo(packets);
      assertThat(summary.count("lost")).as(summary.line()).isPositive();
      assertThat(count.all + summary.count("lost")).as(summary.line()).isEqualTo(packets);
      assertThat(count.all).isEqualTo(summary.count("rows"));
      assertThat(count.warnedLost).isEqualTo(summary.count("lost"));
      assertThat(summary.isBalanced()).as(summary.line()).isTrue();
    }
  }

  private static IgProcess trace(int port, Path rows) throws IOException {
    return IgProcess.trace(
        "--host", "-o", "json", "--output-file=" + rows, "--ports=" + port, "--dns-timeout=60s");
  }
}
