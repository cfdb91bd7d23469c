package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.DnsServer;
import dev.jig.fixture.Docker;
import dev.jig.fixture.DockerDaemon;
import dev.jig.fixture.DockerImages;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Podman;
import dev.jig.fixture.Prerequisite;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A runtime restarts while its containers are traced: no packet is lost, new rows have names
/// again, and ig reports each change once.
@Timeout(180)
final class RestartIT {
  private static final String LOOPBACK = "127.0.0.1";

  @Test
  void podmanStopsAndStartsAgain() throws Exception {
    String before = Docker.uniqueName();
    String during = Docker.uniqueName();
    try (Podman podman = Podman.start();
        DnsServer server = DnsServer.start(0, LOOPBACK);
        Podman.Container old = podman.start(List.of("--name=" + before), "sleep", "600");
        IgProcess ig =
            IgProcess.trace(
                "-r",
                "podman",
                "--podman-socketpath=" + podman.socket(),
                "-P",
                Integer.toString(server.port()),
                "-o",
                "json")) {
      old.exec(dig(server.port(), "up")).orThrow();
      ig.awaitEvents(2);

      // When Podman's service stops, and a container starts while it is stopped
      podman.stopService();
      ig.awaitErr("Podman stopped answering at " + podman.socket());
      try (Podman.Container young = podman.start(List.of("--name=" + during), "sleep", "600")) {
        old.exec(dig(server.port(), "down")).orThrow();
        young.exec(dig(server.port(), "unnamed")).orThrow();
        ig.awaitEvents(6);

        // And when the service runs again
        podman.startService();
        ig.awaitErr("Podman answers at " + podman.socket());
        young.exec(dig(server.port(), "named")).orThrow();
      }
      List<Json> events = ig.awaitEvents(8);
      String err = ig.stop().err();

      // Then every query and response has a row; the name is missing only while Podman is stopped
      assertThat(events)
          .extracting(RestartIT::nameAndQuestion)
          .containsExactly(
              before + " Q up.",
              before + " R up.",
              before + " Q down.",
              before + " R down.",
              "null Q unnamed.",
              "null R unnamed.",
              during + " Q named.",
              during + " R named.");
      assertThat(err).contains(" 8 rows, ").contains(" 0 lost");
      assertThat(err)
          .containsOnlyOnce("Podman stopped answering")
          .containsOnlyOnce("Podman answers");
    }
  }

  private static String nameAndQuestion(Json event) {
    Object name = event.at("runtime.containerName");
    return name
        + " "
        + event.text("qr")
        + " "
        + event.text("name").replace("ask.example.test.", "");
  }

  private static String[] dig(int port, String host) {
    return new String[] {
      "dig", "+short", "-p", Integer.toString(port), "@" + LOOPBACK, host + ".ask.example.test"
    };
  }

  /// The daemon starts after ig. While it is stopped, its containers keep running
  /// (`--live-restore`) and send queries that get no response.
  @Test
  void dockerStartsLaterAndRestarts(@TempDir Path folder) throws Exception {
    Docker.require();
    Prerequisite.requireRoot();
    String before = Docker.uniqueName();
    String after = Docker.uniqueName();
    Path socket = folder.resolve("docker.sock");
    try (IgProcess ig =
            IgProcess.trace(
                "-r",
                "docker",
                "--docker-socketpath=" + socket,
                "-F",
                "name:~restart\\.example\\.test,qr:Q",
                "-o",
                "json");
        DockerDaemon daemon = DockerDaemon.start(folder)) {
      assertThat(daemon.socket()).isEqualTo(socket);
      ig.awaitErr("Docker answers at " + socket);
      String image = daemon.importImage(DockerImages.clientsTar(folder));
      daemon.docker(
          "run",
          "--detach",
          "--network=host",
          "--name=" + before,
          image,
          "sh",
          "-c",
          lookUpForever());
      ig.awaitEvents(5);

      daemon.stop();
      ig.awaitErr("Docker stopped answering at " + socket);
      ig.awaitEvents(ig.lines().size() + 5);

      daemon.start();
      ig.awaitErr("Docker answers at " + socket, 2);
      daemon.docker(
          "run",
          "--detach",
          "--network=host",
          "--name=" + after,
          image,
          "sh",
          "-c",
          lookUpForever());
      ig.awaitEvents(events -> rowsOf(after, events).size() >= 5);
      Command.Result end = ig.stop();
      List<Json> events = IgProcess.events(end.lines());
      assertNoGaps(rowsOf(before, events));
      assertNoGaps(rowsOf(after, events));
      assertThat(events).hasSize(rowsOf(before, events).size() + rowsOf(after, events).size());

      assertThat(end.err()).contains(" 0 lost");
      assertThat(end.err()).containsOnlyOnce("Docker stopped answering");
      assertThat(end.err().split("Docker answers at ", -1)).as(end.err()).hasSize(3);
    }
  }

  private static String lookUpForever() {
    return """
    i=0; while :; do i=$((i+1)); dig +tries=1 +time=1 @127.0.0.1 q-$i.restart.example.test;\
     sleep 0.1; done\
    """;
  }

  private static List<Json> rowsOf(String container, List<Json> events) {
    return events.stream()
        .filter(event -> container.equals(Objects.toString(event.at("runtime.containerName"))))
        .toList();
  }

  /// The question names are numbered: no number is missing between the first row and the last.
  private static void assertNoGaps(List<Json> events) {
    List<Integer> numbers = new ArrayList<>();
    for (Json event : events) {
      numbers.add(Integer.valueOf(event.text("name").replaceAll("\\D", "")));
    }
    assertThat(numbers)
        .isEqualTo(IntStream.rangeClosed(numbers.getFirst(), numbers.getLast()).boxed().toList());
  }
}
