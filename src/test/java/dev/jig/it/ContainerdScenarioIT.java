package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.Containerd;
import dev.jig.fixture.CriControl;
import dev.jig.fixture.DnsServer;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// Queries from containerd's containers are named as their users know them: pods by CRI, plain ones
/// by `ctr`.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
final class ContainerdScenarioIT {
  private static final String SERIES = "containerd" + ProcessHandle.current().pid();

  private Containerd containerd;
  private CriControl cri;
  private DnsServer server;

  @BeforeAll
  void start() {
    containerd = Containerd.start();
    cri = containerd.cri();
    server = DnsServer.start(53, containerd.hostAddress());
  }

  @AfterAll
  void stop() throws IOException {
    cri.close();
    server.close();
    containerd.close();
  }

  private IgProcess trace(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--runtimes=containerd",
                "--containerd-socketpath=" + containerd.socket(),
                "--containerd-namespace=k8s.io,jig-test",
                "-o",
                "json"));
    arguments.addAll(List.of("-v"));
    arguments.addAll(List.of(more));
    IgProcess ig = IgProcess.trace(arguments.toArray(String[]::new));
    ig.awaitErr("containerd answers at "); // gRPC's classes take their time on a busy machine
    return ig;
  }

  /// bind's dig, once.
  private String[] dig(String type, String name) {
    return new String[] {"dig", "+tries=1", "-t", type, name, "@" + containerd.hostAddress()};
  }

  private static String name(String test) {
    return test + "." + SERIES + ".example.test";
  }

  private static List<Json> rowsOf(List<Json> events, String name) {
    return events.stream()
        .filter(e -> !e.text("type").equals("warn") && e.text("name").equals(name + "."))
        .toList();
  }

  private static List<Json> awaitPair(IgProcess ig, String name) {
    return rowsOf(ig.awaitEvents(events -> rowsOf(events, name).size() >= 2), name);
  }

  @Test
  void aPodOfBeforeAndOneOfAfterTheTracerAreNamed() {
    try (CriControl.Pod before = cri.pod("shop", "front-before", Map.of("app", "front"));
        CriControl.Pod after = cri.pod("shop", "front-after", Map.of("app", "front"))) {
      String early = before.start("early", "sleep", "1000");
      try (IgProcess ig = trace()) {
        containerd.exec("k8s.io", early, dig("A", name("early")));
        after.start("late", dig("MX", name("late")));

        assertPod(awaitPair(ig, name("early")), before, "early");
        assertPod(awaitPair(ig, name("late")), after, "late");
      }
    }
  }

  private void assertPod(List<Json> events, CriControl.Pod pod, String container) {
    assertThat(events).hasSize(2);
    for (Json event : events) {
      assertThat(event.text("runtime.runtimeName")).isEqualTo("containerd");
      assertThat(event.text("runtime.containerName")).isEqualTo(container);
      assertThat(event.text("runtime.containerImageName")).isEqualTo(containerd.image());
      assertThat(event.text("k8s.namespace")).isEqualTo("shop");
      assertThat(event.text("k8s.podName")).isEqualTo(pod.name());
      assertThat(event.text("k8s.containerName")).isEqualTo(container);
      assertThat(event.text("comm")).isEqualTo("isc-net-0000");
      assertThat(event.text("attribution")).isEqualTo("exact");
    }
    assertThat(events.getFirst().text("qr")).isEqualTo("Q");
    assertThat(events.getLast().text("qr")).isEqualTo("R");
  }

  @Test
  void twoContainersInOneNetworkEachHaveTheirOwnQueries() {
    try (CriControl.Pod pod = cri.pod("shop", "pair", Map.of());
        IgProcess ig = trace("-F", "name:~" + SERIES)) {
      pod.start("first", dig("A", name("first")));
      pod.start("second", dig("A", name("second")));

      for (String container : List.of("first", "second")) {
        assertPod(awaitPair(ig, name(container)), pod, container);
      }
    }
  }

  @Test
  void plainContainersOfBeforeAndAfterAreNamedByTheirId() {
    String early = SERIES + "-early";
    String late = SERIES + "-late";
    containerd.run("jig-test", early, List.of("--detach"), "sleep", "1000");
    try (IgProcess ig = trace()) {
      containerd.exec("jig-test", early, dig("A", name("plain-early")));
      containerd.run("jig-test", late, List.of("--rm"), dig("A", name("plain-late")));

      for (String container : List.of("early", "late")) {
        List<Json> events = awaitPair(ig, name("plain-" + container));
        assertThat(events).hasSize(2);
        for (Json event : events) {
          assertThat(event.text("runtime.containerName")).isEqualTo(SERIES + "-" + container);
          assertThat(event.text("runtime.runtimeName")).isEqualTo("containerd");
          assertThat(event.text("runtime.containerImageName")).isEqualTo(containerd.image());
          assertThat(event.text("runtime.containerImageDigest")).startsWith("sha256:");
        }
      }
    }
  }

  @Test
  void theSeedScenarioOnContainerd() {
    String container = SERIES + "-seed";
    try (IgProcess ig = trace("-c", container)) {
      for (String type : List.of("A", "AAAA", "MX")) {
        containerd.run("jig-test", container, List.of("--rm"), dig(type, "example.test"));
      }

      List<Json> events = ig.awaitEvents(6);
      for (int i = 0; i < 6; i++) {
        assertThat(events.get(i).text("runtime.containerName")).isEqualTo(container);
        assertThat(events.get(i).text("qr")).isEqualTo(i % 2 == 0 ? "Q" : "R");
        assertThat(events.get(i).text("qtype")).isEqualTo(List.of("A", "AAAA", "MX").get(i / 2));
        assertThat(events.get(i).text("comm")).isEqualTo("isc-net-0000");
      }
      Command.Result end = ig.stop();
      assertThat(end.exitCode()).isZero();
      assertThat(end.err()).contains(": 6 rows, ").contains(" 0 lost");
    }
  }

  @Test
  void containersThatEndWithTheirFirstAnswerAreNamed() {
    try (CriControl.Pod pod = cri.pod("shop", "short", Map.of());
        IgProcess ig = trace("-F", "name:~short-.*" + SERIES, "-F", "qr:Q")) {
      for (int i = 0; i < 10; i++) {
        String id = SERIES + "-short-" + i;
        containerd.run("jig-test", id, List.of("--rm"), dig("A", name("short-" + i)));
      }
      for (int i = 10; i < 20; i++) {
        String id = pod.start("short-" + i, dig("A", name("short-" + i)));
        containerd.awaitEnd("k8s.io", id);
        cri.removeContainer(id);
      }

      List<Json> queries = ig.awaitEvents(20);
      assertThat(queries).hasSize(20);
      for (Json query : queries) {
        String number = query.text("name").split("[-.]", 3)[1];
        assertThat(query.text("runtime.containerName")).endsWith("short-" + number);
      }
    }
  }

  @Test
  void namesReturnAfterTheDaemonWasAway() {
    String container = SERIES + "-stays";
    containerd.run("jig-test", container, List.of("--detach"), "sleep", "1000");
    try (IgProcess ig = trace()) {
      containerd.exec("jig-test", container, dig("A", name("before-stop")));
      awaitPair(ig, name("before-stop"));

      containerd.stopDaemon();
      try {
        ig.awaitErr("tracing continues"); // reported only after a short outage
      } finally {
        containerd.startDaemon();
      }
      ig.awaitErr(": containers are shown by name");
      containerd.exec("jig-test", container, dig("A", name("after-start")));

      for (Json event : awaitPair(ig, name("after-start"))) {
        assertThat(event.text("runtime.containerName")).isEqualTo(container);
      }
      Command.Result end = ig.stop();
      assertThat(end.err())
          .contains(" 0 lost")
          .containsOnlyOnce("tracing continues")
          .containsOnlyOnce("are shown by name");
    }
  }
}
