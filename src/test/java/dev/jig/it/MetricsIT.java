package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.DnsServer;
import dev.jig.fixture.Dnsperf;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Prerequisite;
import dev.jig.fixture.Programs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `ig metrics dns` beside dnsperf.
final class MetricsIT {
  private static final int NAMES = 150;
  private static final int ROUNDS = 20;
  private static final String ADDRESS = "127.0.0.1";
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Pattern SERVING = Pattern.compile("serving (http://\\S+)");

  @TempDir Path folder;

  @BeforeAll
  static void needsRoot() {
    Prerequisite.requireRoot();
  }

  @Test
  void countsWhatDnsperfCounts() throws Exception {
    try (DnsServer server = DnsServer.start(0, ADDRESS);
        IgProcess metrics =
            IgProcess.gadget(
                "metrics", "--host", "-P", "" + server.port(), "--listen", ADDRESS + ":0")) {
      URI address = addressOf(metrics.awaitErr("/metrics"));
      Dnsperf dnsperf = Dnsperf.run(folder, server, ADDRESS, NAMES, ROUNDS);
      long completed = dnsperf.figure("Queries completed");
      long nxdomain = dnsperf.figure("NXDOMAIN");
      String text = awaitLookups(address, completed);

      assertThat(completed).isEqualTo(1L * NAMES * ROUNDS);
      assertThat(sum(text, "jig_dns_lookups_total", "")).isEqualTo(completed);
      assertThat(sum(text, "jig_dns_lookups_total", "outcome=\"nxdomain\"")).isEqualTo(nxdomain);
      assertThat(sum(text, "jig_dns_tries_total", "")).isEqualTo(completed);
      assertThat(sum(text, "dns_lookup_duration_seconds_count", "")).isEqualTo(completed);
      assertThat(sum(text, "jig_packets_total", "fate=\"recorded\""))
          .isGreaterThanOrEqualTo(2 * completed);
      assertThat(sum(text, "jig_packets_lost_total", "")).isZero();
      requirePromtoolAccepts(text);
      assertThat(metrics.stop().exitCode()).isZero();
    }
  }

  @Test
  void formatsAreChosenByAccept() throws Exception {
    try (IgProcess metrics = IgProcess.gadget("metrics", "--listen", ADDRESS + ":0")) {
      URI address = addressOf(metrics.awaitErr("/metrics"));

      assertThat(get(address, "application/openmetrics-text"))
          .endsWith("# EOF\n")
          .doesNotContain("_created");
      assertThat(get(address, "application/vnd.google.protobuf")).contains("jig_lookups_total");
      assertThat(get(address.resolve("/"), "*/*")).contains("/metrics");
    }
  }

  @Test
  void anAddressInUseIsOneSentence() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral(ADDRESS))) {
      String listen = ADDRESS + ":" + taken.getLocalPort();
      Command.Result end = IgProcess.run("metrics", "dns", "--listen", listen);

      assertThat(end.exitCode()).isEqualTo(1);
      assertThat(end.err())
          .isEqualTo(
              "ig: cannot listen on "
                  + listen
                  + ": Address already in use; choose another address: --listen 127.0.0.1:PORT.\n");
    }
  }

  private static URI addressOf(String err) {
    Matcher matcher = SERVING.matcher(err);
    assertThat(matcher.find()).as(err).isTrue();
    return URI.create(matcher.group(1));
  }

  private static String get(URI address, String accept) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(address).header("Accept", accept).timeout(TIMEOUT).build();
      return client.send(request, BodyHandlers.ofString()).body();
    }
  }

  private static String awaitLookups(URI address, long count)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    String text = get(address, "text/plain");
    while (sum(text, "jig_lookups_total", "") < count && System.nanoTime() < deadline) {
      Thread.sleep(Duration.ofMillis(100));
      text = get(address, "text/plain");
    }
    assertThat(sum(text, "jig_lookups_total", "")).isEqualTo(count);
    return text;
  }

  private static long sum(String text, String metric, String label) {
    return (long)
        text.lines()
            .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
            .filter(line -> line.contains(label))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
            .sum();
  }

  private void requirePromtoolAccepts(String text) throws IOException {
    Programs.find("promtool");
    Path scrape = Files.writeString(folder.resolve("scrape"), text);
    Command.Result check =
        Command.run(List.of("sh", "-c", "promtool check metrics <\"$0\"", scrape.toString()));
    assertThat(check.exitCode()).as(check.out() + check.err()).isZero();
  }
}
