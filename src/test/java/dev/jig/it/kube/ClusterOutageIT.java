package dev.jig.it.kube;

import static dev.jig.it.kube.TestCluster.trace;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/// Outages of agents and API servers during a trace. A pod looks up numbered names all the time, so
/// that missing and repeated rows are detected.
@OnCluster
final class ClusterOutageIT {
  private static final String OWN = "jig-test-outage";
  private static final long OUTAGE_S = 20;

  /// Written by the test cluster's scripts.
  private static final Path API_SERVER_PID = Path.of("/run/k8s-test/kube-apiserver.pid");

  private static final Pattern GAP =
      Pattern.compile(
          "kubectl gadget: node [^ ]+: events from [0-9:]{8}Z to [0-9:]{8}Z are unknown,"
              + " its agent was restarted\\.");

  @BeforeAll
  static void deploy() {
    TestCluster.requireDeployed();
    TestCluster.makeNamespace(OWN);
  }

  @AfterAll
  static void cleanUp() {
    TestCluster.removeNamespace(OWN);
  }

  @Test
  void reportsTheGapWhenAnAgentsPodIsDeleted() {
    tracesOnAfter(
        "deleted",
        () -> {
          String pod = TestCluster.agent().getMetadata().getName();
          TestCluster.kubectl("delete", "pod", pod, "-n", TestCluster.GADGET, "--wait=false");
        });
  }

  @Test
  void reportsTheGapWhenAnAgentIsKilled() {
    tracesOnAfter(
        "killed",
        () -> Command.run("kill", "-KILL", Long.toString(TestCluster.agentPid())).orThrow());
  }

  private static void tracesOnAfter(String name, Runnable end) {
    String zone = "." + name + ".example.test.";
    try (IgProcess trace = trace("-n", OWN, "-p", name, "-F", "qr:Q", "-o", "json")) {
      TestPod.run(OWN, name, "i=0; while :; do i=$((i+1)); " + ask("$i" + zone) + "; done");
      trace.awaitEvents(3);

      end.run();
      trace.awaitErr(" are unknown, its agent was restarted.");
      int before = trace.lines().size();
      trace.awaitEvents(before + 3);

      Command.Result ended = trace.stop();
      assertThat(ended.exitCode()).as(ended.err()).isZero();
      assertThat(ended.err().lines().filter(GAP.asMatchPredicate())).hasSize(1);
      assertThat(ended.err().lines().filter(it -> it.contains("; trying again.")))
          .as(ended.err())
          .hasSize(1);
      List<Integer> numbers = numbers(ended, zone);
      assertThat(numbers).as("each name once, in order").isSorted().doesNotHaveDuplicates();
      assertThat(numbers.getFirst()).as("the pod's first query").isEqualTo(1);
      assertThat(gaps(numbers)).as("gaps in %s", numbers).isLessThanOrEqualTo(1);
    } finally {
      TestCluster.kubectl("delete", "pod", name, "-n", OWN, "--grace-period=0", "--force");
    }
    TestCluster.await(
        "the agent's readiness",
        () ->
            Boolean.TRUE.equals(
                TestCluster.agent().getStatus().getContainerStatuses().getFirst().getReady()));
  }

  @Test
  @EnabledIfEnvironmentVariable(
      named = "JIG_TEST_CLUSTER",
      matches = ".+",
      disabledReason = "only the test cluster's API server may be stopped")
  void nothingIsLostDuringAnApiServerOutage() throws Exception {
    String zone = ".api.example.test.";
    int count = 200;
    try (IgProcess trace = trace("-n", OWN, "-p", "api", "-F", "qr:Q", "-o", "json")) {
      String loop = "i=0; while [ $i -lt " + count + " ]; do i=$((i+1)); ";
      TestPod.run(OWN, "api", loop + ask("$i" + zone) + "; done");
      trace.awaitEvents(3);

      long pid = Long.parseLong(Files.readString(API_SERVER_PID).strip());
      stop(ProcessHandle.of(pid).orElseThrow());
      int seen = trace.lines().size();
      assertThat(seen).as("names asked for before the outage").isLessThan(count);
      TimeUnit.SECONDS.sleep(OUTAGE_S); // the outage
      Command.run(TestCluster.script("up").toString(), "--quiet").orThrow();
      trace.awaitEvents(count);

      Command.Result ended = trace.stop();
      assertThat(ended.exitCode()).as(ended.err()).isZero();
      assertThat(numbers(ended, zone))
          .containsExactlyElementsOf(IntStream.rangeClosed(1, count).boxed().toList());
      assertThat(ended.err())
          .contains(": the connection broke; trying again.\n")
          .contains(": connected again, nothing is missing so far.\n")
          .contains(count + " rows from 1 node, 0 lost")
          .doesNotContain("are unknown");
    }
  }

  /// Stops it as the test cluster's script does.
  private static void stop(ProcessHandle apiServer) throws Exception {
    assertThat(apiServer.info().commandLine().orElse("")).contains("--service-cluster-ip-range=");
    apiServer.destroy();
    try {
      apiServer.onExit().get(30, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      apiServer.destroyForcibly();
      apiServer.onExit().get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void ctrlCEndsTheStreamOnTheNode() {
    String marked = "\"namespace\":\"" + OWN + "\",\"pod\":\"none\"";
    try (IgProcess trace = trace("-n", OWN, "-p", "none")) {
      String begun = onlyLine(it -> it.contains("stream started") && it.contains(marked));
      String stream = begun.replaceFirst(".*\"stream\":\"([^\"]+)\".*", "$1");

      assertThat(trace.stop().exitCode()).isZero();

      TestCluster.await(
          "the stream's end on the agent",
          () ->
              TestCluster.agentLog()
                  .lines()
                  .anyMatch(it -> it.contains("stream ended") && it.contains(stream)));
      assertThat(onlyLine(it -> it.contains("stream ended") && it.contains(stream)))
          .contains("\"by\":\"client\"");
      assertThat(TestCluster.agentLog().lines().filter(it -> it.contains("stream kept")))
          .noneMatch(it -> it.contains(stream));
    }
  }

  private static String onlyLine(Predicate<String> wanted) {
    List<String> found = TestCluster.agentLog().lines().filter(wanted).toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  /// About five lookups per second.
  private static String ask(String name) {
    return "nslookup -type=a " + name + " >/dev/null; sleep 0.2";
  }

  /// The numbers of the queries, each once: nslookup repeats a query if its response is late.
  /// Asserts that no packet has two rows.
  private static List<Integer> numbers(Command.Result ended, String zone) {
    List<Json> rows = ended.lines().stream().map(Json::of).toList();
    assertThat(rows.stream().map(row -> row.number("timestamp")))
        .as("one row for each packet")
        .doesNotHaveDuplicates();
    return rows.stream()
        .collect(toMap(ClusterOutageIT::query, row -> row, (first, _) -> first, LinkedHashMap::new))
        .values()
        .stream()
        .map(row -> row.text("name"))
        .map(name -> Integer.parseInt(name.substring(0, name.length() - zone.length())))
        .toList();
  }

  /// What a query has in common with its retransmission.
  private static String query(Json row) {
    return row.text("name") + " " + row.text("id") + " " + row.number("srcPort");
  }

  private static int gaps(List<Integer> numbers) {
    int gaps = 0;
    for (int at = 1; at < numbers.size(); at++) {
      gaps += numbers.get(at) == numbers.get(at - 1) + 1 ? 0 : 1;
    }
    return gaps;
  }
}
