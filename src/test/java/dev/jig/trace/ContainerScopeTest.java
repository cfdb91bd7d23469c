package dev.jig.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.ContainerListener;
import dev.jig.container.ContainerRuntime;
import dev.jig.container.Containers;
import dev.jig.container.RuntimeEvent;
import dev.jig.container.RuntimeEvent.Transition;
import dev.jig.container.RuntimeKind;
import dev.jig.event.Container;
import dev.jig.filter.ContainerSelection;
import dev.jig.filter.LabelSelector;
import dev.jig.trace.Scope.Decision;
import dev.jig.trace.Scope.Verdict;
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

/// `-c` and `--host` applied to resolutions of cgroups, with a fake runtime.
@Timeout(30)
final class ContainerScopeTest {
  private static final String A = "a".repeat(64);
  private static final long OF_A = 1L << 40;
  private static final String UID = "8d2c1f3a-0b1c-4d5e-8f90-a1b2c3d4e5f6";

  private static final class FakeRuntime implements ContainerRuntime {
    Consumer<RuntimeEvent> news = _ -> {};
    boolean answering = true;

    @Override
    public RuntimeKind kind() {
      return RuntimeKind.DOCKER;
    }

    @Override
    public void start(Consumer<RuntimeEvent> to) {
      news = to;
    }

    @Override
    public boolean canAnswer() {
      return answering;
    }

    @Override
    public void inspect(String id) {}

    @Override
    public void close() {}
  }

  @TempDir Path root;
  private final FakeRuntime docker = new FakeRuntime();
  private final List<Long> skipped = new ArrayList<>();
  private int changes;
  private Containers containers =
      new Containers(Path.of("unset"), List.of(), new ContainerListener() {});

  @BeforeEach
  void begin() throws Exception {
    containers =
        new Containers(root, root.resolve("proc"), List.of(docker), new ContainerListener() {});
    containers.start();
    docker.news.accept(new RuntimeEvent.Listed(Set.of()));
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
    docker.news.accept(new RuntimeEvent.Inspected(container(name), true));
  }

  /// A cgroup outside containers, and its id.
  private long hostCgroup() throws Exception {
    Path cgroup = Files.createDirectory(root.resolve("system.slice"));
    long id = (Long) Files.getAttribute(cgroup, "unix:ino");
    containers.onCgroupCreated(id, "/system.slice");
    return id;
  }

  @Test
  void passesAContainerWithItsName() {
    ContainerScope scope = scope("", false);
    name("web");
    scope.onCgroupCreated(OF_A, "/docker/" + A);
    assertThat(scope.decide(OF_A, null)).isEqualTo(new Verdict(Decision.PASS, container("web")));
    assertThat(skipped).isEmpty();
  }

  @Test
  void skipsTheHostInTheKernel() throws Exception {
    ContainerScope scope = scope("", false);
    long host = hostCgroup();
    assertThat(scope.decide(host, null).decision()).isEqualTo(Decision.SKIP);
    assertThat(skipped).containsExactly(host);
  }

  @Test
  void passesTheHostWithHostOption() throws Exception {
    ContainerScope scope = scope("", true);
    assertThat(scope.decide(hostCgroup(), null)).isEqualTo(new Verdict(Decision.PASS, null));
    assertThat(skipped).isEmpty();
  }

  @Test
  void neverSkipsTheSharedRootInTheKernel() {
    ContainerScope scope = scope("", false);
    scope.onCgroupCreated(1, "/");
    assertThat(scope.decide(1, null).decision()).isEqualTo(Decision.SKIP);
    assertThat(skipped).isEmpty();
  }

  @Test
  void holdsUntilTheNameIsKnown() {
    ContainerScope scope = scope("web", false);
    scope.onCgroupCreated(OF_A, "/docker/" + A);
    assertThat(scope.decide(OF_A, null).decision()).isEqualTo(Decision.HOLD);
    assertThat(skipped).isEmpty();

    name("other");

    assertThat(scope.decide(OF_A, null).decision()).isEqualTo(Decision.SKIP);
    assertThat(skipped).containsExactly(OF_A);
  }

