package dev.jig.trace;

import static dev.jig.os.FakeProc.HOST_MOUNTS;
import static dev.jig.os.FakeProc.owner;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.ContainerListener;
import dev.jig.container.Containers;
import dev.jig.event.Container;
import dev.jig.filter.ContainerSelection;
import dev.jig.os.FakeProc;
import dev.jig.trace.Scope.Decision;
import dev.jig.trace.Scope.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Container scope on a host without a cgroup v2 per container: all packets have one cgroup id, and
/// the owner's /proc/PID/cgroup identifies the container.
@Timeout(30)
final class ContainersByProcessTest {
  private static final String A = "a".repeat(64);
  private static final String B = "b".repeat(64);
  private static final long MOUNTS = 4026533000L;

  @TempDir Path folder;
  private final List<String> reported = new ArrayList<>();
  private final List<Long> skipped = new ArrayList<>();
  private Path proc = Path.of("unset");
  private Containers containers = new Containers(proc, proc, List.of(), new ContainerListener() {});
  private long shared;

  @BeforeEach
  void begin() throws Exception {
    proc =
        new FakeProc(folder.resolve("proc"), "2:pids:/", "0::/")
            .process(7, 500, MOUNTS, "2:pids:/docker/" + A, "0::/system.slice")
            .process(8, 500, MOUNTS + 1, "2:pids:/docker/" + B, "0::/system.slice")
            .process(9, 500, HOST_MOUNTS, "2:pids:/system.slice", "0::/system.slice")
            .root();
    Path root = Files.createDirectories(folder.resolve("unified"));
    Path cgroup = Files.createDirectories(root.resolve("system.slice"));
    shared = (Long) Files.getAttribute(cgroup, "unix:ino");
    containers = new Containers(root, proc, List.of(), listener());
    containers.start();
    containers.ready().get(10, TimeUnit.SECONDS);
  }

  private ContainerListener listener() {
    return new ContainerListener() {
      @Override
      public void onDebug(String sentence) {
        reported.add(sentence);
      }
    };
  }

  @AfterEach
  void close() {
    containers.close();
  }

  private ContainerScope scope(String names, boolean host) {
    ContainerSelection selection = ContainerSelection.parse(names, host);
    return new ContainerScope(containers, selection, skipped::add, () -> {});
  }

  private static Verdict pass(String id) {
    return new Verdict(Decision.PASS, Container.unnamed("docker", id));
  }

  @Test
  void distinguishesContainersOfOneCgroup() {
    ContainerScope scope = scope("", false);
    assertThat(scope.decide(shared, owner(7, 500, MOUNTS, 1))).isEqualTo(pass(A));
    assertThat(scope.decide(shared, owner(8, 500, MOUNTS + 1, 1))).isEqualTo(pass(B));
    assertThat(scope.decide(shared, owner(9, 500, HOST_MOUNTS, 1)).decision())
        .isEqualTo(Decision.SKIP);
    assertThat(scope.decide(shared, owner(7, 500, MOUNTS, 1))).isEqualTo(pass(A));
  }

  @Test
  void neverSkipsASharedCgroupInTheKernel() {
    ContainerScope scope = scope(A, false);
    assertThat(scope.decide(shared, owner(7, 500, MOUNTS, 1))).isEqualTo(pass(A));
    assertThat(scope.decide(shared, owner(8, 500, MOUNTS + 1, 1)).decision())
        .isEqualTo(Decision.SKIP);
    assertThat(scope.decide(shared, owner(9, 500, HOST_MOUNTS, 1)).decision())
        .isEqualTo(Decision.SKIP);
    assertThat(skipped).isEmpty();
  }

  @Test
  void reportsThatContainersAreIdentifiedByProcess() {
    assertThat(reported).singleElement().asString().contains("identified by process");
  }

  @Test
  void listsContainersFoundByProcess() {
    assertThat(containers.allRunning())
        .containsExactlyInAnyOrder(Container.unnamed("docker", A), Container.unnamed("docker", B));
  }

  @Test
  void passesAnEndedProcessWithItsOwnMountsWithoutContainer() {
    // Gone: 10, and 7 was another process then
    for (var gone : List.of(owner(10, 700, MOUNTS, 1), owner(7, 300, MOUNTS, 1))) {
      assertThat(scope("", false).decide(shared, gone)).isEqualTo(new Verdict(Decision.PASS, null));
      assertThat(scope("", true).decide(shared, gone)).isEqualTo(new Verdict(Decision.PASS, null));
    }
  }

  @Test
  void isContainerUnknownForAnEndedProcessWithASelection() {
    ContainerScope scope = scope(A, false);
    assertThat(scope.decide(shared, owner(10, 700, MOUNTS, 1)).decision())
        .isEqualTo(Decision.CONTAINER_UNKNOWN);
    assertThat(scope.decide(shared, null).decision()).isEqualTo(Decision.CONTAINER_UNKNOWN);
    assertThat(scope.decideNow(shared, null).decision()).isEqualTo(Decision.CONTAINER_UNKNOWN);
  }

  @Test
  void countsAnEndedProcessWithHostMountsAsTheHosts() {
    var gone = owner(10, 700, HOST_MOUNTS, 1);
    assertThat(scope("", false).decide(shared, gone).decision()).isEqualTo(Decision.SKIP);
    assertThat(scope("", true).decide(shared, gone)).isEqualTo(new Verdict(Decision.PASS, null));
  }

  @Test
  void prefersTheCgroupsPathToTheProcess() {
    ContainerScope scope = scope("", false);
    scope.onCgroupCreated(1L << 40, "/docker/" + B);
    assertThat(scope.decide(1L << 40, owner(7, 500, MOUNTS, 1))).isEqualTo(pass(B));
  }

  @Test
  void usesTheProcessWhileTheCgroupsPathIsUnknown() {
    ContainerScope scope = scope("", false);
    assertThat(scope.decide(987_654_321, owner(7, 500, MOUNTS, 1))).isEqualTo(pass(A));
  }
}
