package dev.jig.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.ContainerRuntime.Life;
import dev.jig.container.ContainerRuntime.News;
import dev.jig.container.docker.FakeDocker;
import dev.jig.container.docker.RestDialect;
import dev.jig.container.docker.RestEngine;
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
  private static final class Scripted implements ContainerRuntime {
    private final String name;
    private Consumer<News> news = _ -> {};

    Scripted(String name) {
      this.name = name;
    }

    void happened(Life life, Container container) {
      news.accept(new News.Happened(container, life, AT));
    }

    Container container(String name, String image) {
      return new Container(this.name, A, name, image, null, Map.of("of", image), null);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void start(Consumer<News> to) {
      news = to;
    }

    @Override
    public boolean isAnswering() {
      return true;
    }

    @Override
    public void ask(String id) {}

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
              public void created(Container container, Instant at) {
                heard.add("created " + container.name());
              }

              @Override
              public void deleted(Container container, Instant at) {
                heard.add("deleted " + container.name());
              }
            });
    containers.start();
    return containers;
  }

  private static Container known(Lookup answer) {
    if (answer instanceof Lookup.Known(Container container)) {
      return container;
    }
    throw new AssertionError("not known: " + answer);
  }

  @Test
  void anIdThatComesAgainIsAnotherContainer() {
    Scripted podman = new Scripted("podman");
    try (Containers containers = containers(podman)) {
      containers.born(1, "/libpod_parent/libpod-" + A);
      podman.happened(Life.CREATED, podman.container("first", "image:1"));
      podman.happened(Life.REMOVED, podman.container("first", "image:1"));
      assertThat(known(containers.of(1)).name()).isEqualTo("first");

      Container second = podman.container("second", "image:2");
      podman.happened(Life.CREATED, second);
      containers.born(2, "/libpod_parent/libpod-" + A);

      assertThat(known(containers.of(2))).isEqualTo(second);
    }
  }

  @Test
  void aRestartedContainerKeepsItsNameInItsNewCgroup() {
    Scripted docker = new Scripted("docker");
    Container web = docker.container("web", "image:1");
    try (Containers containers = containers(docker)) {
      docker.happened(Life.STARTED, web);
      containers.born(1, "/docker/" + A);
      assertThat(known(containers.of(1))).isEqualTo(web);

      docker.happened(Life.STOPPED, web);
      containers.born(2, "/docker/" + A);
      docker.happened(Life.STARTED, web);

      assertThat(known(containers.of(2))).isEqualTo(web);
      assertThat(known(containers.of(1))).isEqualTo(web); // its last packets
      assertThat(heard).containsExactly("created web", "deleted web", "created web");
    }
  }

  @Test
  void aRenamedContainerIsOneLessAndOneMore() {
    Scripted docker = new Scripted("docker");
    try (Containers containers = containers(docker)) {
      docker.happened(Life.STARTED, docker.container("old", "image:1"));
      docker.happened(Life.RENAMED, docker.container("new", "image:1"));
      docker.happened(Life.STOPPED, docker.container("new", "image:1"));
      docker.happened(Life.RENAMED, docker.container("newer", "image:1"));

      assertThat(heard).containsExactly("created old", "deleted old", "created new", "deleted new");
      assertThat(containers.running()).isEmpty();
    }
  }

  @Test
  void theFirstInTheListIsBelievedWhoeverElseClaimsAnId() {
    Scripted roots = new Scripted("podman");
    Scripted users = new Scripted("podman");
    Container real = roots.container("real", "image:1");
    Container claimed = users.container("claimed", "image:2");
    try (Containers containers = containers(roots, users)) {
      containers.born(1, "/libpod_parent/libpod-" + A);
      users.news.accept(new News.Described(claimed, true));
      assertThat(known(containers.of(1))).isEqualTo(claimed);

      roots.happened(Life.STARTED, real);
      assertThat(known(containers.of(1))).isEqualTo(real);

      users.happened(Life.RENAMED, claimed);
      users.news.accept(new News.Described(claimed, false));
      users.news.accept(new News.Listed(Set.of()));

      assertThat(known(containers.of(1))).isEqualTo(real);
      assertThat(containers.running()).containsExactly(real);
    }
  }

  /// As fast as they can be told: more than a thousand in a minute, each of them removed.
  @Test
  void aThousandContainersComeAndGoWithoutOneThatHasNoName() throws Exception {
    Path socket = root.resolve("docker.sock");
    int count = 1_000;
    try (FakeDocker docker = new FakeDocker(socket);
        Containers containers = containers(new RestEngine(RestDialect.DOCKER, socket, false))) {
      containers.ready().get(10, TimeUnit.SECONDS);
      for (int i = 0; i < count; i++) {
        String attributes = "\"image\":\"app:1\",\"name\":\"web-%d\"".formatted(i);
        for (String action : List.of("create", "start", "die", "destroy")) {
          docker.emit(FakeDocker.event(action, id(i), attributes));
        }
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("created web-" + i);
        containers.born(100 + i, "/docker/" + id(i));
        assertThat(known(containers.of(100 + i)).name()).isEqualTo("web-" + i);
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("deleted web-" + i);
      }
      // The last packets of any of them may still come.
      for (int i = 0; i < count; i++) {
        assertThat(known(containers.of(100 + i)).name()).isEqualTo("web-" + i);
      }
      assertThat(containers.knownCount()).isZero();
    }
  }

  private static String id(int i) {
    return "%064x".formatted(i + 1);
  }
}