  @Test
  void clearsSkipsWhenARenamedContainerIsWanted() {
    ContainerScope scope = scope("web", false);
    scope.onCgroupCreated(OF_A, "/docker/" + A);
    name("other");
    assertThat(scope.decide(OF_A, null).decision()).isEqualTo(Decision.SKIP);
    int before = changes;

    name("web");

    assertThat(scope.decide(OF_A, null)).isEqualTo(new Verdict(Decision.PASS, container("web")));
    assertThat(changes).isGreaterThan(before);
  }

  @Test
  void isNameUnknownIfNoRuntimeAnswers() {
    ContainerScope scope = scope("web", false);
    scope.onCgroupCreated(OF_A, "/docker/" + A);
    docker.answering = false;
    docker.news.accept(new RuntimeEvent.Unreachable());
    assertThat(scope.decide(OF_A, null).decision()).isEqualTo(Decision.NAME_UNKNOWN);
    assertThat(scope.decideNow(OF_A, null).decision()).isEqualTo(Decision.NAME_UNKNOWN);
    assertThat(skipped).isEmpty();
  }

  @Test
  void passesByIdIfNoRuntimeAnswers() {
    ContainerScope scope = scope(A.substring(0, 12), false);
    scope.onCgroupCreated(OF_A, "/docker/" + A);
    docker.answering = false;
    docker.news.accept(new RuntimeEvent.Unreachable());
    assertThat(scope.decide(OF_A, null))
        .isEqualTo(new Verdict(Decision.PASS, Container.unnamed("docker", A)));
  }

  @Test
  void passesWithTheIdOfThePathAfterTheWait() {
    ContainerScope scope = scope("", false);
    scope.onCgroupCreated(OF_A, "/docker/" + A);
    assertThat(scope.decide(OF_A, null).decision()).isEqualTo(Decision.HOLD);
    assertThat(scope.decideNow(OF_A, null))
        .isEqualTo(new Verdict(Decision.PASS, Container.unnamed("docker", A)));
  }

  @Test
  void keepsSkipsWhileOtherContainersComeAndGo() {
    ContainerScope scope = scope("web", false);
    scope.onCgroupCreated(OF_A, "/docker/" + A);
    name("other");
    scope.decide(OF_A, null);
    assertThat(skipped).containsExactly(OF_A);

    for (int i = 0; i < 1_000; i++) {
      String id = "%064x".formatted(i);
      Container one = new Container("docker", id, "web", "app:1", null, Map.of(), null);
      scope.onCgroupCreated(1_000_000 + i, "/docker/" + id);
      for (Transition life :
          List.of(Transition.CREATED, Transition.STARTED, Transition.STOPPED, Transition.REMOVED)) {
        docker.news.accept(new RuntimeEvent.Lifecycle(one, life, Instant.EPOCH));
      }
      assertThat(scope.decide(1_000_000 + i, null)).isEqualTo(new Verdict(Decision.PASS, one));
    }

    assertThat(changes).isZero();
    assertThat(skipped).containsExactly(OF_A);
  }

  @Test
  void keepsSkipsIfTheNewNameIsUnwantedToo() {
    ContainerScope scope = scope("web", false);
    scope.onCgroupCreated(OF_A, "/docker/" + A);
    name("other");
    scope.decide(OF_A, null);

    name("another");
    scope.refresh();

    assertThat(changes).isZero();
    assertThat(scope.decide(OF_A, null).container()).isEqualTo(container("another"));
  }

  @Test
  void clearsSkipsWithoutAPacket() {
    ContainerScope scope = scope("web", false);
    scope.onCgroupCreated(OF_A, "/docker/" + A);
    name("other");
    scope.decide(OF_A, null);

    name("web");
    scope.refresh();

    assertThat(changes).isEqualTo(1);
  }

  @Test
  void skipsOtherCgroupsAgainAfterClearing() {
    // Given two containers that are not wanted
    String b = "b".repeat(64);
    ContainerScope scope = scope("web", false);
    scope.onCgroupCreated(OF_A, "/docker/" + A);
    scope.onCgroupCreated(77, "/docker/" + b);
    name("other");
    docker.news.accept(
        new RuntimeEvent.Inspected(
            new Container("docker", b, "b", null, null, Map.of(), null), true));
    scope.decide(OF_A, null);
    scope.decide(77, null);
    skipped.clear();

    // When one of them becomes wanted
    name("web");
    scope.decide(OF_A, null);

    // Then the next packet of the other renews its verdict
    scope.decide(77, null);
    assertThat(changes).isEqualTo(1);
    assertThat(skipped).containsExactly(77L);
  }

