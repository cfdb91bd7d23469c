package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.cli.OutputFormat;
import dev.jig.container.ContainerListener;
import dev.jig.container.Containers;
import dev.jig.container.docker.DockerApiFlavor;
import dev.jig.container.docker.DockerApiRuntime;
import dev.jig.event.Qr;
import dev.jig.event.Row;
import dev.jig.filter.ContainerSelection;
import dev.jig.filter.FilterExpression;
import dev.jig.filter.PortSet;
import dev.jig.fixture.CProgram;
import dev.jig.fixture.Command;
import dev.jig.fixture.Docker;
import dev.jig.fixture.DockerImages;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Prerequisite;
import dev.jig.fixture.ServedNetwork;
import dev.jig.output.RowWriter;
import dev.jig.trace.CaptureListener;
import dev.jig.trace.CaptureLoop;
import dev.jig.trace.LiveSettings;
import dev.jig.trace.RowDetails;
import dev.jig.trace.Subscription;
import dev.jig.trace.TraceSummary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A container's lookups recorded live as pcapng: `--read` and other programs read the same
/// messages from the file.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
final class RecordingIT {
  private static final long TIMEOUT_S = 30;

  /// Looked up last; the server never answers it.
  private static final String UNANSWERED = "drop.example.test.";

  /// The responses to the other lookups of [#lookUp]: protocol, name, response code.
  private static final List<String> RESPONSES =
      List.of(
          "UDP embedded.ask.example.test. NoError",
          "TCP embedded-tcp.ask.example.test. NoError",
          "UDP nothing.example.test. NXDomain",
          "UDP example.test. NoError",
          "TCP tcp.ask.example.test. NoError",
          "TCP big.example.test. NoError",
          "UDP truncated.example.test. NoError",
          "TCP truncated.example.test. NoError");

  private static final Map<String, String> RCODES = Map.of("NoError", "0", "NXDomain", "3");

  @TempDir Path folder;

  private String image;
  private ServedNetwork network;
  private String address;

  @BeforeAll
  void start() {
    Prerequisite.require(
        "tshark and capinfos are there", () -> Command.run("tshark", "-v").exitCode() == 0);
    network = ServedNetwork.start();
    image = DockerImages.clients();
    address = network.address();
  }

  @AfterAll
  void stop() throws IOException {
    network.close();
  }

  private Docker.Container client() {
    return Docker.start(image, List.of(network.option(), "--dns=" + address), "sleep", "600");
  }

  /// Looks up over UDP and TCP, at Docker's embedded resolver and at the server itself, with short,
  /// long and no answers.
  private void lookUp(Docker.Container client) {
    String at = "@" + address;
    client.exec("dig", "embedded.ask.example.test").orThrow();
    client.exec("dig", "+tcp", "embedded-tcp.ask.example.test").orThrow();
    client.exec("dig", at, "nothing.example.test").orThrow();
    client.exec("dig", at, "example.test", "AAAA").orThrow();
    client.exec("dig", "+tcp", at, "tcp.ask.example.test").orThrow();
    client.exec("dig", "+tcp", at, "big.example.test", "TXT").orThrow();
    client.exec("dig", "+bufsize=512", at, "truncated.example.test").orThrow();
    client.exec("dig", "+tries=1", "+timeout=1", at, UNANSWERED);
  }

  /// A live trace of this process that writes its rows twice, as `-o json` and as `-o pcapng` do.
  private static final class Recording implements AutoCloseable {
    private final CaptureLoop loop;
    private final LiveSettings settings;
    private final Containers containers;
    private final ByteArrayOutputStream json = new ByteArrayOutputStream();
    private final OutputStream pcapng;
    private final List<RowWriter> writers;
    private final CompletableFuture<Boolean> complete = new CompletableFuture<>();
    private final CompletableFuture<TraceSummary> ended = new CompletableFuture<>();

