package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.DnsServer;
import dev.jig.fixture.Docker;
import dev.jig.fixture.DockerImages;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Prerequisite;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// Containers that end with their first answer are named all the same.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class ShortLivedIT {
  private String image;
  private Docker.Network network;
  private DnsServer server;

  @BeforeAll
  void start() {
    Docker.require();
    Prerequisite.requireRoot();
    image = DockerImages.clients();
    network = Docker.network();
    server = DnsServer.start(53, network.hostAddress());
  }

  @AfterAll
  void stop() throws IOException {
    server.close();
    network.close();
  }

  @Test
  void twentyInARowAreNamed() {
    String series = Docker.uniqueName();
    try (IgProcess ig = trace(series)) {
      IntStream.range(0, 20).forEach(i -> askOnce(series + "-" + i).orThrow());

      assertNamed(ig, series, 20);
    }
  }

  @Test
  void tenAtOnceAreNamed() {
    String series = Docker.uniqueName();
    try (IgProcess ig = trace(series)) {
      List<CompletableFuture<Command.Result>> running =
          IntStream.range(0, 10)
              .mapToObj(i ->
                  CompletableFuture.supplyAsync(
                      () -> askOnce(series + "-" + i), Thread::startVirtualThread))
              .toList();
      running.forEach(run -> run.join().orThrow());

      assertNamed(ig, series, 10);
    }
  }

  private static IgProcess trace(String series) {
    return IgProcess.trace("-o", "json", "-F", "name:~" + series);
  }

  /// The question holds the container's name.
  private Command.Result askOnce(String name) {
    return Docker.run(
        image,
        List.of("--name=" + name, "--network=" + network.name()),
        "dig",
        "+short",
        "@" + network.hostAddress(),
        name + ".ask.example.test");
  }

  private static void assertNamed(IgProcess ig, String series, int count) {
    ig.awaitEvents(2 * count);
    List<Json> events = IgProcess.events(ig.stop().lines());
    assertThat(events).hasSize(2 * count);
    for (Json event : events) {
      assertThat(event.text("name")).contains(event.text("runtime.containerName") + ".");
      assertThat(event.text("runtime.containerName")).startsWith(series);
      assertThat(event.text("attribution")).isEqualTo("exact");
    }
    assertThat(events.stream().map(event -> event.text("name")).distinct()).hasSize(count);
  }
}
