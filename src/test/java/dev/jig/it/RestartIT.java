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

/// A runtime is stopped and started again while its containers are traced: nothing is lost, names
/// come back, and that is said once each way.
@Timeout(180)
final class RestartIT {
  private static final String LOOPBACK = "127.0.0.1";

  @Test
  void podmanGoesAndComesBack() throws Exception {
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

      // When it is gone, with a container that it never told of
      podman.stopService();
      ig.awaitErr("Podman stopped answering at " + podman.socket());
      try (Podman.Container young = podman.start(List.of("--name=" + during), "sleep", "600")) {
        old.exec(dig(server.port(), "down")).orThrow();
        young.exec(dig(server.port(), "unnamed")).orThrow();
        ig.awaitEvents(6);

        // And is back
        podman.startService();
        ig.awaitErr("Podman answers at " + podman.socket());
        young.exec(dig(server.port(), "named")).orThrow();
      }
      List<Json> events = ig.awaitEvents(8);
      String said = ig.stop().err();

      // Then every query and answer is there, without a name only while nobody could tell it
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
      assertThat(said).contains(" 8 rows, ").contains(" 0 lost");
      assertThat(said).containsOnlyOnce("Podman stopped answering").containsOnlyOnce("Podman answers");
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

  /// Its containers live on without it (`--live-restore`) and ask on; nobody answers them.
  @Test
  void dockerGoesAndComesBack(@TempDir Path folder) throws Exception {
    Docker.require();
    Prerequisite.requireRoot();
    String before = Docker.uniqueName();
    String after = Docker.uniqueName();
    try (DockerDaemon daemon = DockerDaemon.start(folder)) {
      String image = daemon.importImage(DockerImages.clientsTar(folder));
      daemon.docker(
          "run", "--detach", "--network=host", "--name=" + before, image, "sh", "-c", askForever());
      try (IgProcess ig =
          IgProcess.trace(
              "-r",
              "docker",
              "--docker-socketpath=" + daemon.socket(),
              "-F",
              "name:~restart\\.example\\.test,qr:Q",
              "-o",
              "json")) {
        ig.awaitEvents(5);

        daemon.stop();
        ig.awaitErr("Docker stopped answering at " + daemon.socket());
        ig.awaitEvents(ig.lines().size() + 5);

        daemon.start();
        ig.awaitErr("Docker answers at " + daemon.socket());
        daemon.docker(
            "run",
            "--detach",
            "--network=host",
            "--name=" + after,
            image,
            "sh",
            "-c",
            askForever());
        ig.awaitEvents(events -> of(after, events).size() >= 5);
        Command.Result end = ig.stop();
        List<Json> events = IgProcess.events(end.lines());
        assertWhole(of(before, events));
        assertWhole(of(after, events));
        assertThat(events).hasSize(of(before, events).size() + of(after, events).size());

        assertThat(end.err()).contains(" 0 lost");
        assertThat(end.err()).containsOnlyOnce("Docker stopped answering").containsOnlyOnce("Docker answers");
      }
    }
  }

  private static String askForever() {
    return """
    i=0; while :; do i=$((i+1)); dig +tries=1 +time=1 @127.0.0.1 q-$i.restart.example.test;\
     sleep 0.1; done\
    """;
  }

  private static List<Json> of(String container, List<Json> events) {
    return events.stream()
        .filter(event -> container.equals(Objects.toString(event.at("runtime.containerName"))))
        .toList();
  }

  /// The questions are counted: none is missing from the first that was seen to the last.
  private static void assertWhole(List<Json> events) {
    List<Integer> numbers = new ArrayList<>();
    for (Json event : events) {
      numbers.add(Integer.valueOf(event.text("name").replaceAll("\\D", "")));
    }
    assertThat(numbers)
        .isEqualTo(IntStream.rangeClosed(numbers.getFirst(), numbers.getLast()).boxed().toList());
  }
}
