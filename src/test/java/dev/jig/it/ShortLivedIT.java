package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.AskerImage;
import dev.jig.fixture.DnsServer;
import dev.jig.fixture.Docker;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Prerequisite;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// Containers that end with their first answer are named all the same.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(600)
final class ShortLivedIT {
  private static final int IN_A_ROW = 100;
  private static final int IN_CROWDS = 100;
  private static final int CROWD = 20;
  private static final long SHORT_US = 100_000;

  private String image;
  private DnsServer server;

  @BeforeAll
  void start() {
    Docker.require();
    Prerequisite.requireRoot();
    image = AskerImage.name();
    server = DnsServer.start(0, Docker.hostAddress());
  }

  @AfterAll
  void stop() throws IOException {
    server.close();
  }

  @Test
  void aHundredInARowAreNamed() {
    String series = Docker.uniqueName();
    try (IgProcess ig = trace(series)) {
      List<Long> lives = names(series, IN_A_ROW).map(this::askOnce).toList();

      assertShort("in a row", lives);
      assertNamed(ig, series, IN_A_ROW);
    }
  }

  @Test
  void aHundredTwentyAtATimeAreNamed() throws Exception {
    String series = Docker.uniqueName();
    try (IgProcess ig = trace(series);
        ExecutorService crowd = Executors.newFixedThreadPool(CROWD)) {
      List<Future<Long>> running =
          crowd.invokeAll(
              names(series, IN_CROWDS).<Callable<Long>>map(name -> () -> askOnce(name)).toList());
      List<Long> lives = running.stream().map(Future::resultNow).toList();

      assertShort("20 at a time", lives);
      assertNamed(ig, series, IN_CROWDS);
    }
  }

  private IgProcess trace(String series) {
    return IgProcess.trace("-o", "json", "--ports=" + server.port(), "-F", "name:~" + series);
  }

  private static Stream<String> names(String series, int count) {
    return IntStream.range(0, count).mapToObj(i -> series + "-" + i);
  }

  /// The question holds the container's name.
  ///
  /// @return how long the container's program lived by its own clock, from its first instruction to
  ///   its last words, in microseconds
  private long askOnce(String name) {
    String said =
        Docker.run(
                image,
                List.of("--name=" + name),
                "/asker",
                "-t",
                "-4",
                Docker.hostAddress(),
                "-p",
                Integer.toString(server.port()),
                "-l",
                name,
                "connected4",
                "1")
            .orThrow();
    String last = said.lines().toList().getLast();
    return Long.parseLong(last.split(" ", 3)[1]);
  }

  /// A machine that is busy with other things may let one wait.
  private static void assertShort(String how, List<Long> livesUs) {
    List<Long> sorted = livesUs.stream().sorted().toList();
    System.out.printf(
        "%d containers %s: their programs lived %d us (median), %d us (longest)%n",
        sorted.size(), how, sorted.get(sorted.size() / 2), sorted.getLast());
    assertThat(sorted.get(sorted.size() / 2)).isLessThan(SHORT_US);
  }

  private static void assertNamed(IgProcess ig, String series, int count) {
    ig.awaitEvents(2 * count);
    List<Json> events = IgProcess.events(ig.stop().lines());
    assertThat(events).hasSize(2 * count);
    for (Json event : events) {
      assertThat(event.text("name")).contains("." + event.text("runtime.containerName") + ".");
      assertThat(event.text("runtime.containerName")).startsWith(series);
      assertThat(event.text("attribution")).isEqualTo("exact");
    }
    assertThat(events.stream().map(event -> event.text("name")).distinct()).hasSize(count);
  }
}
