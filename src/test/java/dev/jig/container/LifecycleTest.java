package dev.jig.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.RuntimeEvent.Transition;
import dev.jig.container.docker.FakeDocker;
import dev.jig.container.docker.DockerApiFlavor;
import dev.jig.container.docker.DockerApiRuntime;
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

/// What becomes of containers' names as the containers come, change and go.
@Timeout(60)
final class LifecycleTest {
  private static final String A = "a".repeat(64);
  private static final Instant AT = Instant.ofEpochSecond(1_795_400_477);

  /// A runtime whose news the test tells.
  private static final class ScriptedRuntime implements ContainerRuntime {
    private final RuntimeKind kind;
    private Consumer<RuntimeEvent> news = _ -> {};

    ScriptedRuntime(RuntimeKind kind) {
      this.kind = kind;
    }

    void happened(Transition life, Container container) {
      news.accept(new RuntimeEvent.Lifecycle(container, life, AT));
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
      news = to;
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
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  private Containers containers(ContainerRuntime... runtimes) {
    Containers containers =
        new Containers(
            root,
            List.of(runtimes),
            new ContainerListener() {
              @Override
              public void onStarted(Container container, Instant at) {
                heard.add("created " + container.name());
              }

              @Override
              public void onStopped(Container container, Instant at) {
                heard.add("deleted " + container.name());
              }
            });
    containers.start();
    return containers;
  }

  private static Container known(Resolution answer) {
    if (answer instanceof Resolution.Named(Container container)) {
      return container;
    }
    throw new AssertionError("not known: " + answer);
  }

  @Test
  void anIdThatComesAgainIsAnotherContainer() {
    ScriptedRuntime podman = new ScriptedRuntime(RuntimeKind.PODMAN);
    try (Containers containers = containers(podman)) {
      containers.onCgroupCreated(1, "/libpod_parent/libpod-" + A);
      podman.happened(Transition.CREATED, podman.container("first", "image:1"));
      podman.happened(Transition.REMOVED, podman.container("first", "image:1"));
      assertThat(known(containers.resolve(1)).name()).isEqualTo("first");

      Container second = podman.container("second", "image:2");
      podman.happened(Transition.CREATED, second);
      containers.onCgroupCreated(2, "/libpod_parent/libpod-" + A);

      assertThat(known(containers.resolve(2))).isEqualTo(second);
    }
  }

  @Test
  void aRestartedContainerKeepsItsNameInItsNewCgroup() {
    ScriptedRuntime docker = new ScriptedRuntime(RuntimeKind.DOCKER);
    Container web = docker.container("web", "image:1");
    try (Containers containers = containers(docker)) {
      docker.happened(Transition.STARTED, web);
      containers.onCgroupCreated(1, "/docker/" + A);
      assertThat(known(containers.resolve(1))).isEqualTo(web);

      docker.happened(Transition.STOPPED, web);
      containers.onCgroupCreated(2, "/docker/" + A);
      docker.happened(Transition.STARTED, web);

      assertThat(known(containers.resolve(2))).isEqualTo(web);
      assertThat(known(containers.resolve(1))).isEqualTo(web); // its last packets
      assertThat(heard).containsExactly("created web", "deleted web", "created web");
    }
  }

  @Test
  void aRenamedContainerIsOneLessAndOneMore() {
    ScriptedRuntime docker = new ScriptedRuntime(RuntimeKind.DOCKER);
    try (Containers containers = containers(docker)) {
      docker.happened(Transition.STARTED, docker.container("old", "image:1"));
      docker.happened(Transition.RENAMED, docker.container("new", "image:1"));
      docker.happened(Transition.STOPPED, docker.container("new", "image:1"));
      docker.happened(Transition.RENAMED, docker.container("newer", "image:1"));

      assertThat(heard).containsExactly("created old", "deleted old", "created new", "deleted new");
      assertThat(containers.running()).isEmpty();
    }
  }

  @Test
  void theFirstInTheListIsBelievedWhoeverElseClaimsAnId() {
    ScriptedRuntime roots = new ScriptedRuntime(RuntimeKind.PODMAN);
    ScriptedRuntime users = new ScriptedRuntime(RuntimeKind.PODMAN);
    Container real = roots.container("real", "image:1");
    Container claimed = users.container("claimed", "image:2");
    try (Containers containers = containers(roots, users)) {
      containers.onCgroupCreated(1, "/libpod_parent/libpod-" + A);
      users.news.accept(new RuntimeEvent.Inspected(claimed, true));
      assertThat(known(containers.resolve(1))).isEqualTo(claimed);

      roots.happened(Transition.STARTED, real);
      assertThat(known(containers.resolve(1))).isEqualTo(real);

      users.happened(Transition.RENAMED, claimed);
      users.news.accept(new RuntimeEvent.Inspected(claimed, false));
      users.news.accept(new RuntimeEvent.Listed(Set.of()));

      assertThat(known(containers.resolve(1))).isEqualTo(real);
      assertThat(containers.running()).containsExactly(real);
    }
  }

  /// As fast as they can be told: more than a thousand in a minute, each of them removed.
  @Test
  void aThousandContainersComeAndGoWithoutOneThatHasNoName() throws Exception {
    Path socket = root.resolve("docker.sock");
    int count = 1_000;
    try (FakeDocker docker = new FakeDocker(socket);
        Containers containers = containers(new DockerApiRuntime(DockerApiFlavor.DOCKER, socket, false))) {
      containers.ready().get(10, TimeUnit.SECONDS);
      for (int i = 0; i < count; i++) {
        String attributes = "\"image\":\"app:1\",\"name\":\"web-%d\"".formatted(i);
        for (String action : List.of("create", "start", "die", "destroy")) {
          docker.emit(FakeDocker.event(action, id(i), attributes));
        }
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("created web-" + i);
        containers.onCgroupCreated(100 + i, "/docker/" + id(i));
        assertThat(known(containers.resolve(100 + i)).name()).isEqualTo("web-" + i);
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("deleted web-" + i);
      }
      // The last packets of any of them may still come.
      for (int i = 0; i < count; i++) {
        assertThat(known(containers.resolve(100 + i)).name()).isEqualTo("web-" + i);
      }
      assertThat(containers.runningCount()).isZero();
    }
  }

  private static String id(int i) {
    return "%064x".formatted(i + 1);
  }
}
