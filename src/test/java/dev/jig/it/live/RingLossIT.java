package dev.jig.it.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.DnsServer;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Prerequisite;
import dev.jig.fixture.TcpMessages;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/// While the tracer is stopped the ring overflows, and answers get lost with it: their queries,
/// which were all answered, have no T row.
@Timeout(180)
final class RingLossIT {
  private static final String SILENT = "silent.ringloss.example.test.";
  private static final String SILENT_SERVER = "127.0.0.9";
  private static final String SLOW = "127.0.0.8";
  private static final int CONNECTIONS = 4;
  private static final int MAX_BUSY_SECONDS = 60;
  private static final int QUERIES_PER_CONNECTION = 8_000;

  @TempDir Path folder;

  @BeforeAll
  static void requireRoot() {
    Prerequisite.requireRoot();
  }

  @Test
  void noTRowsOfDatagramsThatMayBeLost() throws Exception {
    int port = Ports.free();
    try (Load load = Load.serve(port, folder)) {
      verifyNoTRows(
          port,
          () -> {
            Load.Report report = load.query(20_000, 4);
            assertThat(report.answered()).isEqualTo(report.sent());
            return null;
          });
    }
  }

  @Test
  void noTRowsOfSegmentsThatMayBeLost() throws Exception {
    try (DnsServer server = DnsServer.start(0, "127.0.0.1");
        ExecutorService clients = Executors.newFixedThreadPool(CONNECTIONS)) {
      verifyNoTRows(
          server.port(),
          () -> {
            List<Callable<Void>> all = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
              int number = i;
              all.add(() -> askByTcp(server.port(), "connection-" + number));
            }
            for (Future<Void> client : clients.invokeAll(all)) {
              client.get();
            }
            return null;
          });
    }
  }

  /// A server that answers all is not called silent, since answers got lost; one that answers none
  /// when nothing is lost any more is.
  @Test
  void adviseClaimsNoAbsenceWherePacketsWereLost() throws Exception {
    int port = Ports.free();
    Path report = folder.resolve("report.json");
    try (Load load = Load.serve(port, folder);
        DatagramSocket silent = new DatagramSocket(port, InetAddress.ofLiteral(SILENT_SERVER));
        DatagramSocket client = new DatagramSocket();
        IgProcess ig =
            IgProcess.advise(
                "--host",
                "--dns-timeout=1s",
                "-o=json",
                "--output-file=" + report,
                "--ports=" + port)) {
      ig.signal("STOP");
      Load.Report answers = load.query(20_000, 4);
      ig.signal("CONT");

      awaitIdle(ig.pid());
      for (int i = 0; i < 6; i++) {
        byte[] query = query("n" + i + "." + SILENT);
        client.send(new DatagramPacket(query, query.length, silent.getLocalSocketAddress()));
      }
      Thread.sleep(3_000);
      ig.stop();

      Json document = Json.of(Files.readString(report));
      assertThat(answers.answered()).isEqualTo(answers.sent());
      assertThat(document.number("window.packetsLost")).isPositive();
      assertThat(document.objects("findings"))
          .singleElement()
          .satisfies(finding -> {
            assertThat(finding.text("id")).isEqualTo("unanswered");
            assertThat(finding.text("subject.nameserver")).isEqualTo(SILENT_SERVER);
            assertThat(finding.number("lookups")).isEqualTo(6);
          });
    }
  }

  private void verifyNoTRows(int port, Callable<Void> answeredLoad) throws Exception {
    try (DatagramSocket silent = new DatagramSocket(port, InetAddress.ofLiteral(SILENT_SERVER));
        DnsServer slow = DnsServer.start(port, SLOW);
        DatagramSocket client = new DatagramSocket();
        IgProcess ig =
            IgProcess.trace(
                "--host",
                "--dns-timeout=1s",
                "-o=json",
                "--output-file=" + folder.resolve("all.json"),
                "--ports=" + port)) {
      ig.signal("STOP");
      runBesideWaitingQueries(slow, answeredLoad);
      ig.signal("CONT");

      // The control: a query that stays without an answer when nothing is lost any more.
      awaitIdle(ig.pid());
      byte[] query = query(SILENT);
      client.send(
          new DatagramPacket(query, query.length, silent.getLocalAddress(), silent.getLocalPort()));
      Thread.sleep(3_000);

      Summary summary = Summary.of(ig.stop().err());
      assertThat(summary.count("lost")).as(summary.line()).isPositive();
      assertThat(summary.isBalanced()).as(summary.line()).isTrue();
      try (Stream<String> lines = Files.lines(folder.resolve("all.json"))) {
        assertThat(lines.filter(line -> line.contains("\"qr\":\"T\"")))
            .as(summary.line())
            .singleElement()
            .asString()
            .contains(SILENT);
      }
    }
  }

  /// Runs a load beside a client of a server that answers after half a second: at any moment
  /// several of its queries wait, so that the ring overflows before some of their answers.
  private static void runBesideWaitingQueries(DnsServer slow, Callable<Void> load)
      throws Exception {
    byte[] query = query("late-500.example.test.");
    SocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(SLOW), slow.port());
    try (DatagramSocket socket = new DatagramSocket();
        ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor()) {
      Future<?> sending =
          sender.scheduleAtFixedRate(
              () -> send(socket, new DatagramPacket(query, query.length, address)),
              0,
              50,
              TimeUnit.MILLISECONDS);
      load.call();
      assertThat(sending.cancel(/* mayInterruptIfRunning= */ false)).isTrue();
      Thread.sleep(600); // the last one is answered
    }
  }

  private static void send(DatagramSocket socket, DatagramPacket packet) {
    try {
      socket.send(packet);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits until the tracer has read the ring: no more packets are lost then.
  private static void awaitIdle(long pid) throws Exception {
    Duration used = cpuTime(pid);
    for (int second = 0; second < MAX_BUSY_SECONDS; second++) {
      Thread.sleep(1_000);
      Duration now = cpuTime(pid);
      if (second > 1 && now.minus(used).toMillis() < 150) {
        return;
      }
      used = now;
    }
    throw new AssertionError("the tracer is still busy");
  }

  private static Duration cpuTime(long pid) {
    return ProcessHandle.of(pid).orElseThrow().info().totalCpuDuration().orElseThrow();
  }

  /// Asks for long names, which fill the ring sooner; every query is answered.
  private static Void askByTcp(int port, String label) throws IOException {
    String suffix = ".%s.%s.example.test.".formatted("a".repeat(60), "b".repeat(60));
    try (Socket socket = new Socket()) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(30));
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      DataInputStream in = new DataInputStream(socket.getInputStream());
      for (int i = 0; i < QUERIES_PER_CONNECTION; i++) {
        socket.getOutputStream().write(TcpMessages.framed(query(label + "-" + i + suffix)));
        assertThat(in.readNBytes(in.readUnsignedShort())).hasSizeGreaterThan(12);
      }
    }
    return null;
  }

  private static byte[] query(String name) throws IOException {
    return Message.newQuery(Record.newRecord(Name.fromString(name), Type.A, DClass.IN)).toWire();
  }
}
