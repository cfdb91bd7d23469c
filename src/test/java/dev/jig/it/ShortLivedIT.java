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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// Containers that live only until their first answer: their rows carry their names.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(600)
final class ShortLivedIT {
  private static final int AT_A_TIME = 20;
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
  void tenInARowAreNamed() {
    areNamedInARow(10);
  }

  @Tag("all")
  @Test
  void aHundredInARowAreNamed() {
    areNamedInARow(100);
  }

  private void areNamedInARow(int count) {
    String series = Docker.uniqueName();
    try (IgProcess ig = trace(series)) {
      List<Long> lives = names(series, count).map(this::askOnce).toList();

      assertShort("in a row", lives);
      assertNamed(ig, series, count);
    }
  }

  @Test
  void fortyTwentyAtATimeAreNamed() throws Exception {
    areNamedTwentyAtATime(40);
  }

  @Tag("all")
  @Test
  void aHundredTwentyAtATimeAreNamed() throws Exception {
    areNamedTwentyAtATime(100);
  }

  private void areNamedTwentyAtATime(int count) throws Exception {
    String series = Docker.uniqueName();
    try (IgProcess ig = trace(series);
        ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME)) {
      List<Future<Long>> running =
          threads.invokeAll(
              names(series, count).<Callable<Long>>map(name -> () -> askOnce(name)).toList());
      List<Long> lives = running.stream().map(Future::resultNow).toList();

      assertShort("20 at a time", lives);
      assertNamed(ig, series, count);
    }
  }

  private IgProcess trace(String series) {
    return IgProcess.trace("-o", "json", "--ports=" + server.port(), "-F", "name:~" + series);
  }

  private static Stream<String> names(String series, int count) {
    return IntStream.range(0, count).mapToObj(i -> series + "-" + i);
  }

  /// Runs a container that looks up a name with the container's name in it.
  ///
  /// @return how long the program in it ran by its own clock, in microseconds
  private long askOnce(String name) {
    String output =
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
    String last = output.lines().toList().getLast();
    return Long.parseLong(last.split(" ", 3)[1]);
  }

  /// The median: on a busy machine single containers may live longer.
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
