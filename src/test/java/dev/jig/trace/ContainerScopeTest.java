package dev.jig.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.ContainerListener;
import dev.jig.container.ContainerRuntime;
import dev.jig.container.ContainerRuntime.News;
import dev.jig.container.Containers;
import dev.jig.event.Container;
import dev.jig.filter.ContainerSelection;
import dev.jig.trace.Scope.Answer;
import dev.jig.trace.Scope.Decision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The container rule, `-c` and `--host` over what the registry knows; the runtime is the test's.
@Timeout(30)
final class ContainerScopeTest {
  private static final String A = "a".repeat(64);
  private static final long OF_A = 1L << 40;

  private static final class Told implements ContainerRuntime {
    Consumer<News> news = _ -> {};
    boolean answering = true;

    @Override
    public String name() {
      return "docker";
    }

    @Override
    public void start(Consumer<News> to) {
      news = to;
    }

    @Override
    public boolean isAnswering() {
      return answering;
    }

    @Override
    public void ask(String id) {}

    @Override
    public void close() {}
  }

  @TempDir Path root;
  private final Told docker = new Told();
  private final List<Long> skipped = new ArrayList<>();
  private int changes;
  private Containers containers =
      new Containers(Path.of("unset"), List.of(), new ContainerListener() {});

  @BeforeEach
  void begin() throws Exception {
    containers = new Containers(root, List.of(docker), new ContainerListener() {});
    containers.start();
    docker.news.accept(new News.Listed(Set.of()));
    containers.ready().get(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() {
    containers.close();
  }

  private ContainerScope scope(String names, boolean host) {
    return new ContainerScope(
        containers, ContainerSelection.parse(names, host), skipped::add, () -> changes++);
  }

  private static Container container(String name) {
    return new Container("docker", A, name, "app:1", null, Map.of(), null);
  }

  private void name(String name) {
    docker.news.accept(new News.Described(container(name), true));
  }

  /// A cgroup outside containers, and its id.
  private long hostCgroup() throws Exception {
    Path cgroup = Files.createDirectory(root.resolve("system.slice"));
    long id = (Long) Files.getAttribute(cgroup, "unix:ino");
    containers.born(id, "/system.slice");
    return id;
  }

  @Test
  void passesAContainerAsksAndNamesIt() {
    ContainerScope scope = scope("", false);
    name("web");
    scope.born(OF_A, "/docker/" + A);
    assertThat(scope.of(OF_A)).isEqualTo(new Answer(Decision.PASS, container("web")));
    assertThat(skipped).isEmpty();
  }

  @Test
  void skipsTheHostAndTellsTheKernel() throws Exception {
    ContainerScope scope = scope("", false);
    long host = hostCgroup();
    assertThat(scope.of(host).decision()).isEqualTo(Decision.SKIP);
    assertThat(skipped).containsExactly(host);
  }

  @Test
  void passesTheHostIfAskedFor() throws Exception {
    ContainerScope scope = scope("", true);
    assertThat(scope.of(hostCgroup())).isEqualTo(new Answer(Decision.PASS, null));
    assertThat(skipped).isEmpty();
  }

  @Test
  void givesNoVerdictOnTheRootThatOthersShare() {
    ContainerScope scope = scope("", false);
    scope.born(1, "/");
    assertThat(scope.of(1).decision()).isEqualTo(Decision.SKIP);
    assertThat(skipped).isEmpty();
  }

  @Test
  void holdsWithoutVerdictUntilTheNameCame() {
    ContainerScope scope = scope("web", false);
    scope.born(OF_A, "/docker/" + A);
    assertThat(scope.of(OF_A).decision()).isEqualTo(Decision.HOLD);
    assertThat(skipped).isEmpty();

    name("other");

    assertThat(scope.of(OF_A).decision()).isEqualTo(Decision.SKIP);
    assertThat(skipped).containsExactly(OF_A);
  }

  @Test
  void takesVerdictsBackWhenAContainerIsRenamed() {
    ContainerScope scope = scope("web", false);
    scope.born(OF_A, "/docker/" + A);
    name("other");
    assertThat(scope.of(OF_A).decision()).isEqualTo(Decision.SKIP);
    int before = changes;

    name("web");

    assertThat(scope.of(OF_A)).isEqualTo(new Answer(Decision.PASS, container("web")));
    assertThat(changes).isGreaterThan(before);
  }

  @Test
  void countsAsNameUnknownWhatOnlyANameCouldDecide() {
    ContainerScope scope = scope("web", false);
    scope.born(OF_A, "/docker/" + A);
    docker.answering = false;
    docker.news.accept(new News.Unreachable());
    assertThat(scope.of(OF_A).decision()).isEqualTo(Decision.NAME_UNKNOWN);
    assertThat(scope.afterWaiting(OF_A).decision()).isEqualTo(Decision.NAME_UNKNOWN);
    assertThat(skipped).isEmpty();
  }

  @Test
  void passesByIdWithoutAnyRuntime() {
    ContainerScope scope = scope(A.substring(0, 12), false);
    scope.born(OF_A, "/docker/" + A);
    docker.answering = false;
    docker.news.accept(new News.Unreachable());
    assertThat(scope.of(OF_A)).isEqualTo(new Answer(Decision.PASS, Container.unnamed("docker", A)));
  }

  @Test
  void showsAfterWaitingTheIdThatThePathTold() {
    ContainerScope scope = scope("", false);
    scope.born(OF_A, "/docker/" + A);
    assertThat(scope.of(OF_A).decision()).isEqualTo(Decision.HOLD);
    assertThat(scope.afterWaiting(OF_A))
        .isEqualTo(new Answer(Decision.PASS, Container.unnamed("docker", A)));
  }
}
