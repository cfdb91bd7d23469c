package dev.jig.container.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.RuntimeEvent;
import dev.jig.container.RuntimeEvent.Transition;
import dev.jig.event.Container;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
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
  private final BlockingQueue<RuntimeEvent> events = new LinkedBlockingQueue<>();
  private final List<RuntimeEvent> skipped = new ArrayList<>();
  private Path socket = Path.of("unset");
  private DockerApiRuntime runtime = new DockerApiRuntime(DockerApiFlavor.DOCKER, socket, false);

  @BeforeEach
  void place() {
    socket = directory.resolve("docker.sock");
    runtime = new DockerApiRuntime(DockerApiFlavor.DOCKER, socket, false);
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  private <T extends RuntimeEvent> T await(Class<T> kind, Predicate<T> wanted)
      throws InterruptedException {
    while (true) {
      RuntimeEvent next = events.poll(10, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no such " + kind.getSimpleName() + "; others: " + skipped);
      }
      if (kind.isInstance(next) && wanted.test(kind.cast(next))) {
        return kind.cast(next);
      }
      skipped.add(next);
    }
  }

  private <T extends RuntimeEvent> T await(Class<T> kind) throws InterruptedException {
    return await(kind, _ -> true);
  }

  @Test
  void readsTheFileWithTheResolverSettings() throws Exception {
    Path file = Files.writeString(directory.resolve("resolv.conf"), "search a.example\n");
    try (FakeDocker docker = new FakeDocker(socket)) {
      docker.answer(
          FakeDocker.inspect(A),
          "{\"Config\":{\"ResolvConfPath\":\"/no\"},\"ResolvConfPath\":\"" + file + "\"}");
      docker.answer(FakeDocker.inspect(B), "{\"ResolvConfPath\":\"/no/such/file\"}");

      assertThat(runtime.resolvConf(A).get(10, TimeUnit.SECONDS))
          .containsExactly("search a.example");
      assertThat(runtime.resolvConf(B).get(10, TimeUnit.SECONDS)).isEmpty();
      assertThat(runtime.resolvConf("c".repeat(64)).get(10, TimeUnit.SECONDS)).isEmpty();
    }
  }

  @Test
  void listsContainersThatRanBefore() throws Exception {
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
      runtime.start(events::add);

      // Then both are reported, and the event stream was opened before the listing
      Container web =
          new Container("docker", A, "web", "app:1", "sha256:aa", Map.of("k", "v"), null);
      assertThat(await(RuntimeEvent.Inspected.class))
          .isEqualTo(new RuntimeEvent.Inspected(web, true));
      assertThat(await(RuntimeEvent.Inspected.class).running()).isFalse();
      assertThat(await(RuntimeEvent.Listed.class).ids()).isEqualTo(Set.of(A, B));
      assertThat(docker.awaitRequest("/")).startsWith("/events?filters={\"type\":[\"container\"]");
      assertThat(docker.awaitRequest("/")).isEqualTo(FakeDocker.ALL);
      assertThat(runtime.canAnswer()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"running", "paused"})
  void aPausedContainerCountsAsRunning(String state) throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      docker.answer(FakeDocker.ALL, "[" + FakeDocker.listed(A, "web", state) + "]");
      runtime.start(events::add);
      assertThat(await(RuntimeEvent.Inspected.class).running()).isTrue();
    }
  }

  @Test
  void namesAContainerThatIsGoneByItsEvents() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      runtime.start(events::add);
      await(RuntimeEvent.Listed.class);

      // When a container is created and removed before it can be inspected
      docker.emit(FakeDocker.event("create", A, NAMED));
      docker.emit(FakeDocker.event("die", A, NAMED + ",\"exitCode\":\"0\""));
      docker.emit(FakeDocker.event("destroy", A, NAMED));

      // Then each transition has the name, the image and the container's labels alone
      Container web = new Container("docker", A, "web", "app:1", null, Map.of("k", "v"), null);
      Instant at = Instant.ofEpochSecond(1795400477, 642861816);
      assertThat(await(RuntimeEvent.Lifecycle.class))
          .isEqualTo(new RuntimeEvent.Lifecycle(web, Transition.CREATED, at));
      assertThat(await(RuntimeEvent.Lifecycle.class))
          .isEqualTo(new RuntimeEvent.Lifecycle(web, Transition.STOPPED, at));
      assertThat(await(RuntimeEvent.Lifecycle.class))
          .isEqualTo(new RuntimeEvent.Lifecycle(web, Transition.REMOVED, at));
    }
  }

  @Test
  void inspectsANewContainerForItsDigest() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      docker.answer(FakeDocker.one(A), "[" + FakeDocker.listed(A, "web", "created") + "]");
      runtime.start(events::add);
      await(RuntimeEvent.Listed.class);
      docker.emit(FakeDocker.event("create", A, NAMED));
      assertThat(await(RuntimeEvent.Inspected.class).container().imageDigest())
          .isEqualTo("sha256:aa");
    }
  }

  @Test
  void dropsAReplyOlderThanAnEvent() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      // Given a request with a reply, with the old name, that is still to come
      runtime.start(events::add);
      await(RuntimeEvent.Listed.class);
      docker.answer(FakeDocker.one(A), "[" + FakeDocker.listed(A, "old", "running") + "]");
      CountDownLatch gate = docker.gate(FakeDocker.one(A));
      runtime.inspect(A);
      docker.awaitRequest(FakeDocker.one(A));

      // When a rename event comes before that reply
      docker.emit(FakeDocker.event("rename", A, "\"name\":\"new\",\"oldName\":\"/old\""));
      await(RuntimeEvent.Lifecycle.class, h -> h.transition() == Transition.RENAMED);
      docker.answer(FakeDocker.one(A), "[" + FakeDocker.listed(A, "new", "running") + "]");
      gate.countDown();

      // Then only the new name is reported, after a second request
      assertThat(await(RuntimeEvent.Inspected.class).container().name()).isEqualTo("new");
      assertThat(skipped).noneMatch(RuntimeEvent.Inspected.class::isInstance);
    }
  }

  @Test
  void keepsTheImageNameAfterItsTagWasMoved() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      docker.answer(
          FakeDocker.ALL,
          "[" + FakeDocker.listed(A, "web", "running").replace("app:1", "sha256:aa") + "]");
      docker.answer(
          FakeDocker.inspect(A),
          "{\"Image\":\"sha256:aa\",\"State\":{\"Image\":\"no\"},\"Config\":{\"Env\":[\"Image\"],\"Image\":\"app:0\",\"Labels\":{\"Image\":\"no\"}}}");
      runtime.start(events::add);
      assertThat(await(RuntimeEvent.Inspected.class).container().image()).isEqualTo("app:0");
    }
  }

  @Test
  void reportsAnUnknownId() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      runtime.start(events::add);
      await(RuntimeEvent.Listed.class);
      runtime.inspect(B);
      docker.awaitRequest(FakeDocker.one(B));
      assertThat(await(RuntimeEvent.NotFound.class).id()).isEqualTo(B);
    }
  }

  @Test
  void keepsLabelsUnchanged() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      runtime.start(events::add);
      await(RuntimeEvent.Listed.class);

      // When a label holds an escape sequence, a newline, a surrogate pair and a format
      docker.emit(
          FakeDocker.event(
              "create", A, "\"name\":\"web\",\"k\":\"a\\u001b[31m\\nb\\ud83d\\ude00 %n é\""));

      // Then it is unchanged: the output escapes it
      assertThat(await(RuntimeEvent.Lifecycle.class).container().labels())
          .isEqualTo(Map.of("k", "a\u001b[31m\nb😀 %n é"));
    }
  }

  @Test
  void boundsHugeLabels() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      runtime.start(events::add);
      await(RuntimeEvent.Listed.class);

      // When a container has a label of 8 MB, and after it thousands, all sorted before its name
      StringBuilder attributes = new StringBuilder();
      attributes.append("\"a\":\"").append("x".repeat(8 << 20)).append("\",");
      for (int i = 0; i < 5_000; i++) {
        attributes.append("\"b").append(i).append("\":\"").append("y".repeat(100)).append("\",");
      }
      docker.emit(FakeDocker.event("create", A, attributes + "\"name\":\"web\""));

      // Then it has its name, its labels are bounded, and the stream continues
      Container container = await(RuntimeEvent.Lifecycle.class).container();
      assertThat(container.name()).isEqualTo("web");
      assertThat(container.labels().get("a")).isEqualTo("x".repeat(DockerJson.MAX_STRING_BYTES));
      assertThat(
              container.labels().entrySet().stream()
                  .mapToInt(e -> e.getKey().length() + e.getValue().length())
                  .sum())
          .isLessThanOrEqualTo(DockerJson.MAX_LABEL_CHARS);
      docker.emit(FakeDocker.event("start", A, "\"name\":\"web\""));
      assertThat(await(RuntimeEvent.Lifecycle.class).transition()).isEqualTo(Transition.STARTED);
    }
  }

  @Test
  void skipsEventsOfUnknownShape() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      runtime.start(events::add);
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
  void readsEventsInChunksOfOneByte() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      // Given two events, each byte of them a chunk of its own, the first with an extension
      runtime.start(events::add);
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

      // Then both are reported
      assertThat(await(RuntimeEvent.Lifecycle.class).transition()).isEqualTo(Transition.CREATED);
      assertThat(await(RuntimeEvent.Lifecycle.class).transition()).isEqualTo(Transition.STARTED);
    }
  }

  @Test
  void doesNotWarnOfAMissingSocketUnlessRequested() throws Exception {
    // When there is no socket
    runtime.start(events::add);

    // Then only a debug message names it
    await(RuntimeEvent.Unreachable.class);
    assertThat(runtime.canAnswer()).isFalse();
    assertThat(await(RuntimeEvent.Debug.class).sentence()).contains(socket.toString());
    assertThat(skipped).noneMatch(RuntimeEvent.Warning.class::isInstance);

    // And when the daemon starts it is followed, still without a warning
    try (FakeDocker docker = new FakeDocker(socket)) {
      docker.awaitRequest(FakeDocker.ALL);
      await(RuntimeEvent.Listed.class);
      assertThat(skipped).noneMatch(RuntimeEvent.Warning.class::isInstance);
    }
  }

  @Test
  void warnsOfAMissingSocketIfRequested() throws Exception {
    runtime = new DockerApiRuntime(DockerApiFlavor.DOCKER, socket, true);
    runtime.start(events::add);
    assertThat(await(RuntimeEvent.Warning.class).sentence())
        .startsWith("Docker does not answer at " + socket)
        .contains("tracing continues");
    try (FakeDocker docker = new FakeDocker(socket)) {
      docker.awaitRequest(FakeDocker.ALL);
      assertThat(await(RuntimeEvent.Warning.class).sentence())
          .startsWith("Docker answers at " + socket);
    }
  }

  @Test
  void warnsOnceWhenTheDaemonStopsAndOnceWhenItIsBack() throws Exception {
    // Given a daemon that was followed
    FakeDocker first = new FakeDocker(socket);
    runtime.start(events::add);
    await(RuntimeEvent.Listed.class);

    // When several connects fail
    first.close();
    await(RuntimeEvent.Unreachable.class);
    assertThat(await(RuntimeEvent.Warning.class).sentence())
        .startsWith("Docker stopped answering at " + socket);
    assertThat(runtime.canAnswer()).isFalse();

    // And comes back with a container
    try (FakeDocker second = new FakeDocker(socket)) {
      second.answer(FakeDocker.ALL, "[" + FakeDocker.listed(A, "web", "running") + "]");

      // Then there is one more warning, and the container is listed
      assertThat(await(RuntimeEvent.Warning.class).sentence())
          .startsWith("Docker answers at " + socket);
      assertThat(await(RuntimeEvent.Listed.class).ids()).isEqualTo(Set.of(A));
      assertThat(runtime.canAnswer()).isTrue();
    }
    long warnings = skipped.stream().filter(RuntimeEvent.Warning.class::isInstance).count();
    assertThat(warnings).isZero(); // besides the two that were awaited
  }

  @Test
  void reconnectsWithoutAWarningWhenOnlyTheStreamBreaks() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      runtime.start(events::add);
      await(RuntimeEvent.Listed.class);
      docker.awaitRequest("/events");

      // When the stream breaks in the middle of an event, as a proxy may do
      docker.emitRaw("4000\r\n{\"Action\":\"cre".getBytes(UTF_8));
      docker.dropStreams();

      // Then it is followed and listed again, without a warning
      docker.awaitRequest("/events");
      await(RuntimeEvent.Listed.class);
      assertThat(skipped).noneMatch(RuntimeEvent.Warning.class::isInstance);
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
  void warnsOfAServerThatIsNotDocker(String answer) throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      docker.raw("/events", answer);
      runtime.start(events::add);
      await(RuntimeEvent.Unreachable.class);
      assertThat(await(RuntimeEvent.Warning.class).sentence()).contains(socket.toString());
    }
  }

  @Test
  void reconnectsWhenTheListingFails() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      docker.raw(FakeDocker.ALL, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[{\"Id\":\"x\"");
      runtime.start(events::add);
      await(RuntimeEvent.Unreachable.class);
      assertThat(await(RuntimeEvent.Warning.class).sentence()).contains("ends within its body");
      docker.answer(FakeDocker.ALL, "[]");
      assertThat(await(RuntimeEvent.Listed.class).ids()).isEmpty();
    }
  }

  @Test
  void namesAPathTooLongForASocket() throws Exception {
    runtime =
        new DockerApiRuntime(DockerApiFlavor.DOCKER, directory.resolve("x".repeat(200)), true);
    runtime.start(events::add);
    assertThat(await(RuntimeEvent.Warning.class).sentence()).contains("x".repeat(200));
  }

  @Test
  void endsItsThreadsSilentlyWhenClosed() throws Exception {
    try (FakeDocker docker = new FakeDocker(socket)) {
      // Given a client that waits for events and requests
      runtime.start(events::add);
      await(RuntimeEvent.Listed.class);
      docker.awaitRequest(FakeDocker.ALL);
      Set<Thread> all = Thread.getAllStackTraces().keySet();

      // When
      runtime.close();

      // Then
      for (Thread thread : all) {
        if (thread.getName().startsWith("docker-")) {
          thread.join(10_000);
          assertThat(thread.isAlive()).isFalse();
        }
      }
      assertThat(events).isEmpty();
    }
  }
}
