package dev.jig.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.ContainerRuntime.Life;
import dev.jig.container.ContainerRuntime.News;
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

  /// A runtime whose news the test tells.
  private static final class Scripted implements ContainerRuntime {
    final List<String> asked = new ArrayList<>();
    boolean answering = true;
    Consumer<News> news = _ -> {};

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
    public void ask(String id) {
      asked.add(id);
    }

    @Override
    public void close() {}
  }

  /// Writes down what it hears.
  private static final class Heard implements ContainerListener {
    final List<String> lines = new ArrayList<>();

    @Override
    public void created(Container container, Instant at) {
      lines.add("created " + container.name() + " " + at.getEpochSecond());
    }

    @Override
    public void deleted(Container container, Instant at) {
      lines.add("deleted " + container.name() + " " + at.getEpochSecond());
    }

    @Override
    public void warning(String sentence) {
      lines.add("warning " + sentence);
    }
  }

  @TempDir Path root;
  private final Scripted docker = new Scripted();
  private final Heard heard = new Heard();
  private Containers containers = new Containers(Path.of("unset"), List.of(), heard);

  @BeforeEach
  void begin() throws Exception {
    containers = new Containers(root, root.resolve("proc"), List.of(docker), heard);
    containers.start();
    docker.news.accept(new News.Listed(Set.of()));
    containers.ready().get(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() {
    containers.close();
  }

  private static Container web(String id, String name) {
    return new Container("docker", id, name, "app:1", null, Map.of(), null);
  }

  private void happened(String id, String name, Life life) {
    docker.news.accept(new News.Happened(web(id, name), life, AT));
  }

  @Test
  void namesAContainerWhoseEventCameBeforeItsCgroup() {
    // Given
    happened(A, "web", Life.CREATED);

    // When
    containers.born(7, "/docker/" + A);

    // Then
    assertThat(containers.of(7)).isEqualTo(new Lookup.Known(web(A, "web")));
    assertThat(docker.asked).isEmpty();
  }

  @Test
  void holdsUntilTheRuntimeAnswersAndAsksItOnce() {
    // Given a cgroup whose container nobody has named yet
    containers.born(7, "/docker/" + A);
    Container bare = Container.unnamed("docker", A);
    assertThat(containers.of(7)).isEqualTo(new Lookup.Pending(bare));
    assertThat(containers.of(7)).isEqualTo(new Lookup.Pending(bare));
    assertThat(docker.asked).containsExactly(A);
    long before = containers.generation();

    // When its description comes
    docker.news.accept(new News.Described(web(A, "web"), true));

    // Then the generation has risen and the name is there
    assertThat(containers.generation()).isGreaterThan(before);
    assertThat(containers.of(7)).isEqualTo(new Lookup.Known(web(A, "web")));
  }

  @Test
  void givesUpWhenTheRuntimeDoesNotKnowTheId() {
    containers.born(7, "/docker/" + A);
    containers.of(7);
    long before = containers.generation();
    docker.news.accept(new News.NotFound(A));
    assertThat(containers.generation()).isGreaterThan(before);
    assertThat(containers.of(7)).isEqualTo(new Lookup.Unnamed(Container.unnamed("docker", A)));
    assertThat(docker.asked).containsExactly(A);
  }

  @Test
  void doesNotHoldForAnAbsentRuntimeButAsksOnceItIsBack() {
    // Given
    docker.answering = false;
    docker.news.accept(new News.Unreachable());
    containers.born(7, "/docker/" + A);
    assertThat(containers.of(7)).isEqualTo(new Lookup.Unnamed(Container.unnamed("docker", A)));
    assertThat(docker.asked).isEmpty();

    // When
    docker.answering = true;
    docker.news.accept(new News.Listed(Set.of()));

    // Then
    assertThat(containers.of(7)).isInstanceOf(Lookup.Pending.class);
    assertThat(docker.asked).containsExactly(A);
  }

  @Test
  void stopsHoldingWhenTheRuntimeGoesAway() {
    containers.born(7, "/docker/" + A);
    assertThat(containers.of(7)).isInstanceOf(Lookup.Pending.class);
    docker.answering = false;
    docker.news.accept(new News.Unreachable());
    assertThat(containers.of(7)).isInstanceOf(Lookup.Unnamed.class);
  }

  @Test
  void keepsKnownNamesWhileTheRuntimeIsAway() {
    happened(A, "web", Life.STARTED);
    containers.born(7, "/docker/" + A);
    docker.answering = false;
    docker.news.accept(new News.Unreachable());
    assertThat(containers.of(7)).isEqualTo(new Lookup.Known(web(A, "web")));
  }

  @Test
  void asksNobodyAboutAContainerOfARuntimeThatIsNotFollowed() {
    containers.born(7, "/machine.slice/libpod-" + A + ".scope");
    assertThat(containers.of(7)).isEqualTo(new Lookup.Unnamed(Container.unnamed("podman", A)));
    assertThat(docker.asked).isEmpty();
  }

  @Test
  void showsThePodUidWithoutAnyRuntime() {
    String uid = "8d2c1f3a-0b1c-4d5e-8f90-a1b2c3d4e5f6";
    containers.born(7, "/kubepods/burstable/pod" + uid + "/crio-" + A);
    var pod = new Container.Pod(null, null, uid, null, null, false);
    assertThat(containers.of(7))
        .isEqualTo(new Lookup.Unnamed(new Container("cri-o", A, null, null, null, Map.of(), pod)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/system.slice/cron.service", "/docker"})
  void leavesHostProcessesToTheHost(String path) {
    containers.born(7, path);
    assertThat(containers.of(7)).isEqualTo(Lookup.HOST);
    assertThat(containers.of(0)).isEqualTo(Lookup.HOST);
  }

  @Test
  void takesTheInnermostContainerThatHasAName() {
    // Given a container within a container, of which only the outer one has a name
    happened(A, "outer", Life.STARTED);
    containers.born(7, "/docker/" + A + "/docker/" + B);
    assertThat(containers.of(7)).isEqualTo(new Lookup.Known(web(A, "outer")));

    // When the inner one gets a name too
    happened(B, "inner", Life.STARTED);

    // Then it is the answer
    assertThat(containers.of(7)).isEqualTo(new Lookup.Known(web(B, "inner")));
  }

  @Test
  void takesTheOutermostWhileNoneHasAName() {
    containers.born(7, "/docker/" + A + "/docker/" + B);
    assertThat(containers.of(7)).isEqualTo(new Lookup.Pending(Container.unnamed("docker", A)));
    docker.news.accept(new News.NotFound(A));
    docker.news.accept(new News.NotFound(B));
    assertThat(containers.of(7)).isEqualTo(new Lookup.Unnamed(Container.unnamed("docker", A)));
  }

  @Test
  void followsARename() {
    happened(A, "old", Life.STARTED);
    containers.born(7, "/docker/" + A);
    containers.of(7);
    long before = containers.generation();
    happened(A, "new", Life.RENAMED);
    assertThat(containers.generation()).isGreaterThan(before);
    assertThat(containers.of(7)).isEqualTo(new Lookup.Known(web(A, "new")));
    assertThat(containers.knownCount()).isEqualTo(1);
  }

  @Test
  void keepsWhatADescriptionToldWhenAnEventTellsLess() {
    Container full =
        new Container("docker", A, "web", "app:1", "sha256:aa", Map.of("name", "label"), null);
    docker.news.accept(new News.Described(full, true));
    long before = containers.generation();
    happened(A, "web", Life.STOPPED);
    containers.born(7, "/docker/" + A);
    assertThat(containers.of(7)).isEqualTo(new Lookup.Known(full));
    assertThat(containers.generation()).isEqualTo(before);
  }

  @Test
  void remembersARemovedContainerForItsLastPackets() {
    happened(A, "web", Life.STARTED);
    happened(A, "web", Life.REMOVED);
    containers.born(7, "/docker/" + A);
    assertThat(containers.of(7)).isEqualTo(new Lookup.Known(web(A, "web")));
    assertThat(containers.knownCount()).isZero();
  }

  @Test
  void forgetsRemovedContainersBeyondTenThousand() {
    for (int i = 0; i <= 10_000; i++) {
      String id = "%064x".formatted(i);
      happened(id, "c" + i, Life.REMOVED);
    }
    containers.born(7, "/docker/" + "%064x".formatted(0));
    containers.born(8, "/docker/" + "%064x".formatted(10_000));
    assertThat(containers.of(7)).isInstanceOf(Lookup.Pending.class);
    assertThat(containers.of(8)).isInstanceOf(Lookup.Known.class);
  }

  @Test
  void tellsListenersWhenContainersRunAndStop() {
    docker.news.accept(new News.Described(web(B, "stopped"), false));
    happened(A, "web", Life.CREATED);
    happened(A, "web", Life.STARTED);
    docker.news.accept(new News.Described(web(A, "web"), true));
    happened(A, "site", Life.RENAMED);
    happened(A, "site", Life.STOPPED);
    happened(A, "site", Life.REMOVED);
    docker.news.accept(new News.Warning("w"));
    assertThat(heard.lines)
        .containsExactly(
            "created web 1795400477",
            "deleted web 1795400477",
            "created site 1795400477",
            "deleted site 1795400477",
            "warning w");
  }

  @Test
  void endsWhatTheListingAfterAReconnectNoLongerHas() {
    happened(A, "gone", Life.STARTED);
    happened(B, "here", Life.STARTED);
    docker.news.accept(new News.Listed(Set.of(B)));
    assertThat(containers.running()).containsExactly(web(B, "here"));
    assertThat(heard.lines.getLast()).startsWith("deleted gone ");
  }

  @Test
  void findsACgroupOlderThanTheTracerByWalking() throws Exception {
    // Given a container that runs already
    happened(A, "web", Life.STARTED);
    Path cgroup = Files.createDirectories(root.resolve("docker/" + A));
    long id = ((Number) Files.getAttribute(cgroup, "unix:ino")).longValue();
    long before = containers.generation();

    // When it is asked for, its path is not known at first
    Lookup first = containers.of(id);
    assertThat(first).isEqualTo(new Lookup.Pending(null));
    assertThat(((Lookup.Pending) first).givenUp()).isEqualTo(Lookup.UNKNOWN);

    // Then the walk that this caused finds it
    while (containers.generation() == before) {
      Thread.onSpinWait();
    }
    assertThat(containers.of(id)).isEqualTo(new Lookup.Known(web(A, "web")));
  }

  @Test
  void cannotTellOfAnIdThatNoWalkMeets() {
    long before = containers.generation();
    assertThat(containers.of(987_654_321)).isEqualTo(new Lookup.Pending(null));
    while (containers.generation() == before) {
      Thread.onSpinWait();
    }
    assertThat(containers.of(987_654_321)).isEqualTo(Lookup.UNKNOWN);

    // Unless its birth is reported after all
    containers.born(987_654_321, "/machine.slice/libpod-" + A + ".scope");
    assertThat(containers.of(987_654_321)).isInstanceOf(Lookup.Unnamed.class);
  }

  @Test
  void tellsFollowersOfExactlyWhatChanged() {
    // Given containers within a container, and one beside them
    List<String> told = new ArrayList<>();
    containers.follow(told(told));
    happened(A, "outer", Life.STARTED);
    happened(B, "beside", Life.STARTED);
    containers.born(7, "/docker/" + A);
    containers.born(8, "/docker/" + A + "/docker/" + C);
    containers.born(9, "/docker/" + B);
    List.of(7L, 8L, 9L).forEach(containers::of);

    // When one that nobody asked for comes and goes, then nobody is told
    happened("d".repeat(64), "new", Life.STARTED);
    happened("d".repeat(64), "new", Life.REMOVED);
    containers.renew();
    assertThat(told).isEmpty();

    // When the inner one gets a name, then only its cgroup has another answer
    happened(C, "inner", Life.STARTED);
    containers.renew();
    assertThat(told).containsExactly("8: outer -> inner");

    // When the outer one is renamed, then that is not the inner one's affair
    told.clear();
    happened(A, "renamed", Life.RENAMED);
    containers.renew();
    assertThat(told).containsExactly("7: outer -> renamed");
  }

  private static Containers.Follower told(List<String> told) {
    return new Containers.Follower() {
      @Override
      public void changed(long cgroupId, Lookup before, @Nullable Lookup now) {
        told.add(cgroupId + ": " + name(before) + " -> " + name(now));
      }

      @Override
      public void allChanged() {
        told.add("all");
      }

      private static @Nullable String name(@Nullable Lookup lookup) {
        return lookup instanceof Lookup.Known(Container container) ? container.name() : "?";
      }
    };
  }

  @Test
  void asksAgainOnlyForWhatHasNoNameWhenARuntimeIsBack() {
    // Given
    List<String> told = new ArrayList<>();
    containers.follow(told(told));
    happened(A, "web", Life.STARTED);
    containers.born(7, "/docker/" + A);
    containers.born(8, "/docker/" + B);
    containers.of(7);
    containers.of(8);
    docker.news.accept(new News.NotFound(B));
    containers.renew();
    told.clear();

    // When it connects anew
    docker.news.accept(new News.Listed(Set.of(A)));
    containers.renew();

    // Then
    assertThat(told).containsExactly("8: ? -> ?");
  }

  @Test
  void beginsAnewWhenMoreHasChangedThanItKeeps() {
    // Given nobody looks while 10,001 containers come
    List<String> told = new ArrayList<>();
    containers.follow(told(told));
    happened(A, "old", Life.STARTED);
    containers.born(7, "/docker/" + A);
    containers.of(7);
    for (int i = 0; i <= 10_000; i++) {
      happened("%064x".formatted(i), "c" + i, Life.STARTED);
    }
    happened(A, "new", Life.RENAMED);

    // When it is looked again
    containers.renew();

    // Then nothing old is answered
    assertThat(told).containsExactly("all");
    assertThat(containers.of(7)).isEqualTo(new Lookup.Known(web(A, "new")));
  }

  @Test
  void isReadyWithoutAnyRuntime() throws Exception {
    try (Containers alone =
        new Containers(root.resolve("absent"), root.resolve("proc"), List.of(), heard)) {
      alone.start();
      alone.ready().get(10, TimeUnit.SECONDS);
      assertThat(alone.knownCount()).isZero();
    }
  }
}
