package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.DnsServer;
import dev.jig.fixture.Dnsperf;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Prerequisite;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `ig top dns` into a pipe, beside dnsperf; [TopScreenIT] has the screen.
final class TopIT {
  private static final int NAMES = 150;
  private static final int ROUNDS = 20;
  private static final String ADDRESS = "127.0.0.1";

  @TempDir Path folder;

  @BeforeAll
  static void needsRoot() {
    Prerequisite.requireRoot();
  }

  @Test
  void countsWhatDnsperfCounts() throws Exception {
    try (DnsServer server = DnsServer.start(0, ADDRESS);
        IgProcess top = IgProcess.gadget("top", flags(server, "--by", "name", "-m", "1000"))) {
      Dnsperf dnsperf = Dnsperf.run(folder, server, ADDRESS, NAMES, ROUNDS);
      long completed = dnsperf.figure("Queries completed");
      long nxdomain = dnsperf.figure("NXDOMAIN");
      List<String> lines =
          top.awaitLines(all -> all.stream().mapToLong(TopIT::lookups).sum() >= completed);
      Command.Result end = top.stop();

      assertThat(completed).isEqualTo(1L * NAMES * ROUNDS);
      List<Json> last = rows(lastOf(end, lines));
      assertThat(last).hasSize(NAMES).allMatch(row -> row.number("total") == ROUNDS);
      long ok = end.lines().stream().mapToLong(line -> sum(line, "ok")).sum();
      long nx = end.lines().stream().mapToLong(line -> sum(line, "nx")).sum();
      assertThat(nx).isEqualTo(nxdomain);
      assertThat(ok).isEqualTo(completed - nxdomain);
      assertThat(end.err()).contains(" 0 filtered, 0 lost");
    }
  }

  @Test
  void aTableForEachIntervalIsText() throws Exception {
    try (DnsServer server = DnsServer.start(0, ADDRESS);
        IgProcess top =
            IgProcess.gadget(
                "top", "--host", "-P", "" + server.port(), "--by", "nameserver", "-i", "200ms")) {
      List<String> lines =
          top.awaitLines(
              all -> all.stream().filter(line -> line.startsWith("NAMESERVER ")).count() > 2);

      assertThat(lines.getFirst())
          .isEqualTo("NAMESERVER  LOOKUPS  OK  NX  FAILED  NOANSWER  P50  P95  MAX  TOTAL");
      assertThat(top.stop().exitCode()).isZero();
    }
  }

  @Test
  void aCommandHasOneTable() {
    Command.Result end =
        IgProcess.run("top", "dns", "--by", "comm", "--", "getent", "ahosts", "x.invalid.");

    assertThat(end.err()).contains("COMM    LOOKUPS  OK  NX").contains("\ngetent ");
    assertThat(end.err().lines().filter(line -> line.contains("LOOKUPS"))).hasSize(1);
  }

  @Test
  void aReaderThatLeavesEndsIt() throws Exception {
    Command.Result end =
        Command.run(
            "sh",
            "-c",
            String.join(" ", IgProcess.commandLine(List.of("top", "dns", "--host", "-i", "100ms")))
                + " | head -n 1");

    assertThat(end.out()).startsWith("CONTAINER");
    assertThat(end.exitCode()).isZero();
  }

  private static String[] flags(DnsServer server, String... more) {
    return Stream.concat(
            Stream.of("--host", "-P", "" + server.port(), "-o", "json"), Stream.of(more))
        .toArray(String[]::new);
  }

  private static long lookups(String line) {
    return sum(line, "lookups");
  }

  private static long sum(String line, String key) {
    return rows(line).stream().mapToLong(row -> row.number(key)).sum();
  }

  private static List<Json> rows(String line) {
    return Json.of("{\"rows\":" + line + "}").objects("rows");
  }

  private static String lastOf(Command.Result end, List<String> before) {
    List<String> all = end.lines().isEmpty() ? before : end.lines();
    return all.getLast();
  }
}