  @Test
  void skipsAgainAtEachPacketThatIsStillRecorded() {
    ContainerScope scope = scope("web", false);
    scope.onCgroupCreated(OF_A, "/docker/" + A);
    name("other");
    scope.decide(OF_A, null);
    scope.decide(OF_A, null);
    assertThat(skipped).containsExactly(OF_A, OF_A);
  }

  @Test
  void clearsSkipsWhenAPodsLabelsChange() {
    // Given
    ContainerSelection selection =
        ContainerSelection.parse("", false).withLabels(LabelSelector.parse("app in (web, shop)"));
    ContainerScope scope = new ContainerScope(containers, selection, skipped::add, () -> changes++);
    scope.onCgroupCreated(OF_A, "/kubepods/pod" + UID + "/" + A);
    assertThat(scope.decide(OF_A, null).decision()).isEqualTo(Decision.HOLD);

    // Also while its name is known and its pod's labels are not
    label(null);
    assertThat(scope.decide(OF_A, null).decision()).isEqualTo(Decision.HOLD);
    assertThat(scope.decideNow(OF_A, null).decision()).isEqualTo(Decision.NAME_UNKNOWN);
    assertThat(skipped).isEmpty();

    // When its labels are not the ones
    label(Map.of("app", "db"));
    assertThat(scope.decide(OF_A, null).decision()).isEqualTo(Decision.SKIP);
    assertThat(skipped).containsExactly(OF_A);

    // And when they become so
    label(Map.of("app", "shop"));
    assertThat(scope.decide(OF_A, null).decision()).isEqualTo(Decision.PASS);
    assertThat(changes).isEqualTo(1);
  }

  private void label(@Nullable Map<String, String> labels) {
    var pod = new Container.Pod("shop", "web-0", UID, labels, "web", false);
    docker.news.accept(
        new RuntimeEvent.Inspected(
            new Container("docker", A, "web", "app:1", null, Map.of(), pod), true));
  }

  @Test
  void skipsByIdUntilARuntimeGivesTheName() {
    // Given an id that could also be a name
    ContainerScope scope = scope("bbbbbbbbbbbb", false);
    scope.onCgroupCreated(OF_A, "/docker/" + A);
    docker.answering = false;
    docker.news.accept(new RuntimeEvent.Unreachable());
    assertThat(scope.decide(OF_A, null).decision()).isEqualTo(Decision.SKIP);
    assertThat(skipped).containsExactly(OF_A);

    // When it turns out to be one
    docker.answering = true;
    name("bbbbbbbbbbbb");

    // Then the verdict is taken back
    assertThat(scope.decide(OF_A, null).decision()).isEqualTo(Decision.PASS);
    assertThat(changes).isEqualTo(1);
  }

  @Test
  void isContainerUnknownForAnUnknownCgroupAndNeverSkipsIt() throws Exception {
    ContainerScope scope = scope("", false);
    assertThat(scope.decide(987_654_321, null).decision()).isEqualTo(Decision.HOLD);
    assertThat(scope.decideNow(987_654_321, null).decision()).isEqualTo(Decision.CONTAINER_UNKNOWN);
    assertThat(skipped).isEmpty();
    assertThat(scope("", true).decideNow(987_654_321, null))
        .isEqualTo(new Verdict(Decision.PASS, null));
  }

  @Test
  void resolvesAgainAfterALateNotice() throws Exception {
    // Given an id that a walk did not meet
    ContainerScope scope = scope("", false);
    long before = containers.generation();
    scope.decide(987_654_321, null);
    while (containers.generation() == before) {
      Thread.onSpinWait();
    }
    assertThat(scope.decide(987_654_321, null).decision()).isEqualTo(Decision.CONTAINER_UNKNOWN);

    // When its birth is reported
    name("web");
    scope.onCgroupCreated(987_654_321, "/docker/" + A);

    // Then it is known
    assertThat(scope.decide(987_654_321, null))
        .isEqualTo(new Verdict(Decision.PASS, container("web")));
  }
}
