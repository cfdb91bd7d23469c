package dev.jig.it;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.jig.fixture.CProgram;
import dev.jig.fixture.Docker;
import dev.jig.fixture.DockerImages;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.ServedNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// DNS over TCP in a container, asking a server on this machine.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
final class TcpIT {
  private static final int PIPELINED = 1_000;

  private ServedNetwork network;
  private String address;
  private Path pipeline;
  private String image;

  @BeforeAll
  void start() {
    pipeline = CProgram.build("pipeline");
    network = ServedNetwork.start();
    image = DockerImages.clients();
    address = network.address();
  }

  @AfterAll
  void stop() throws IOException {
    network.close();
  }

  private Docker.Container client() {
    List<String> options =
        List.of(network.option(), "--pid=host", "--volume=" + pipeline + ":/pipeline:ro");
    return Docker.start(image, options, "sleep", "600");
  }

  @Test
  void everyPipelinedQueryIsARowAndSoIsItsAnswerInWhateverOrder() {
    try (Docker.Container client = client();
        IgProcess ig = IgProcess.trace("-c", client.name(), "-o", "json")) {
      String pid =
          client.exec("/pipeline", address, "53", Integer.toString(PIPELINED)).orThrow().strip();

      List<Json> rows = ig.awaitEvents(2 * PIPELINED);

      assertThat(rows).hasSize(2 * PIPELINED);
      assertThat(ig.stop().err())
          .contains(" 0 lost")
          .doesNotContain("malformed")
          .doesNotContain("of TCP dropped");
      Map<String, List<Json>> byName = rows.stream().collect(groupingBy(row -> row.text("name")));
      assertThat(byName).hasSize(PIPELINED);
      byName.values().forEach(pair -> assertPair(pair, Long.parseLong(pid)));
      List<String> queried = names(rows, "Q");
      assertThat(names(rows, "R"))
          .containsExactlyInAnyOrderElementsOf(queried)
          .isNotEqualTo(queried);
    }
  }

  private static void assertPair(List<Json> pair, long pid) {
    assertThat(pair).extracting(row -> row.text("qr")).containsExactly("Q", "R");
    Json response = pair.getLast();
    assertThat(pair).extracting(row -> row.number("pid")).containsOnly(pid);
    assertThat(pair).extracting(row -> row.text("comm")).containsOnly("pipeline");
    assertThat(response.text("state")).isEqualTo("answered");
    long late = response.text("name").contains("late-30") ? 30_000_000 : 0;
    long apartNs = response.number("timestamp") - pair.getFirst().number("timestamp");
    assertThat(response.number("latency"))
        .isGreaterThanOrEqualTo(late)
        .isCloseTo(apartNs, within(1_000_000L));
    assertThat(response.number("numAnswers")).isEqualTo(1);
  }

  private static List<String> names(List<Json> rows, String qr) {
    return rows.stream()
        .filter(row -> row.text("qr").equals(qr))
        .map(row -> row.text("name"))
        .toList();
  }

  @Test
  void aThousandPipelinedQueriesAreAThousandLookups() {
    try (Docker.Container client = client();
        IgProcess ig = IgProcess.trace("-c", client.name(), "-o", "json", "--lookups")) {
      String pid =
          client.exec("/pipeline", address, "53", Integer.toString(PIPELINED)).orThrow().strip();

      List<Json> rows = ig.awaitEvents(PIPELINED);

      assertThat(rows).extracting(row -> row.text("name")).doesNotHaveDuplicates();
      assertThat(rows).extracting(row -> row.text("state")).containsOnly("answered");
      assertThat(rows).extracting(row -> row.number("tries")).containsOnly(1L);
      assertThat(rows).extracting(row -> row.number("pid")).containsOnly(Long.parseLong(pid));
      assertThat(ig.stop().err()).contains("1,000 lookups", " 0 lost").doesNotContain("waiting");
    }
  }

  /// As rows of packets, and as one of the whole lookup.
  @Test
  void aTruncatedUdpAnswerIsQueriedAgainOverTcp() {
    try (Docker.Container client = client();
        IgProcess ig = IgProcess.trace("-c", client.name(), "-o", "json");
        IgProcess lookups = IgProcess.trace("-c", client.name(), "-o", "json", "--lookups")) {
      String dig = "echo $$; exec dig +bufsize=512 @" + address + " truncated.example.test";
      String output = client.exec("/bin/sh", "-c", dig).orThrow();
      long pid = Long.parseLong(output.lines().findFirst().orElseThrow());

      List<Json> rows = ig.awaitEvents(4);

      assertThat(rows)
          .extracting(row -> row.text("protocol") + " " + row.text("qr"))
          .containsExactly("UDP Q", "UDP R", "TCP Q", "TCP R");
      assertThat(rows.get(1).at("flags.tc")).isEqualTo(true);
      assertThat(rows.get(3).list("addresses")).isEqualTo(List.of("192.0.2.1", "192.0.2.2"));
      assertThat(rows.get(3).text("state")).isEqualTo("answered");
      assertThat(rows).extracting(row -> row.number("pid")).containsOnly(pid);
      assertThat(rows.get(1).number("latency")).isPositive();
      assertThat(rows.get(3).number("latency")).isPositive();

      Json lookup = lookups.awaitEvents(1).getFirst();

      assertThat(lookup.number("pid")).isEqualTo(pid);
      assertThat(lookup.text("protocol")).isEqualTo("TCP");
      assertThat(lookup.list("addresses")).isEqualTo(List.of("192.0.2.1", "192.0.2.2"));
      assertThat(lookup.list("attempts"))
          .map(attempt -> (Map<?, ?>) attempt)
          .extracting(attempt -> attempt.get("protocol") + " " + attempt.get("state"))
          .containsExactly("UDP truncated", "TCP answered");
      long bothNs = rows.get(1).number("latency") + rows.get(3).number("latency");
      assertThat(lookup.number("latency")).isGreaterThanOrEqualTo(bothNs);
      assertThat(lookups.stop().out().lines()).hasSize(1);
    }
  }

  @Test
  void anAnswerOfSixtyKilobytesIsOneRow() {
    try (Docker.Container client = client();
        IgProcess ig = IgProcess.trace("-c", client.name(), "-o", "json")) {
      client.exec("dig", "+tcp", "@" + address, "big.example.test", "TXT").orThrow();

      List<Json> rows = ig.awaitEvents(2);

      assertThat(rows).extracting(row -> row.text("qr")).containsExactly("Q", "R");
      assertThat(rows.getLast().text("state")).isEqualTo("answered");
      assertThat(ig.stop().err()).contains(" 0 lost").doesNotContain("of TCP dropped");
    }
  }
}