    /// @param awaited the name of the unanswered query in the last row
    Recording(String container, String awaited, Path file) throws IOException {
      pcapng = Files.newOutputStream(file);
      writers = List.of(OutputFormat.json(json), OutputFormat.pcapng(pcapng, "test"));
      CompletableFuture<Void> ready = new CompletableFuture<>();
      settings =
          new LiveSettings(
              PortSet.parse("53"),
              FilterExpression.parse(List.of()),
              TimeUnit.SECONDS.toNanos(10),
              new RowDetails(true, true, true, true, false));
      loop = CaptureLoop.load(false, false, UnaryOperator.identity());
      containers =
          new Containers(
              loop.cgroupRoot(),
              List.of(new DockerApiRuntime(DockerApiFlavor.DOCKER, Docker.socket(), true)),
              new FailOnWarning());
      Thread.ofPlatform()
          .start(() -> {
            try {
              run(ContainerSelection.parse(container, false), awaited, ready);
            } catch (RuntimeException | Error e) {
              ready.completeExceptionally(e);
              complete.completeExceptionally(e);
              ended.completeExceptionally(e);
            }
          });
      join(ready);
    }

    private void run(ContainerSelection selection, String awaited, CompletableFuture<Void> ready) {
      loop.setContainers(containers);
      Subscription subscription =
          loop.open(
              settings,
              selection,
              event -> {
                write(writer -> writer.writeRow(event));
                if (event.qr() == Qr.T && isOf(event, awaited)) {
                  complete.complete(true);
                }
              });
      loop.attach();
      write(RowWriter::begin);
      containers.start();
      CompletableFuture<Void> _ = containers.ready().thenRun(() -> ready.complete(null));
      CaptureListener listener =
          new CaptureListener() {
            @Override
            public void onLoss(long packets) {
              write(writer -> writer.reportLost(packets));
            }
          };
      loop.run(0, listener);
      loop.end(listener);
      TraceSummary summary = loop.summary(subscription);
      write(writer -> writer.end(summary.seen()));
      write(RowWriter::flush);
      ended.complete(summary);
    }

    private static boolean isOf(Row event, String name) {
      return event.dns().question() != null && event.dns().question().name().equals(name);
    }

    private interface RowWriterCall {
      void apply(RowWriter writer) throws IOException;
    }

