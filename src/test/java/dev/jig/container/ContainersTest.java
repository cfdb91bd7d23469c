package dev.jig.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.RuntimeEvent.Transition;
import dev.jig.event.Container;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
final class ContainersTest {
  private static final String A = "a".repeat(64);
  private static final String B = "b".repeat(64);
  private static final String C = "c".repeat(64);
  private static final Instant AT = Instant.ofEpochSecond(1_795_400_477);

  /// A runtime with the events that the test emits.
  private static final class ScriptedRuntime implements ContainerRuntime {
    final List<String> inspected = new ArrayList<>();
    boolean answering = true;
    Consumer<RuntimeEvent> events = _ -> {};

    @Override
    public RuntimeKind kind() {
      return RuntimeKind.DOCKER;
    }

    @Override
    public void start(Consumer<RuntimeEvent> to) {
      events = to;
    }

    @Override
    public boolean canAnswer() {
      return answering;
    }

    @Override
    public void inspect(String id) {
      inspected.add(id);
    }

    @Override
    public void close() {}
  }

  /// Records its calls.
  private static final class RecordingListener implements ContainerListener {
    final List<String> lines = new ArrayList<>();

    @Override
    public void onStarted(Container container, Instant at) {
      lines.add("created " + container.name() + " " + at.getEpochSecond());
    }

    @Override
    public void onStopped(Container container, Instant at) {
      lines.add("deleted " + container.name() + " " + at.getEpochSecond());
    }

    @Override
    public void onWarning(String sentence) {
      lines.add("warning " + sentence);
    }
  }

  @TempDir Path root;
  private final ScriptedRuntime docker = new ScriptedRuntime();
  private final RecordingListener listener = new RecordingListener();
  private Containers containers = new Containers(Path.of("unset"), List.of(), listener);

