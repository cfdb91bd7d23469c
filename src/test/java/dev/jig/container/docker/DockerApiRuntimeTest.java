package dev.jig.container.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.RuntimeEvent.Transition;
import dev.jig.container.RuntimeEvent;
import dev.jig.event.Container;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
final class DockerApiRuntimeTest {
  private static final String A = "a".repeat(64);
  private static final String B = "b".repeat(64);
  private static final String NAMED = "\"image\":\"app:1\",\"name\":\"web\",\"k\":\"v\"";

  @TempDir Path directory;
  private final BlockingQueue<RuntimeEvent> news = new LinkedBlockingQueue<>();
  private final List<RuntimeEvent> passedOver = new ArrayList<>();
  private Path socket = Path.of("unset");
  private DockerApiRuntime engine = new DockerApiRuntime(DockerApiFlavor.DOCKER, socket, false);

  @BeforeEach
  void place() {
    socket = directory.resolve("docker.sock");
    engine = new DockerApiRuntime(DockerApiFlavor.DOCKER, socket, false);
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private <T extends RuntimeEvent> T await(Class<T> kind, Predicate<T> wanted) throws InterruptedException {
    while (true) {
      RuntimeEvent next = news.poll(10, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no such " + kind.getSimpleName() + "; others: " + passedOver);
      }
      if (kind.isInstance(next) && wanted.test(kind.cast(next))) {
        return kind.cast(next);
      }
      passedOver.add(next);
    }
  }

  private <T extends RuntimeEvent> T await(Class<T> kind) throws InterruptedException {
    return await(kind, _ -> true);
  }

  @Test
  void listsWhatRanBeforeIt() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      // Given one running container and one that has exited
      docker.answer(
          FakeDocker.ALL,
          "["
              + FakeDocker.listed(A, "web", "running")
              + ","
              + FakeDocker.listed(B, "old", "exited")
              + "]");

      // When
      engine.start(news::add);

      // Then both are described, and the events were followed before the listing was asked for
      Container web =
          new Container("docker", A, "web", "app:1", "sha256:aa", Map.of("k", "v"), null);
      assertThat(await(RuntimeEvent.Inspected.class)).isEqualTo(new RuntimeEvent.Inspected(web, true));
      assertThat(await(RuntimeEvent.Inspected.class).running()).isFalse();
      assertThat(await(RuntimeEvent.Listed.class).ids()).isEqualTo(Set.of(A, B));
      assertThat(docker.awaitRequest("/")).startsWith("/events?filters={\"type\":[\"container\"]");
      assertThat(docker.awaitRequest("/")).isEqualTo(FakeDocker.ALL);
      assertThat(engine.canAnswer()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"running", "paused"})
  void aPausedContainerRuns(String state) throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      docker.answer(FakeDocker.ALL, "[" + FakeDocker.listed(A, "web", state) + "]");
      engine.start(news::add);
      assertThat(await(RuntimeEvent.Inspected.class).running()).isTrue();
    }
  }

  @Test
  void namesFromTheEventAloneWhatIsGoneWhenAsked() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      engine.start(news::add);
      await(RuntimeEvent.Listed.class);

      // When a container comes and goes, and the daemon knows nothing of it any more
      docker.emit(FakeDocker.event("create", A, NAMED));
      docker.emit(FakeDocker.event("die", A, NAMED + ",\"exitCode\":\"0\""));
      docker.emit(FakeDocker.event("destroy", A, NAMED));

      // Then its whole life was told, with the name, the image and no more labels than it has
      Container web = new Container("docker", A, "web", "app:1", null, Map.of("k", "v"), null);
      Instant at = Instant.ofEpochSecond(1795400477, 642861816);
      assertThat(await(RuntimeEvent.Lifecycle.class)).isEqualTo(new RuntimeEvent.Lifecycle(web, Transition.CREATED, at));
      assertThat(await(RuntimeEvent.Lifecycle.class)).isEqualTo(new RuntimeEvent.Lifecycle(web, Transition.STOPPED, at));
      assertThat(await(RuntimeEvent.Lifecycle.class)).isEqualTo(new RuntimeEvent.Lifecycle(web, Transition.REMOVED, at));
    }
  }

  @Test
  void asksForTheDigestOfANewContainer() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      docker.answer(FakeDocker.one(A), "[" + FakeDocker.listed(A, "web", "created") + "]");
      engine.start(news::add);
      await(RuntimeEvent.Listed.class);
      docker.emit(FakeDocker.event("create", A, NAMED));
      assertThat(await(RuntimeEvent.Inspected.class).container().imageDigest()).isEqualTo("sha256:aa");
    }
  }

  @Test
  void dropsAnAnswerThatAnEventHasOvertaken() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      // Given a question whose answer, with the old name, is on its way
      engine.start(news::add);
      await(RuntimeEvent.Listed.class);
      docker.answer(FakeDocker.one(A), "[" + FakeDocker.listed(A, "old", "running") + "]");
      CountDownLatch gate = docker.gate(FakeDocker.one(A));
      engine.inspect(A);
      docker.awaitRequest(FakeDocker.one(A));

      // When a rename is told before that answer arrives
      docker.emit(FakeDocker.event("rename", A, "\"name\":\"new\",\"oldName\":\"/old\""));
      await(RuntimeEvent.Lifecycle.class, h -> h.transition() == Transition.RENAMED);
      docker.answer(FakeDocker.one(A), "[" + FakeDocker.listed(A, "new", "running") + "]");
      gate.countDown();

      // Then only the new name is described, after asking again
      assertThat(await(RuntimeEvent.Inspected.class).container().name()).isEqualTo("new");
      assertThat(passedOver).noneMatch(RuntimeEvent.Inspected.class::isInstance);
    }
  }

  @Test
  void keepsTheNameOfAnImageWhoseTagHasMovedOn() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      docker.answer(
          FakeDocker.ALL,
          "[" + FakeDocker.listed(A, "web", "running").replace("app:1", "sha256:aa") + "]");
      docker.answer(
          FakeDocker.inspect(A),
          "{\"Image\":\"sha256:aa\",\"State\":{\"Image\":\"no\"},\"Config\":{\"Env\":[\"Image\"],\"Image\":\"app:0\",\"Labels\":{\"Image\":\"no\"}}}");
      engine.start(news::add);
      assertThat(await(RuntimeEvent.Inspected.class).container().image()).isEqualTo("app:0");
    }
  }

  @Test
  void saysThatAnIdIsUnknown() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      engine.start(news::add);
      await(RuntimeEvent.Listed.class);
      engine.inspect(B);
      docker.awaitRequest(FakeDocker.one(B));
      assertThat(await(RuntimeEvent.NotFound.class).id()).isEqualTo(B);
    }
  }

  @Test
  void carriesTextsFromOutsideUnchanged() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      engine.start(news::add);
      await(RuntimeEvent.Listed.class);

      // When a label holds an escape sequence, a newline, a surrogate pair and a format
      docker.emit(
          FakeDocker.event(
              "create", A, "\"name\":\"web\",\"k\":\"a\\u001b[31m\\nb\\ud83d\\ude00 %n é\""));

      // Then it is told raw: output escapes
      assertThat(await(RuntimeEvent.Lifecycle.class).container().labels())
          .isEqualTo(Map.of("k", "a\u001b[31m\nb😀 %n é"));
    }
  }

  @Test
  void boundsHugeLabels() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      engine.start(news::add);
      await(RuntimeEvent.Listed.class);

      // When a container has a label of 8 MB, and after it thousands, all sorted before its name
      StringBuilder attributes = new StringBuilder();
      attributes.append("\"a\":\"").append("x".repeat(8 << 20)).append("\",");
      for (int i = 0; i < 5_000; i++) {
        attributes.append("\"b").append(i).append("\":\"").append("y".repeat(100)).append("\",");
      }
      docker.emit(FakeDocker.event("create", A, attributes + "\"name\":\"web\""));

      // Then its name is told, its labels within bounds, and the stream goes on
      Container told = await(RuntimeEvent.Lifecycle.class).container();
      assertThat(told.name()).isEqualTo("web");
      assertThat(told.labels().get("a")).isEqualTo("x".repeat(DockerJson.MAX_STRING_BYTES));
      assertThat(
              told.labels().entrySet().stream()
                  .mapToInt(e -> e.getKey().length() + e.getValue().length())
                  .sum())
          .isLessThanOrEqualTo(DockerJson.MAX_LABEL_CHARS);
      docker.emit(FakeDocker.event("start", A, "\"name\":\"web\""));
      assertThat(await(RuntimeEvent.Lifecycle.class).transition()).isEqualTo(Transition.STARTED);
    }
  }

  @Test
  void toleratesEventsOfUnknownShape() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      engine.start(news::add);
      await(RuntimeEvent.Listed.class);
      docker.emit("{}");
      docker.emit("{\"Action\":7,\"Actor\":[{\"ID\":\"x\"}],\"timeNano\":\"soon\"}");
      docker.emit("{\"Action\":\"create\",\"Actor\":{\"ID\":null,\"Attributes\":[1]}}");
      docker.emit(
          "{\"Action\":\"exec_start: sh\",\"Actor\":{\"ID\":\"" + A + "\",\"Attributes\":{}}}");
      docker.emit(
          "{\"Action\":\"start\",\"Actor\":{\"ID\":\""
              + A
              + "\",\"Attributes\":{\"name\":{\"deep\":[]}}}}");
      RuntimeEvent.Lifecycle only = await(RuntimeEvent.Lifecycle.class);
      assertThat(only.transition()).isEqualTo(Transition.STARTED);
      assertThat(only.container()).isEqualTo(Container.unnamed("docker", A));
    }
  }

  @Test
  void readsEventsCutAtAnyByte() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      // Given two events, each byte of them a chunk of its own, the first with an extension
      engine.start(news::add);
      await(RuntimeEvent.Listed.class);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      String text = FakeDocker.event("create", A, NAMED) + FakeDocker.event("start", A, NAMED);
      for (byte b : text.getBytes(UTF_8)) {
        bytes.write('1');
        bytes.writeBytes((bytes.size() == 1 ? ";ext=1\r\n" : "\r\n").getBytes(UTF_8));
        bytes.write(b);
        bytes.writeBytes("\r\n".getBytes(UTF_8));
      }

      // When
      docker.emitRaw(bytes.toByteArray());

      // Then both are told
      assertThat(await(RuntimeEvent.Lifecycle.class).transition()).isEqualTo(Transition.CREATED);
      assertThat(await(RuntimeEvent.Lifecycle.class).transition()).isEqualTo(Transition.STARTED);
    }
  }

  @Test
  void isQuietAboutAMissingSocketThatNobodyAskedFor() throws Exception {
    // When there is no socket
    engine.start(news::add);

    // Then only a debug sentence names it
    await(RuntimeEvent.Unreachable.class);
    assertThat(engine.canAnswer()).isFalse();
    assertThat(await(RuntimeEvent.Debug.class).sentence()).contains(socket.toString());
    assertThat(passedOver).noneMatch(RuntimeEvent.Warning.class::isInstance);

    // And when the daemon appears it is followed, still without a warning
    try (FakeDocker docker = new FakeDocker(socket)) {
      docker.awaitRequest(FakeDocker.ALL);
      await(RuntimeEvent.Listed.class);
      assertThat(passedOver).noneMatch(RuntimeEvent.Warning.class::isInstance);
    }
  }

  @Test
  void warnsOfAMissingSocketThatTheUserNamed() throws Exception {
    engine = new DockerApiRuntime(DockerApiFlavor.DOCKER, socket, true);
    engine.start(news::add);
    assertThat(await(RuntimeEvent.Warning.class).sentence())
        .startsWith("Docker does not answer at " + socket)
        .contains("tracing continues");
    try (FakeDocker docker = new FakeDocker(socket)) {
      docker.awaitRequest(FakeDocker.ALL);
      assertThat(await(RuntimeEvent.Warning.class).sentence()).startsWith("Docker answers at " + socket);
    }
  }

  @Test
  void warnsOnceWhenTheDaemonGoesAndOnceWhenItIsBack() throws Exception {
    // Given a daemon that was followed
    FakeDocker first = new FakeDocker(socket);
    engine.start(news::add);
    await(RuntimeEvent.Listed.class);

    // When it is gone for several tries
    first.close();
    await(RuntimeEvent.Unreachable.class);
    assertThat(await(RuntimeEvent.Warning.class).sentence()).startsWith("Docker stopped answering at " + socket);
    assertThat(engine.canAnswer()).isFalse();

    // And comes back with a container
    try (FakeDocker second = new FakeDocker(socket)) {
      second.answer(FakeDocker.ALL, "[" + FakeDocker.listed(A, "web", "running") + "]");

      // Then there is one more warning, and the container is known
      assertThat(await(RuntimeEvent.Warning.class).sentence()).startsWith("Docker answers at " + socket);
      assertThat(await(RuntimeEvent.Listed.class).ids()).isEqualTo(Set.of(A));
      assertThat(engine.canAnswer()).isTrue();
    }
    long warnings = passedOver.stream().filter(RuntimeEvent.Warning.class::isInstance).count();
    assertThat(warnings).isZero(); // besides the two that were awaited
  }

  @Test
  void followsAgainWithoutAWordWhenOnlyTheStreamBreaks() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      engine.start(news::add);
      await(RuntimeEvent.Listed.class);
      docker.awaitRequest("/events");

      // When the stream breaks in the middle of an event, as a proxy may do
      docker.emitRaw("4000\r\n{\"Action\":\"cre".getBytes(UTF_8));
      docker.dropStreams();

      // Then it is followed and listed anew, and nobody was warned
      docker.awaitRequest("/events");
      await(RuntimeEvent.Listed.class);
      assertThat(passedOver).noneMatch(RuntimeEvent.Warning.class::isInstance);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH\r\n",
        "HTTP/1.1 200\r\nContent-Length: many\r\n\r\n[]",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\n\r\nnot json",
        "HTTP/1.1 200 OK\r\n\r\n[1,2,3]",
        "HTTP/1.1 500 Internal Server Error\r\n\r\n",
        "",
      })
  void warnsOfAPeerThatIsNoDocker(String answer) throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      docker.raw("/events", answer);
      engine.start(news::add);
      await(RuntimeEvent.Unreachable.class);
      assertThat(await(RuntimeEvent.Warning.class).sentence()).contains(socket.toString());
    }
  }

  @Test
  void beginsAnewWhenTheListingFails() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      docker.raw(FakeDocker.ALL, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[{\"Id\":\"x\"");
      engine.start(news::add);
      await(RuntimeEvent.Unreachable.class);
      assertThat(await(RuntimeEvent.Warning.class).sentence()).contains("ends within its body");
      docker.answer(FakeDocker.ALL, "[]");
      assertThat(await(RuntimeEvent.Listed.class).ids()).isEmpty();
    }
  }

  @Test
  void namesAPathTooLongForASocket() throws Exception {
    engine = new DockerApiRuntime(DockerApiFlavor.DOCKER, directory.resolve("x".repeat(200)), true);
    engine.start(news::add);
    assertThat(await(RuntimeEvent.Warning.class).sentence()).contains("x".repeat(200));
  }

  @Test
  void endsItsThreadsWithoutAWordWhenClosed() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      // Given an engine that waits for events and questions
      engine.start(news::add);
      await(RuntimeEvent.Listed.class);
      docker.awaitRequest(FakeDocker.ALL);
      Set<Thread> all = Thread.getAllStackTraces().keySet();

      // When
      engine.close();

      // Then
      for (Thread thread : all) {
        if (thread.getName().startsWith("docker-")) {
          thread.join(10_000);
          assertThat(thread.isAlive()).isFalse();
        }
      }
      assertThat(news).isEmpty();
    }
  }
}