    private void write(RowWriterCall call) {
      try {
        for (RowWriter writer : writers) {
          call.apply(writer);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /// Waits for the last row, ends the trace and returns all rows as JSON.
    String json() {
      boolean all = complete.completeOnTimeout(false, TIMEOUT_S, TimeUnit.SECONDS).join();
      loop.stop();
      TraceSummary summary = join(ended);
      String written = json.toString(StandardCharsets.UTF_8);
      assertThat(all).as("all rows in time: %s%n%s", summary.line(), written).isTrue();
      assertThat(summary.lost()).isZero();
      return written;
    }

    private static <T> T join(CompletableFuture<T> future) {
      return future.orTimeout(TIMEOUT_S, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() throws IOException {
      loop.stop();
      join(ended);
      containers.close();
      loop.close();
      pcapng.close();
    }
  }

  private static final class FailOnWarning implements ContainerListener {
    @Override
    public void onWarning(String sentence) {
      throw new AssertionError(sentence);
    }

    @Override
    public void onDebug(String sentence) {
      // not of interest
    }
  }

  @Test
  void readingARecordedFileGivesTheLiveRows() throws IOException {
    Path file = folder.resolve("live.pcapng");
    String live;
    try (Docker.Container client = client();
        Recording recording = new Recording(client.name(), UNANSWERED, file)) {
      lookUp(client);
      live = recording.json();
    }

    Command.Result read = IgProcess.run("trace", "dns", "--read", file.toString(), "-o", "json");

    assertThat(read.orThrow()).isEqualTo(live);
    List<Json> rows = IgProcess.events(read.lines());
    assertThat(rows)
        .filteredOn(row -> row.text("qr").equals("R"))
        .extracting(
            row -> String.join(" ", row.text("protocol"), row.text("name"), row.text("rcode")))
        .containsExactlyElementsOf(RESPONSES);
    assertThat(rows.getLast().text("name")).isEqualTo(UNANSWERED);
    assertThat(rows).filteredOn(row -> row.has("peer")).isNotEmpty();
    assertThat(rows).allMatch(row -> row.has("runtime.containerName"));
    assertOthersReadTheSame(file, rows);
  }

  private static void assertOthersReadTheSame(Path file, List<Json> rows) {
    List<String> expected = new ArrayList<>();
    List<String> command = new ArrayList<>(List.of("tshark", "-r", file.toString(), "-Y", "dns"));
    for (Json row : rows) {
      if (!row.text("qr").equals("T")) {
        expected.add(asTshark(row));
        if (row.text("protocol").equals("TCP")) {
          // NAT replaces port 53 of the embedded resolver
          String server = row.text("qr").equals("Q") ? "dstPort" : "srcPort";
          command.addAll(List.of("-d", "tcp.port==" + row.number(server) + ",dns"));
        }
      }
    }
    command.addAll(List.of("-T", "fields"));
    for (String field :
        List.of(
            "frame.time_epoch",
            "dns.id",
            "dns.flags.response",
            "dns.qry.name",
            "dns.flags.rcode",
            "dns.count.answers",
            "sll.pkttype")) {
      command.addAll(List.of("-e", field));
    }
    assertThat(Command.run(command).orThrow().lines()).containsExactlyElementsOf(expected);
    assertThat(Command.run("tshark", "-r", file.toString(), "-T", "fields", "-e", "frame.comment"))
        .satisfies(comments ->
            assertThat(comments.orThrow().lines().filter(line -> !line.isBlank()))
                .hasSize(expected.size())
                .allMatch(line -> line.contains("pid:") && line.contains("comm:")));
    assertThat(Command.run("capinfos", file.toString()).orThrow())
        .containsPattern("Number of packets: +" + expected.size())
        .containsPattern("Number of stat entries = 1")
        .contains("linux-sll2");
  }

  private static String asTshark(Json row) {
    long ns = row.number("timestamp");
    boolean response = row.text("qr").equals("R");
    String name = row.text("name");
    return String.join(
        "\t",
        "%d.%09d".formatted(ns / 1_000_000_000, ns % 1_000_000_000),
        "0x" + row.text("id"),
        response ? "1" : "0",
        name.substring(0, name.length() - 1),
        response ? RCODES.get(row.text("rcode")) : "",
        row.has("numAnswers") ? Long.toString(row.number("numAnswers")) : "0",
        row.text("pktType").equals("OUTGOING") ? "4" : "0");
  }

  @Test
  void anotherProgramReadsPacketsFromAPipe() {
    try (Docker.Container client = client()) {
      try (IgProcess both =
          IgProcess.traceWith(words -> {
            List<String> ig = new ArrayList<>(words);
            ig.addAll(List.of("--docker-socketpath=" + Docker.socket(), "-c", client.name()));
            ig.addAll(List.of("-o", "pcapng"));
            List<String> shell =
                new ArrayList<>(
                    List.of(
                        "sh",
                        "-c",
                        "\"$@\" | tshark -l -i - -T fields -e dns.qry.name -e frame.comment",
                        "sh"));
            shell.addAll(IgProcess.commandLine(ig));
            return shell;
          })) {
        client.exec("dig", "@" + address, "piped.ask.example.test").orThrow();

        List<String> lines = both.awaitLines(printed -> printed.size() >= 2);

        assertThat(lines)
            .hasSize(2)
            .allSatisfy(line ->
                assertThat(line)
                    .startsWith("piped.ask.example.test\t")
                    .contains("runtime.containerName:" + client.name(), "comm:isc-net-0000"));
        interruptIg(both);
        assertThat(both.waitFor().err()).contains(" 0 lost");
      }
    }
  }

  /// The shell and tshark end after ig.
  private static void interruptIg(IgProcess shell) {
    ProcessHandle.of(shell.pid())
        .orElseThrow()
        .children()
        .filter(child ->
            child.info().arguments().stream()
                .anyMatch(words -> List.of(words).contains("dev.jig.cli.Ig")))
        .forEach(ProcessHandle::destroy);
  }

  @Test
  void pcapngToATerminalIsRefused() {
    Command.Result run =
        Command.run(
            concat(
                List.of(CProgram.build("ptyrun").toString(), "80", "--"),
                IgProcess.commandLine(List.of("trace", "dns", "-o", "pcapng"))));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out() + run.err())
        .contains("-o pcapng is binary and cannot be shown on a terminal. Name a file: ");
  }

  private static List<String> concat(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
