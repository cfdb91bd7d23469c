package dev.jig.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.RuntimeEvent.Transition;
import dev.jig.container.docker.DockerApiFlavor;
import dev.jig.container.docker.DockerApiRuntime;
import dev.jig.container.docker.FakeDocker;
import dev.jig.event.Container;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Names of containers that start, change and stop.
@Timeout(60)
final class LifecycleTest {
  private static final String A = "a".repeat(64);
  private static final Instant AT = Instant.ofEpochSecond(1_795_400_477);

  /// A runtime with the events that the test emits.
  private static final class ScriptedRuntime implements ContainerRuntime {
    private final RuntimeKind kind;
    private Consumer<RuntimeEvent> events = _ -> {};

    ScriptedRuntime(RuntimeKind kind) {
      this.kind = kind;
    }

    void emit(Transition transition, Container container) {
      events.accept(new RuntimeEvent.Lifecycle(container, transition, AT));
    }

    Container container(String name, String image) {
      return new Container(kind.key(), A, name, image, null, Map.of("of", image), null);
    }

    @Override
    public RuntimeKind kind() {
      return kind;
    }

    @Override
    public void start(Consumer<RuntimeEvent> to) {
      events = to;
    }

    @Override
    public boolean canAnswer() {
      return true;
    }

    @Override
    public void inspect(String id) {}

    @Override
    public void close() {}
  }

  @TempDir Path root;
  private final BlockingQueue<String> reported = new LinkedBlockingQueue<>();

  private Containers containers(ContainerRuntime... runtimes) {
    Containers containers =
        new Containers(
            root,
            List.of(runtimes),
            new ContainerListener() {
              @Override
              public void onStarted(Container container, Instant at) {
                reported.add("created " + container.name());
              }

              @Override
              public void onStopped(Container container, Instant at) {
                reported.add("deleted " + container.name());
              }
            });
    containers.start();
    return containers;
  }

  private static Container named(Resolution answer) {
    if (answer instanceof Resolution.Named(Container container)) {
      return container;
    }
    throw new AssertionError("not named: " + answer);
  }

  @Test
  void anIdThatIsReusedIsAnotherContainer() {
    ScriptedRuntime podman = new ScriptedRuntime(RuntimeKind.PODMAN);
    try (Containers containers = containers(podman)) {
      containers.onCgroupCreated(1, "/libpod_parent/libpod-" + A);
      podman.emit(Transition.CREATED, podman.container("first", "image:1"));
      podman.emit(Transition.REMOVED, podman.container("first", "image:1"));
      assertThat(named(containers.resolve(1)).name()).isEqualTo("first");

      Container second = podman.container("second", "image:2");
      podman.emit(Transition.CREATED, second);
      containers.onCgroupCreated(2, "/libpod_parent/libpod-" + A);

      assertThat(named(containers.resolve(2))).isEqualTo(second);
    }
  }

  @Test
  void aRestartedContainerKeepsItsNameInItsNewCgroup() {
    ScriptedRuntime docker = new ScriptedRuntime(RuntimeKind.DOCKER);
    Container web = docker.container("web", "image:1");
    try (Containers containers = containers(docker)) {
      docker.emit(Transition.STARTED, web);
      containers.onCgroupCreated(1, "/docker/" + A);
      assertThat(named(containers.resolve(1))).isEqualTo(web);

      docker.emit(Transition.STOPPED, web);
      containers.onCgroupCreated(2, "/docker/" + A);
      docker.emit(Transition.STARTED, web);

      assertThat(named(containers.resolve(2))).isEqualTo(web);
      assertThat(named(containers.resolve(1))).isEqualTo(web); // its last packets
      assertThat(reported).containsExactly("created web", "deleted web", "created web");
    }
  }

  @Test
  void aRenameIsAStopAndAStart() {
    ScriptedRuntime docker = new ScriptedRuntime(RuntimeKind.DOCKER);
    try (Containers containers = containers(docker)) {
      docker.emit(Transition.STARTED, docker.container("old", "image:1"));
      docker.emit(Transition.RENAMED, docker.container("new", "image:1"));
      docker.emit(Transition.STOPPED, docker.container("new", "image:1"));
      docker.emit(Transition.RENAMED, docker.container("newer", "image:1"));

      assertThat(reported)
          .containsExactly("created old", "deleted old", "created new", "deleted new");
      assertThat(containers.running()).isEmpty();
    }
  }

  @Test
  void theFirstRuntimeInTheListWinsIfSeveralClaimAnId() {
    ScriptedRuntime roots = new ScriptedRuntime(RuntimeKind.PODMAN);
    ScriptedRuntime users = new ScriptedRuntime(RuntimeKind.PODMAN);
    Container real = roots.container("real", "image:1");
    Container claimed = users.container("claimed", "image:2");
    try (Containers containers = containers(roots, users)) {
      containers.onCgroupCreated(1, "/libpod_parent/libpod-" + A);
      users.events.accept(new RuntimeEvent.Inspected(claimed, true));
      assertThat(named(containers.resolve(1))).isEqualTo(claimed);

      roots.emit(Transition.STARTED, real);
      assertThat(named(containers.resolve(1))).isEqualTo(real);

      users.emit(Transition.RENAMED, claimed);
      users.events.accept(new RuntimeEvent.Inspected(claimed, false));
      users.events.accept(new RuntimeEvent.Listed(Set.of()));

      assertThat(named(containers.resolve(1))).isEqualTo(real);
      assertThat(containers.running()).containsExactly(real);
    }
  }

  /// 1,000 containers as fast as their events can be sent, each of them removed.
  @Test
  void namesEachOfAThousandShortLivedContainers() throws Exception {
    Path socket = root.resolve("docker.sock");
    int count = 1_000;
    try (FakeDocker docker = new FakeDocker(socket);
        Containers containers =
            containers(new DockerApiRuntime(DockerApiFlavor.DOCKER, socket, false))) {
      containers.ready().get(10, TimeUnit.SECONDS);
      for (int i = 0; i < count; i++) {
        String attributes = "\"image\":\"app:1\",\"name\":\"web-%d\"".formatted(i);
        for (String action : List.of("create", "start", "die", "destroy")) {
          docker.emit(FakeDocker.event(action, id(i), attributes));
        }
        assertThat(reported.poll(10, TimeUnit.SECONDS)).isEqualTo("created web-" + i);
        containers.onCgroupCreated(100 + i, "/docker/" + id(i));
        assertThat(named(containers.resolve(100 + i)).name()).isEqualTo("web-" + i);
        assertThat(reported.poll(10, TimeUnit.SECONDS)).isEqualTo("deleted web-" + i);
      }
      // The last packets of any of them may still come.
      for (int i = 0; i < count; i++) {
        assertThat(named(containers.resolve(100 + i)).name()).isEqualTo("web-" + i);
      }
      assertThat(containers.runningCount()).isZero();
    }
  }

  private static String id(int i) {
    return "%064x".formatted(i + 1);
  }
}
