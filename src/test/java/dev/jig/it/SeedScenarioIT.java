package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.CProgram;
import dev.jig.fixture.Command;
import dev.jig.fixture.DnsServer;
import dev.jig.fixture.Docker;
import dev.jig.fixture.DockerImages;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Prerequisite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Traces that start before a container of the selected name exists. Then containers of that name
/// run BIND's nslookup, which sends from a thread `isc-net-0000`. Several traces watch the same
/// containers, each with another output format or terminal width.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
final class SeedScenarioIT {
  private static final String CONTAINER = "test-trace-dns";
  private static final String LABEL = "--label=jig-test";
  private static final String THREAD = "isc-net-0000";

  private static final String AT_80 =
      "RUNTIME.CONT… PID     TID     COMM   QR TYPE    QTYPE  NAME         RCODE    NU…";
  private static final String AT_120 =
      "RUNTIME.CONTAINERNAME PID         TID         COMM        QR TYPE      QTYPE       NAME"
          + "                 RCODE      NUMA…";
  private static final String AT_171 =
      "RUNTIME.CONTAINERNAME                   PID        TID        COMM             QR TYPE     "
          + " QTYPE      NAME                                   RCODE                NUMANSW…";
  private static final String IN_A_PIPE =
      "RUNTIME.CONTAINERNAME          PID              TID              COMM             QR TYPE  "
          + "           QTYPE            NAME                           RCODE            NUMANSW…";

  private record Query(String type, String name, int answers) {}

  private static final List<Query> QUERIES =
      List.of(
          new Query("A", "example.test.", 2),
          new Query("AAAA", "example.test.", 2),
          new Query("MX", "example.test.", 1),
          new Query("A", "nothing.example.test.", 0),
          new Query("A", "twenty.example.test.", 20),
          new Query("A", "uncompressed.example.test.", 3));

  /// The lines that a trace printed, and its end.
  private record Printed(List<String> lines, Command.Result end) {}

  private final List<Printed> printed = new ArrayList<>();
  private String image;
  private Docker.Network network;
  private DnsServer server;
  private List<Json> events;

  @BeforeAll
  void traceLookups(@TempDir Path folder) throws IOException {
    Docker.require();
    Prerequisite.requireRoot();
    image = DockerImages.clients();
    removeLeftoverContainer();
    network = Docker.network();
    server = DnsServer.start(53, network.hostAddress());
    Path resize = folder.resolve("resize");
    List<IgProcess> traces = new ArrayList<>();
    try {
      traces.add(IgProcess.trace("-c", CONTAINER));
      for (String columns : List.of("171", "120", "80")) {
        traces.add(onTerminal(List.of(columns), "columns"));
      }
      traces.add(
          onTerminal(List.of("171", "--resize-on-file", resize.toString(), "80"), "columns"));
      traces.add(onTerminal(List.of("2000"), "wide"));
      traces.add(IgProcess.trace("-c", CONTAINER, "-o", "json"));
      lookUp(QUERIES.getFirst());
      traces.forEach(ig -> ig.awaitLines(lines -> rows(lines) == 2));
      Files.createFile(resize);
      QUERIES.stream().skip(1).forEach(this::lookUp);
      for (IgProcess ig : traces) {
        ig.awaitLines(lines -> rows(lines) == 2L * QUERIES.size());
        Command.Result end = ig.stop();
        printed.add(new Printed(end.lines(), end));
      }
    } finally {
      traces.forEach(IgProcess::close);
    }
    assertThat(resize).as("the terminal was resized").doesNotExist();
    events = IgProcess.events(printed.getLast().lines());
  }

  @AfterAll
  void stop() throws IOException {
    server.close();
    network.close();
  }

  @Test
  void everyQueryAndResponseHasARow() {
    for (int i = 0; i < QUERIES.size(); i++) {
      Json query = events.get(2 * i);
      Json response = events.get(2 * i + 1);

      assertThat(query.text("qr")).isEqualTo("Q");
      assertThat(query.text("pktType")).isEqualTo("OUTGOING");
      assertThat(query.has("rcode")).isFalse();
      assertThat(response.text("qr")).isEqualTo("R");
      assertThat(response.text("pktType")).isEqualTo("HOST");
      assertThat(response.text("rcode")).isEqualTo(rcode(QUERIES.get(i)));
      assertThat(response.number("latency")).isPositive();
      assertThat(response.text("state")).isEqualTo("answered");
      for (Json event : List.of(query, response)) {
        assertThat(event.text("runtime.containerName")).isEqualTo(CONTAINER);
        assertThat(event.text("runtime.containerImageName")).isEqualTo(image);
        assertThat(event.text("qtype")).isEqualTo(QUERIES.get(i).type());
        assertThat(event.text("name")).isEqualTo(QUERIES.get(i).name());
        assertThat(event.text("comm")).isEqualTo(THREAD);
        assertThat(event.text("attribution")).isEqualTo("exact");
        assertThat(event.text("nameserver")).isEqualTo(network.hostAddress());
        assertThat(event.text("id")).isEqualTo(query.text("id"));
        assertThat(event.number("pid")).isEqualTo(query.number("pid"));
        assertThat(event.number("tid")).isEqualTo(query.number("tid"));
      }
    }
  }