  @BeforeEach
  void begin() throws Exception {
    containers = new Containers(root, root.resolve("proc"), List.of(docker), listener);
    containers.start();
    docker.events.accept(new RuntimeEvent.Listed(Set.of()));
    containers.ready().get(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() {
    containers.close();
  }

  private static Container web(String id, String name) {
    return new Container("docker", id, name, "app:1", null, Map.of(), null);
  }

  private void emit(String id, String name, Transition transition) {
    docker.events.accept(new RuntimeEvent.Lifecycle(web(id, name), transition, AT));
  }

  @Test
  void namesAContainerWithAnEventBeforeItsCgroup() {
    // Given
    emit(A, "web", Transition.CREATED);

    // When
    containers.onCgroupCreated(7, "/docker/" + A);

    // Then
    assertThat(containers.resolve(7)).isEqualTo(new Resolution.Named(web(A, "web")));
    assertThat(docker.inspected).isEmpty();
  }

  @Test
  void isInProgressUntilTheRuntimeAnswersASingleRequest() {
    // Given a cgroup of a container without a name
    containers.onCgroupCreated(7, "/docker/" + A);
    Container bare = Container.unnamed("docker", A);
    assertThat(containers.resolve(7)).isEqualTo(new Resolution.InProgress(bare));
    assertThat(containers.resolve(7)).isEqualTo(new Resolution.InProgress(bare));
    assertThat(docker.inspected).containsExactly(A);
    long before = containers.generation();

    // When it is inspected
    docker.events.accept(new RuntimeEvent.Inspected(web(A, "web"), true));

    // Then the generation has risen and the name is there
    assertThat(containers.generation()).isGreaterThan(before);
    assertThat(containers.resolve(7)).isEqualTo(new Resolution.Named(web(A, "web")));
  }

  @Test
  void isIdOnlyIfTheRuntimeDoesNotHaveTheId() {
    containers.onCgroupCreated(7, "/docker/" + A);
    containers.resolve(7);
    long before = containers.generation();
    docker.events.accept(new RuntimeEvent.NotFound(A));
    assertThat(containers.generation()).isGreaterThan(before);
    assertThat(containers.resolve(7))
        .isEqualTo(new Resolution.IdOnly(Container.unnamed("docker", A)));
    assertThat(docker.inspected).containsExactly(A);
  }

  @Test
  void isNotInProgressForAnAbsentRuntimeButInspectsOnceItIsBack() {
    // Given
    docker.answering = false;
    docker.events.accept(new RuntimeEvent.Unreachable());
    containers.onCgroupCreated(7, "/docker/" + A);
    assertThat(containers.resolve(7))
        .isEqualTo(new Resolution.IdOnly(Container.unnamed("docker", A)));
    assertThat(docker.inspected).isEmpty();

    // When
    docker.answering = true;
    docker.events.accept(new RuntimeEvent.Listed(Set.of()));

    // Then
    assertThat(containers.resolve(7)).isInstanceOf(Resolution.InProgress.class);
    assertThat(docker.inspected).containsExactly(A);
  }

  @Test
  void isNotInProgressOnceTheRuntimeIsUnreachable() {
    containers.onCgroupCreated(7, "/docker/" + A);
    assertThat(containers.resolve(7)).isInstanceOf(Resolution.InProgress.class);
    docker.answering = false;
    docker.events.accept(new RuntimeEvent.Unreachable());
    assertThat(containers.resolve(7)).isInstanceOf(Resolution.IdOnly.class);
  }

  @Test
  void keepsNamesWhileTheRuntimeIsUnreachable() {
    emit(A, "web", Transition.STARTED);
    containers.onCgroupCreated(7, "/docker/" + A);
    docker.answering = false;
    docker.events.accept(new RuntimeEvent.Unreachable());
    assertThat(containers.resolve(7)).isEqualTo(new Resolution.Named(web(A, "web")));
  }

  @Test
  void doesNotInspectAContainerOfARuntimeThatIsNotFollowed() {
    containers.onCgroupCreated(7, "/machine.slice/libpod-" + A + ".scope");
    assertThat(containers.resolve(7))
        .isEqualTo(new Resolution.IdOnly(Container.unnamed("podman", A)));
    assertThat(docker.inspected).isEmpty();
  }

  @Test
  void showsThePodUidWithoutAnyRuntime() {
    String uid = "8d2c1f3a-0b1c-4d5e-8f90-a1b2c3d4e5f6";
    containers.onCgroupCreated(7, "/kubepods/burstable/pod" + uid + "/crio-" + A);
    var pod = new Container.Pod(null, null, uid, null, null, false);
    assertThat(containers.resolve(7))
        .isEqualTo(
            new Resolution.IdOnly(new Container("cri-o", A, null, null, null, Map.of(), pod)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/system.slice/cron.service", "/docker"})
  void resolvesCgroupsOutsideContainersToTheHost(String path) {
    containers.onCgroupCreated(7, path);
    assertThat(containers.resolve(7)).isEqualTo(Resolution.HOST);
    assertThat(containers.resolve(0)).isEqualTo(Resolution.HOST);
  }

  @Test
  void takesTheInnermostContainerThatHasAName() {
    // Given a container within a container, of which only the outer one has a name
    emit(A, "outer", Transition.STARTED);
    containers.onCgroupCreated(7, "/docker/" + A + "/docker/" + B);
    assertThat(containers.resolve(7)).isEqualTo(new Resolution.Named(web(A, "outer")));

    // When the inner one gets a name too
    emit(B, "inner", Transition.STARTED);

    // Then that is the resolution
    assertThat(containers.resolve(7)).isEqualTo(new Resolution.Named(web(B, "inner")));
  }

  @Test
  void takesTheOutermostWhileNoneHasAName() {
    containers.onCgroupCreated(7, "/docker/" + A + "/docker/" + B);
    assertThat(containers.resolve(7))
        .isEqualTo(new Resolution.InProgress(Container.unnamed("docker", A)));
    docker.events.accept(new RuntimeEvent.NotFound(A));
    docker.events.accept(new RuntimeEvent.NotFound(B));
    assertThat(containers.resolve(7))
        .isEqualTo(new Resolution.IdOnly(Container.unnamed("docker", A)));
  }

  @Test
  void followsARename() {
    emit(A, "old", Transition.STARTED);
    containers.onCgroupCreated(7, "/docker/" + A);
    containers.resolve(7);
    long before = containers.generation();
    emit(A, "new", Transition.RENAMED);
    assertThat(containers.generation()).isGreaterThan(before);
    assertThat(containers.resolve(7)).isEqualTo(new Resolution.Named(web(A, "new")));
    assertThat(containers.runningCount()).isEqualTo(1);
  }

  @Test
  void keepsWhatAnInspectionHasWhenAnEventHasLess() {
    Container full =
        new Container("docker", A, "web", "app:1", "sha256:aa", Map.of("name", "label"), null);
    docker.events.accept(new RuntimeEvent.Inspected(full, true));
    long before = containers.generation();
    emit(A, "web", Transition.STOPPED);
    containers.onCgroupCreated(7, "/docker/" + A);
    assertThat(containers.resolve(7)).isEqualTo(new Resolution.Named(full));
    assertThat(containers.generation()).isEqualTo(before);
  }

  @Test
  void keepsARemovedContainerForItsLastPackets() {
    emit(A, "web", Transition.STARTED);
    emit(A, "web", Transition.REMOVED);
    containers.onCgroupCreated(7, "/docker/" + A);
    assertThat(containers.resolve(7)).isEqualTo(new Resolution.Named(web(A, "web")));
    assertThat(containers.runningCount()).isZero();
  }

  @Test
  void evictsRemovedContainersBeyondTenThousand() {
    for (int i = 0; i <= 10_000; i++) {
      String id = "%064x".formatted(i);
      emit(id, "c" + i, Transition.REMOVED);
    }
    containers.onCgroupCreated(7, "/docker/" + "%064x".formatted(0));
    containers.onCgroupCreated(8, "/docker/" + "%064x".formatted(10_000));
    assertThat(containers.resolve(7)).isInstanceOf(Resolution.InProgress.class);
    assertThat(containers.resolve(8)).isInstanceOf(Resolution.Named.class);
  }

  @Test
  void notifiesListenersOfStartsAndStops() {
    docker.events.accept(new RuntimeEvent.Inspected(web(B, "stopped"), false));
    emit(A, "web", Transition.CREATED);
    emit(A, "web", Transition.STARTED);
    docker.events.accept(new RuntimeEvent.Inspected(web(A, "web"), true));
    emit(A, "site", Transition.RENAMED);
    emit(A, "site", Transition.STOPPED);
    emit(A, "site", Transition.REMOVED);
    docker.events.accept(new RuntimeEvent.Warning("w"));
    assertThat(listener.lines)
        .containsExactly(
            "created web 1795400477",
            "deleted web 1795400477",
            "created site 1795400477",
            "deleted site 1795400477",
            "warning w");
  }

  @Test
  void reportsContainersMissingInTheListingAsStopped() {
    emit(A, "gone", Transition.STARTED);
    emit(B, "here", Transition.STARTED);
    docker.events.accept(new RuntimeEvent.Listed(Set.of(B)));
    assertThat(containers.running()).containsExactly(web(B, "here"));
    assertThat(listener.lines.getLast()).startsWith("deleted gone ");
  }

  @Test
  void findsACgroupOlderThanTheTracerByWalking() throws Exception {
    // Given a container that runs already
    emit(A, "web", Transition.STARTED);
    Path cgroup = Files.createDirectories(root.resolve("docker/" + A));
    long id = ((Number) Files.getAttribute(cgroup, "unix:ino")).longValue();
    long before = containers.generation();

    // When it is resolved, its path is unknown at first
    Resolution first = containers.resolve(id);
    assertThat(first).isEqualTo(new Resolution.InProgress(null));
    assertThat(((Resolution.InProgress) first).fallback()).isEqualTo(Resolution.UNKNOWN);

    // Then the walk that this caused finds it
    while (containers.generation() == before) {
      Thread.onSpinWait();
    }
    assertThat(containers.resolve(id)).isEqualTo(new Resolution.Named(web(A, "web")));
  }

  @Test
  void isUnknownIfNoWalkFindsTheId() {
    long before = containers.generation();
    assertThat(containers.resolve(987_654_321)).isEqualTo(new Resolution.InProgress(null));
    while (containers.generation() == before) {
      Thread.onSpinWait();
    }
    assertThat(containers.resolve(987_654_321)).isEqualTo(Resolution.UNKNOWN);

    // Unless its creation is reported later
    containers.onCgroupCreated(987_654_321, "/machine.slice/libpod-" + A + ".scope");
    assertThat(containers.resolve(987_654_321)).isInstanceOf(Resolution.IdOnly.class);
  }

  @Test
  void notifiesResolutionListenersOfChangesOnly() {
    // Given containers within a container, and one beside them
    List<String> changes = new ArrayList<>();
    containers.addListener(recorder(changes));
    emit(A, "outer", Transition.STARTED);
    emit(B, "beside", Transition.STARTED);
    containers.onCgroupCreated(7, "/docker/" + A);
    containers.onCgroupCreated(8, "/docker/" + A + "/docker/" + C);
    containers.onCgroupCreated(9, "/docker/" + B);
    List.of(7L, 8L, 9L).forEach(containers::resolve);

    // When one that was not resolved starts and stops, then there is no change
    emit("d".repeat(64), "new", Transition.STARTED);
    emit("d".repeat(64), "new", Transition.REMOVED);
    containers.refresh();
    assertThat(changes).isEmpty();

    // When the inner one gets a name, then only its cgroup changes
    emit(C, "inner", Transition.STARTED);
    containers.refresh();
    assertThat(changes).containsExactly("8: outer -> inner");

    // When the outer one is renamed, then the inner one does not change
    changes.clear();
    emit(A, "renamed", Transition.RENAMED);
    containers.refresh();
    assertThat(changes).containsExactly("7: outer -> renamed");
  }

  private static Containers.ResolutionListener recorder(List<String> changes) {
    return new Containers.ResolutionListener() {
      @Override
      public void onChanged(long cgroupId, Resolution before, @Nullable Resolution now) {
        changes.add(cgroupId + ": " + name(before) + " -> " + name(now));
      }

      @Override
      public void onAllChanged() {
        changes.add("all");
      }

      private static @Nullable String name(@Nullable Resolution lookup) {
        return lookup instanceof Resolution.Named(Container container) ? container.name() : "?";
      }
    };
  }

  @Test
  void resolvesOnlyContainersWithoutANameAgainWhenARuntimeIsBack() {
    // Given
    List<String> changes = new ArrayList<>();
    containers.addListener(recorder(changes));
    emit(A, "web", Transition.STARTED);
    containers.onCgroupCreated(7, "/docker/" + A);
    containers.onCgroupCreated(8, "/docker/" + B);
    containers.resolve(7);
    containers.resolve(8);
    docker.events.accept(new RuntimeEvent.NotFound(B));
    containers.refresh();
    changes.clear();

    // When it reconnects
    docker.events.accept(new RuntimeEvent.Listed(Set.of(A)));
    containers.refresh();

    // Then
    assertThat(changes).containsExactly("8: ? -> ?");
  }

  @Test
  void evictsEverythingWhenMoreHasChangedThanItRecords() {
    // Given 10,001 containers start without a refresh
    List<String> changes = new ArrayList<>();
    containers.addListener(recorder(changes));
    emit(A, "old", Transition.STARTED);
    containers.onCgroupCreated(7, "/docker/" + A);
    containers.resolve(7);
    for (int i = 0; i <= 10_000; i++) {
      emit("%064x".formatted(i), "c" + i, Transition.STARTED);
    }
    emit(A, "new", Transition.RENAMED);

    // When it is refreshed
    containers.refresh();

    // Then the resolution is new
    assertThat(changes).containsExactly("all");
    assertThat(containers.resolve(7)).isEqualTo(new Resolution.Named(web(A, "new")));
  }

  @Test
  void isReadyWithoutAnyRuntime() throws Exception {
    try (Containers alone =
        new Containers(root.resolve("absent"), root.resolve("proc"), List.of(), listener)) {
      alone.start();
      alone.ready().get(10, TimeUnit.SECONDS);
      assertThat(alone.runningCount()).isZero();
    }
  }
}
