package dev.jig.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.DnsServer;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Prerequisite;
import dev.jig.fixture.Programs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `ig top dns` in a real terminal: tmux draws what ig writes, and types.
final class TopScreenIT {
  private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
  private static final String ADDRESS = "127.0.0.1";

  @TempDir Path folder;

  private DnsServer server;
  private Path settings;

  @BeforeAll
  static void needsRootAndTmux() {
    Prerequisite.requireRoot();
    Programs.find("tmux");
  }

  @BeforeEach
  void startServer() {
    server = DnsServer.start(0, ADDRESS);
    settings = folder.resolve("settings");
  }

  @AfterEach
  void stop() throws IOException {
    Command.run(tmux("kill-server"));
    server.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 120, 200})
  void fitsTheTerminalAndFollowsItsSize(int columns) throws Exception {
    startTop(columns, 16, "--by", "name,nameserver");
    ask("ok1.example.test", 3);

    List<String> screen = awaitScreen(lines -> contains(lines, "ok1.example.test."));
    assertThat(screen.getFirst()).contains(" lookups/s · ");
    assertThat(screen.get(1)).startsWith("by name,nameserver · sort -lookups");
    assertThat(screen.get(2)).startsWith("NAME").contains("LOOKUPS", "NOANSWER");
    assertThat(screen.getLast()).startsWith("↑↓ select");
    assertThat(screen).hasSize(16).allMatch(line -> line.length() <= columns);

    Command.run(tmux("resize-window", "-t", "top", "-x", "100", "-y", "12")).orThrow();
    awaitScreen(lines -> lines.size() == 12 && lines.getLast().startsWith("↑↓ select"));
  }

  @Test
  void opensARowAndGoesBackFiltersAndPauses() throws Exception {
    startTop(120, 16, "--by", "nameserver");
    ask("ok1.example.test", 2);
    ask("missing.example.test", 1);
    awaitScreen(lines -> contains(lines, ADDRESS));

    type("Enter");
    awaitTable("by name · nameserver " + ADDRESS);
    ask("ok2.example.test", 4);
    List<String> inside = awaitScreen(lines -> contains(lines, "ok2.example.test."));
    assertThat(inside).noneMatch(line -> line.startsWith("ok1."));
    type("Escape");
    awaitScreen(
        lines -> lines.get(1).startsWith("by nameserver") && line(lines, ADDRESS).endsWith(" 7"));

    type("/");
    type("rcode:NXDomain");
    type("Enter");
    awaitTable("by nameserver · filter rcode:NXDomain");
    ask("missing.example.test", 2);
    awaitScreen(lines -> line(lines, ADDRESS).endsWith(" 2"));

    type("p");
    awaitScreen(lines -> lines.get(1).startsWith("PAUSED"));
    type("q");
    assertEndedAsItBegan();
  }

  @Test
  void sigtermLeavesTheTerminalAsItWas() throws Exception {
    startTop(80, 16);
    Command.run("kill", "-TERM", Files.readString(folder.resolve("pid")).strip()).orThrow();

    assertEndedAsItBegan();
  }

  @Test
  void ctrlCLeavesTheTerminalAsItWas() throws Exception {
    startTop(80, 16);
    type("C-c");

    assertEndedAsItBegan();
  }

  /// The shell that ran ig writes the terminal's settings before and after.
  private void assertEndedAsItBegan() throws Exception {
    List<String> screen = awaitScreen(lines -> contains(lines, "after"));

    assertThat(Files.readString(Path.of(settings + ".after")))
        .isEqualTo(Files.readString(Path.of(settings + ".before")))
        .isNotBlank();
    assertThat(String.join("\n", screen))
        .contains("before") // the screen of before is back
        .contains(" packets seen: ")
        .contains(" 0 lost")
        .doesNotContain("lookups/s");
  }

  private void startTop(int columns, int rows, String... flags) throws Exception {
    List<String> words = new ArrayList<>(List.of("top", "dns", "--host"));
    words.addAll(List.of("-P", "" + server.port(), "-i", "300ms"));
    words.addAll(List.of(flags));
    String script =
        """
        echo before
        stty -g >%1$s.before
        sh -c 'echo $$ >%2$s; exec "$@"' sh %3$s
        stty -g >%1$s.after
        echo after
        sleep 100
        """
            .formatted(
                settings, folder.resolve("pid"), String.join(" ", IgProcess.commandLine(words)));
    Path file = Files.writeString(folder.resolve("script"), script);
    Command.run(
            tmux(
                "new-session",
                "-d",
                "-s",
                "top",
                "-x",
                "" + columns,
                "-y",
                "" + rows,
                "sh",
                file.toString()))
        .orThrow();
    awaitScreen(lines -> lines.size() == rows && lines.getLast().startsWith("↑↓ select"));
  }

  /// Sends queries and waits for the answers.
  private void ask(String name, int times) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(10_000);
      for (int i = 0; i < times; i++) {
        byte[] query = query(name, i + 1);
        socket.send(
            new DatagramPacket(query, query.length, InetAddress.ofLiteral(ADDRESS), server.port()));
        socket.receive(new DatagramPacket(new byte[512], 512));
      }
    }
  }

  private static byte[] query(String name, int id) {
    ByteArrayOutputStream query = new ByteArrayOutputStream();
    query.writeBytes(new byte[] {0, (byte) id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
    for (String label : name.split("\\.", -1)) {
      query.write(label.length());
      query.writeBytes(label.getBytes(US_ASCII));
    }
    query.writeBytes(new byte[] {0, 0, 1, 0, 1});
    return query.toByteArray();
  }

  private void type(String keys) {
    Command.run(tmux("send-keys", "-t", "top", keys)).orThrow();
  }

  /// Waits until a view shows its first table: it counts lookups since it was opened.
  private void awaitTable(String view) throws InterruptedException {
    awaitScreen(
        lines -> lines.get(1).startsWith(view) && lines.getFirst().contains(" lookups/s · "));
  }

  private List<String> awaitScreen(Predicate<List<String>> wanted) throws InterruptedException {
    long startNs = System.nanoTime();
    List<String> lines = List.of();
    while (System.nanoTime() - startNs < TIMEOUT_NS) {
      lines = Command.run(tmux("capture-pane", "-p", "-t", "top")).lines();
      if (lines.size() > 2 && wanted.test(lines)) {
        return lines;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError("the screen shows:\n" + String.join("\n", lines));
  }

  private List<String> tmux(String... words) {
    List<String> command =
        new ArrayList<>(
            List.of("tmux", "-S", folder.resolve("socket").toString(), "-u", "-f", "/dev/null"));
    command.addAll(List.of(words));
    return command;
  }

  private static boolean contains(List<String> lines, String part) {
    return lines.stream().anyMatch(line -> line.startsWith(part));
  }

  private static String line(List<String> lines, String part) {
    return lines.stream().filter(line -> line.startsWith(part)).findFirst().orElse("");
  }
}
