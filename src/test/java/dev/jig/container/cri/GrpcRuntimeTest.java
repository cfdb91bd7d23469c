package dev.jig.container.cri;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.RuntimeEvent;
import dev.jig.container.RuntimeEvent.Transition;
import dev.jig.container.RuntimeKind;
import dev.jig.container.cri.api.ContainerState;
import dev.jig.container.cri.api.CriEventType;
import dev.jig.event.Container;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
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

@Timeout(60)
final class GrpcRuntimeTest {
  private static final String WEB = "a".repeat(64);
  private static final String OLD = "b".repeat(64);
  private static final String POD = "c".repeat(64);

  @TempDir Path directory;
  private final BlockingQueue<RuntimeEvent> events = new LinkedBlockingQueue<>();
  private final List<RuntimeEvent> skipped = new ArrayList<>();
  private Path socket = Path.of("unset");
  private GrpcRuntime runtime = GrpcRuntime.cri(RuntimeKind.CRIO, socket, false);

  @BeforeEach
  void place() {
    socket = directory.resolve("crio.sock");
    runtime = GrpcRuntime.cri(RuntimeKind.CRIO, socket, false);
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  private <T extends RuntimeEvent> T await(Class<T> kind, Predicate<T> wanted)
      throws InterruptedException {
    while (true) {
      RuntimeEvent next = events.poll(20, TimeUnit.SECONDS);
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

  private static Container web(boolean hostNetwork) {
    return new Container(
        "cri-o",
        WEB,
        "web",
        FakeCri.IMAGE,
        FakeCri.DIGEST,
        Map.of("io.kubernetes.container.name", "web"),
        new Container.Pod(
            "shop", "front-1", "uid-of-front-1", Map.of("app", "front"), "web", hostNetwork));
  }

  private static void fill(FakeCri cri, boolean hostNetwork) {
    cri.sandbox(POD, "front-1", hostNetwork, Map.of("app", "front"));
    cri.container(WEB, POD, "web", ContainerState.RUNNING);
    cri.container(OLD, POD, "init", ContainerState.EXITED);
  }

  @Test
  void givesTheResolverSettingsOfAPod() throws Exception {
    try (FakeCri cri = new FakeCri(socket, "v1", false)) {
      fill(cri, false);
      runtime.start(events::add);
      await(RuntimeEvent.Listed.class);

      assertThat(runtime.resolvConf(WEB).get(10, TimeUnit.SECONDS))
          .containsExactly("search shop.svc.cluster.local svc.cluster.local", "options ndots:5");
      assertThat(runtime.resolvConf("f".repeat(64)).get(10, TimeUnit.SECONDS)).isEmpty();
    }
  }

  @Test
  void resolverSettingsThatAreNotSaidAreNone() {
    assertThat(SandboxDns.lines("")).isEmpty();
    assertThat(SandboxDns.lines("no json")).isEmpty();
    assertThat(SandboxDns.lines("{\"pid\":1,\"config\":{}}")).isEmpty();
    assertThat(SandboxDns.lines("{\"config\":{\"dns_config\":{\"searches\":null}}}")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v1alpha2"})
  void reportsContainersWithTheirPodsInBothVersions(String version) throws Exception {
    try (FakeCri cri = new FakeCri(socket, version, false)) {
      // Given a pod with a running container, and one that has exited
      fill(cri, true);

      // When
      runtime.start(events::add);

      // Then the image has its name again, the pod only its own labels, and all are listed
      RuntimeEvent.Listed listed = await(RuntimeEvent.Listed.class);
      assertThat(listed.ids()).isEqualTo(Set.of(WEB, OLD, POD));
      assertThat(skipped).contains(new RuntimeEvent.Inspected(web(true), true));
      assertThat(skipped)
          .filteredOn(n -> n instanceof RuntimeEvent.Inspected d && d.container().id().equals(OLD))
          .allMatch(n -> n instanceof RuntimeEvent.Inspected d && !d.running());
      assertThat(runtime.canAnswer()).isTrue();
    }
  }

  @Test
  void aSandboxHasItsPodAndNeverCountsAsRunning() throws Exception {
    try (FakeCri cri = new FakeCri(socket, "v1", false)) {
      fill(cri, false);
      runtime.start(events::add);
      await(RuntimeEvent.Listed.class);

      runtime.inspect(POD);

      RuntimeEvent.Inspected sandbox =
          await(RuntimeEvent.Inspected.class, d -> d.container().id().equals(POD));
      Container.Pod pod = sandbox.container().pod();
      assertThat(sandbox.running()).isFalse();
      assertThat(sandbox.container().name()).isNull();
      assertThat(pod == null ? null : pod.name()).isEqualTo("front-1");
    }
  }

  @Test
  void inspectsAnExitedContainer() throws Exception {
    try (FakeCri cri = new FakeCri(socket, "v1", false)) {
      runtime.start(events::add);
      await(RuntimeEvent.Listed.class);

      // When one was created and has exited between two listings
      cri.sandbox(POD, "front-1", false, Map.of("app", "front"));
      cri.container(WEB, POD, "web", ContainerState.EXITED);
      runtime.inspect(WEB);

      RuntimeEvent.Inspected found =
          await(RuntimeEvent.Inspected.class, d -> d.container().name() != null);
      assertThat(found).isEqualTo(new RuntimeEvent.Inspected(web(false), false));
    }
  }

  @Test
  void reportsAnUnknownId() throws Exception {
    try (FakeCri cri = new FakeCri(socket, "v1", false)) {
      fill(cri, false);
      runtime.start(events::add);
      await(RuntimeEvent.Listed.class);

      runtime.inspect("f".repeat(64));

      assertThat(await(RuntimeEvent.NotFound.class).id()).isEqualTo("f".repeat(64));
    }
  }

  @Test
  void followsAContainerByEvents() throws Exception {
    try (FakeCri cri = new FakeCri(socket, "v1", true)) {
      runtime.start(events::add);
      await(RuntimeEvent.Listed.class);
      cri.awaitFollower();

      // When a container is made, started, stopped and removed
      fill(cri, false);
      cri.emit(CriEventType.CREATED_EVENT, WEB);
      await(RuntimeEvent.Inspected.class, d -> d.container().id().equals(WEB));
      cri.emit(CriEventType.STARTED_EVENT, WEB);
      cri.emit(CriEventType.STOPPED_EVENT, WEB);
      cri.remove(WEB);
      cri.emit(CriEventType.DELETED_EVENT, WEB);

      // Then each transition is reported with its name
      for (Transition life : List.of(Transition.STARTED, Transition.STOPPED, Transition.REMOVED)) {
        RuntimeEvent.Lifecycle happened = await(RuntimeEvent.Lifecycle.class);
        assertThat(happened.transition()).isEqualTo(life);
        assertThat(happened.container()).isEqualTo(web(false));
      }
    }
  }

  @Test
  void listsPeriodicallyWithoutEvents() throws Exception {
    try (FakeCri cri = new FakeCri(socket, "v1", false)) {
      fill(cri, false);
      runtime.start(events::add);
      await(RuntimeEvent.Listed.class, l -> l.ids().contains(WEB));

      cri.remove(WEB);

      assertThat(await(RuntimeEvent.Listed.class, l -> !l.ids().contains(WEB)).ids())
          .isEqualTo(Set.of(OLD, POD));
    }
  }

  @Test
  void warnsOnceWhenTheRuntimeStopsAndOnceWhenItIsBack() throws Exception {
    // Given a daemon that was listed
    FakeCri first = new FakeCri(socket, "v1", true);
    fill(first, false);
    runtime.start(events::add);
    await(RuntimeEvent.Listed.class);

    // When it goes away
    first.close();

    // Then there is one warning, and no wait for it
    await(RuntimeEvent.Unreachable.class);
    assertThat(runtime.canAnswer()).isFalse();
    assertThat(await(RuntimeEvent.Warning.class).sentence())
        .startsWith("CRI-O stopped answering at " + socket + " (")
        .endsWith("): tracing continues, containers without a name are shown by id");

    // And when it is back, all containers are reported again
    try (FakeCri second = new FakeCri(socket, "v1", true)) {
      fill(second, false);
      assertThat(await(RuntimeEvent.Warning.class).sentence())
          .isEqualTo("CRI-O answers at " + socket + ": containers are shown by name");
      await(RuntimeEvent.Listed.class, l -> l.ids().contains(WEB));
      assertThat(skipped).noneMatch(RuntimeEvent.Warning.class::isInstance);
      assertThat(runtime.canAnswer()).isTrue();
    }
  }

  @Test
  void doesNotWarnOfAnAbsentRuntimeUnlessRequested() throws Exception {
    runtime.start(events::add);

    await(RuntimeEvent.Unreachable.class);
    assertThat(await(RuntimeEvent.Debug.class).sentence())
        .isEqualTo("CRI-O does not answer at " + socket + " (no such file)");
    assertThat(skipped).noneMatch(RuntimeEvent.Warning.class::isInstance);
  }

  @Test
  void warnsOfAServerThatIsNotGrpc() throws Exception {
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(socket));
      Thread.ofVirtual().start(() -> answerGarbage(other));

      runtime.start(events::add);

      assertThat(await(RuntimeEvent.Warning.class).sentence())
          .startsWith("CRI-O does not answer at " + socket + " (");
      assertThat(runtime.canAnswer()).isFalse();
    }
  }

  private static void answerGarbage(ServerSocketChannel server) {
    try {
      while (true) {
        try (SocketChannel client = server.accept()) {
          client.write(ByteBuffer.wrap("HTTP/1.0 400 Bad Request\r\n\r\n\0\1\2".getBytes(UTF_8)));
          client.read(ByteBuffer.allocate(64));
        } catch (IOException e) {
          if (!server.isOpen()) {
            return;
          }
        }
      }
    } catch (RuntimeException e) {
      return; // closed
    }
  }

  @Test
  void listsThousands() throws Exception {
    try (FakeCri cri = new FakeCri(socket, "v1", false)) {
      cri.sandbox(POD, "front-1", false, Map.of("filler", "x".repeat(60)));
      for (int i = 0; i < 3_000; i++) {
        cri.container("%064x".formatted(i), POD, "c" + i, ContainerState.RUNNING);
      }

      runtime.start(events::add);

      assertThat(await(RuntimeEvent.Listed.class).ids()).hasSize(3_001);
    }
  }
}
