package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.DnsServer;
import dev.jig.fixture.Docker;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Podman;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// Traces Podman's containers and shows their names.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class PodmanIT {
  private static final String SERVER = "127.0.0.1";

  private Podman podman;
  private DnsServer server;
  private String port;

  @BeforeAll
  void start() {
    podman = Podman.start();
    server = DnsServer.start(0, SERVER);
    port = Integer.toString(server.port());
  }

  @AfterAll
  void stop() throws IOException {
    server.close();
    podman.close();
  }

  private IgProcess trace(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-r",
                "podman",
                "--podman-socketpath=" + podman.socket(),
                "-P",
                port,
                "-o",
                "json"));
    arguments.addAll(List.of(more));
    return IgProcess.trace(arguments.toArray(String[]::new));
  }

  private List<String> nslookup(String name) {
    return List.of("nslookup", "-port=" + port, "-querytype=A", name, SERVER);
  }

  private List<String> dig(String name) {
    return List.of("dig", "+short", "-p", port, "@" + SERVER, name);
  }

  private Command.Result run(String container, List<String> words) {
    return podman.run(List.of("--name=" + container), words.toArray(String[]::new));
  }

  @Test
  void containersStartedBeforeAndDuringTheTraceAreNamed() {
    String before = Docker.uniqueName();
    String after = Docker.uniqueName();
    try (Podman.Container old =
            podman.start(List.of("--name=" + before, "--label=k=v"), "sleep", "600");
        IgProcess ig = trace()) {

      old.exec(nslookup("example.test.").toArray(String[]::new)).orThrow();
      run(after, nslookup("nothing.example.test."));

      List<Json> events = ig.awaitEvents(4);
      assertThat(ig.stop().err()).contains(" 0 lost");
      assertThat(events)
          .extracting(event -> event.text("runtime.containerName"))
          .containsExactly(before, before, after, after);
      assertThat(events)
          .extracting(event -> event.text("qr") + " " + event.text("name"))
          .containsExactly(
              "Q example.test.",
              "R example.test.",
              "Q nothing.example.test.",
              "R nothing.example.test.");
      for (Json event : events) {
        assertThat(event.text("runtime.runtimeName")).isEqualTo("podman");
        assertThat(event.text("runtime.containerImageName")).isEqualTo(podman.image());
        assertThat(event.text("comm")).isEqualTo("isc-net-0000");
        assertThat(event.text("attribution")).isEqualTo("exact");
      }
      assertThat(events.getFirst().text("runtime.containerId")).isEqualTo(old.id());
      assertThat(events.getFirst().text("runtime.containerImageDigest")).startsWith("sha256:");
    }
  }

  @Test
  void containersThatEndAfterTheirFirstAnswerAreNamed() {
    String series = Docker.uniqueName();
    try (IgProcess ig = trace()) {
      IntStream.range(0, 10).forEach(i -> lookUpOnce(series + "-" + i).orThrow());
      List<CompletableFuture<Command.Result>> running =
          IntStream.range(10, 15)
              .mapToObj(i ->
                  CompletableFuture.supplyAsync(
                      () -> lookUpOnce(series + "-" + i), Thread::startVirtualThread))
              .toList();
      running.forEach(run -> run.join().orThrow());

      List<Json> events = ig.awaitEvents(30);
      assertThat(events).hasSize(30);
      for (Json event : events) {
        assertThat(event.text("name"))
            .isEqualTo(event.text("runtime.containerName") + ".ask.example.test.");
      }
    }
  }

  /// The question name contains the container's name.
  private Command.Result lookUpOnce(String name) {
    return run(name, dig(name + ".ask.example.test"));
  }

  @Test
  void containersOfAPodAreDistinguishedAndItsInfraContainerIsNotListed() {
    String pod = Docker.uniqueName();
    podman.podman(
        "pod",
        "create",
        "--name=" + pod,
        "--network=none",
        "--share=net",
        "--infra-image=" + podman.image(),
        "--infra-command=/bin/sleep 600");
    try (IgProcess ig = trace("-F", "qr:Q");
        Podman.Container one = inPod(pod, pod + "-one");
        Podman.Container two = inPod(pod, pod + "-two")) {

      one.exec(unanswered("one"));
      two.exec(unanswered("two"));

      List<Json> events = ig.awaitEvents(2);
      assertThat(events)
          .extracting(event -> event.text("runtime.containerName") + " " + event.text("name"))
          .containsExactly(pod + "-one one.pod.example.test.", pod + "-two two.pod.example.test.");
      assertThat(events).allMatch(event -> event.text("k8s.podName").equals(pod));
      assertThat(events.get(0).number("netnsid")).isEqualTo(events.get(1).number("netnsid"));

      Command.Result listed =
          IgProcess.run(
              "list-containers", "-r", "podman", "--podman-socketpath=" + podman.socket());
      assertThat(listed.out()).contains(pod + "-one", pod + "-two").doesNotContain("infra");
      String infra = podman.podman("pod", "inspect", "--format={{.InfraContainerID}}", pod);
      assertThat(listed.out()).doesNotContain(infra.substring(0, 12));
    }
  }

  private Podman.Container inPod(String pod, String name) {
    return podman.start(List.of("--pod=" + pod, "--name=" + name), "sleep", "600");
  }

  /// Queries a server that does not exist in the pod's network: there is no answer.
  private String[] unanswered(String host) {
    List<String> words = new ArrayList<>(List.of("dig", "+tries=1", "+time=1"));
    words.addAll(dig(host + ".pod.example.test").subList(1, 6));
    return words.toArray(String[]::new);
  }
}