  @Test
  void pidAndTidAreOfTheHostsNamespace() throws IOException {
    String name = Docker.uniqueName();
    try (IgProcess ig = IgProcess.trace("-c", name, "-o", "json");
        Docker.Container client =
            Docker.start(
                image,
                List.of("--name=" + name, "--network=" + network.name()),
                "nslookup",
                "drop.example.test.",
                network.hostAddress())) {

      Json query = ig.awaitEvents(1).getFirst();

      Path process = Path.of("/proc", Long.toString(client.pid()));
      Path thread = process.resolve("task").resolve(Long.toString(query.number("tid")));
      assertThat(query.number("pid")).isEqualTo(client.pid());
      assertThat(Files.readString(thread.resolve("comm"))).isEqualTo(THREAD + "\n");
      assertThat(Files.readSymbolicLink(process.resolve("ns/mnt")).toString())
          .isEqualTo("mnt:[" + query.number("mountnsid") + "]");
      assertThat(Files.readSymbolicLink(process.resolve("ns/net")).toString())
          .isEqualTo("net:[" + query.number("netnsid") + "]");
    }
  }

  @Test
  void columnsFitTheTerminalsWidth() {
    assertThat(printed.get(0).lines()).isEqualTo(table(IN_A_PIPE));
    assertThat(printed.get(1).lines()).isEqualTo(table(AT_171));
    assertThat(printed.get(2).lines()).isEqualTo(table(AT_120));
    assertThat(printed.get(3).lines()).isEqualTo(table(AT_80));
  }

  @Test
  void columnsFollowAResizedTerminal() {
    List<String> expected = new ArrayList<>(table(AT_171).subList(0, 3));
    expected.addAll(table(AT_80).subList(3, 1 + 2 * QUERIES.size()));

    assertThat(printed.get(4).lines()).isEqualTo(expected);
  }

  @Test
  void allAddressesAreShown() {
    List<String> twenty = IntStream.rangeClosed(1, 20).mapToObj(i -> "192.0.2." + i).toList();
    List<String> wide = printed.get(5).lines();

    assertThat(answersTo("twenty.example.test.")).isEqualTo(twenty);
    assertThat(answersTo("uncompressed.example.test.")).isEqualTo(twenty.subList(0, 3));
    assertThat(wide).anyMatch(row -> row.contains(" " + String.join(",", twenty) + " "));
    assertThat(wide)
        .anyMatch(row -> row.contains(" " + String.join(",", twenty.subList(0, 3)) + " "));
    assertThat(wide.getFirst()).contains("NAMESERVER", "LATENCY", "ADDRESSES");
  }

  @Test
  void theSummaryReportsNoLoss() {
    for (Printed trace : printed) {
      assertThat(trace.end().exitCode()).isZero();
      assertThat(trace.end().err())
          .contains(" packets seen: " + 2 * QUERIES.size() + " rows, ")
          .contains(" 0 lost");
    }
  }

  private List<?> answersTo(String name) {
    return events.stream()
        .filter(event -> event.text("name").equals(name) && event.text("qr").equals("R"))
        .findFirst()
        .orElseThrow()
        .list("addresses");
  }

  private List<String> table(String header) {
    Table table = new Table(header);
    List<String> lines = new ArrayList<>(List.of(header));
    for (int i = 0; i < QUERIES.size(); i++) {
      Query query = QUERIES.get(i);
      long pid = events.get(2 * i).number("pid");
      long tid = events.get(2 * i).number("tid");
      String type = query.type();
      String name = query.name();
      lines.add(table.row(CONTAINER, pid, tid, THREAD, "Q", "OUTGOING", type, name, "", 0));
      lines.add(
          table.row(
              CONTAINER, pid, tid, THREAD, "R", "HOST", type, name, rcode(query), query.answers()));
    }
    return lines;
  }

  private static String rcode(Query query) {
    return query.answers() == 0 ? "NXDomain" : "NoError";
  }

  /// Counts the lines other than the header; narrow tables cut the container's name.
  private static long rows(List<String> lines) {
    return lines.stream().filter(line -> line.contains("test-trace-")).count();
  }

  private static IgProcess onTerminal(List<String> terminal, String format) {
    List<String> prefix = new ArrayList<>(List.of(CProgram.build("ptyrun").toString()));
    prefix.addAll(terminal);
    prefix.add("--");
    return IgProcess.traceUnder(prefix, "-c", CONTAINER, "-o", format);
  }

  private void lookUp(Query query) {
    Docker.run(
        image,
        List.of("--name=" + CONTAINER, LABEL, "--network=" + network.name()),
        "nslookup",
        "-querytype=" + query.type(),
        query.name(),
        network.hostAddress());
  }

  /// Removes the container of an earlier run of this test that was killed.
  private static void removeLeftoverContainer() {
    String id =
        Docker.docker("ps", "-aq", "--filter=name=^" + CONTAINER, "--filter=label=jig-test");
    if (!id.isEmpty()) {
      Docker.docker("rm", "--force", id);
    }
  }
}
