package dev.jig.container;

import static dev.jig.os.FakeProc.HOST_MOUNTS;
import static dev.jig.os.FakeProc.owner;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.ProcessContainers.Need;
import dev.jig.event.Owner;
import dev.jig.os.FakeProc;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Containers resolved by process on a host with cgroup v1; start times are in ticks.
final class ProcessContainersTest {
  private static final String A = "a".repeat(64);
  private static final String B = "b".repeat(64);
  private static final long MOUNTS = 4026533000L;

  @TempDir Path folder;

  private FakeProc host(String... self) throws IOException {
    return new FakeProc(folder.resolve("proc"), self);
  }

  private FakeProc hybridHost() throws IOException {
    return host("2:pids:/", "0::/");
  }

  private static Need need(FakeProc proc) {
    ProcessContainers processes = new ProcessContainers(proc.root());
    processes.scan();
    return processes.need();
  }

  private static @Nullable String path(ProcessContainers processes, Owner owner) {
    CgroupPath path = processes.path(owner);
    return path == null
        ? null
        : path.containers().stream().map(CgroupPath.Id::id).collect(Collectors.joining("/"));
  }

  @Test
  void isDisabledWithV2Only() throws IOException {
    FakeProc proc = host("0::/user.slice").process(7, 500, MOUNTS, "0::/docker/" + A);
    assertThat(new ProcessContainers(proc.root()).isEnabled()).isFalse();
    assertThat(need(proc)).isEqualTo(Need.NO);
    assertThat(new ProcessContainers(folder.resolve("absent")).isEnabled()).isFalse();
  }

  @Test
  void isNeededIfAContainerHasNoCgroupV2OfItsOwn() throws IOException {
    FakeProc proc =
        hybridHost()
            .process(7, 500, MOUNTS, "2:pids:/docker/" + A, "0::/docker/" + A)
            .process(8, 500, MOUNTS, "2:pids:/docker/" + B, "0::/system.slice/docker.service");
    ProcessContainers processes = new ProcessContainers(proc.root());
    processes.scan();
    assertThat(processes.need()).isEqualTo(Need.YES);
    assertThat(processes.v1OnlyPaths()).containsExactly(CgroupPath.parse("/docker/" + B));
  }

  @Test
  void isNeededOnAHostWithoutCgroupV2() throws IOException {
    FakeProc proc = host("1:name=systemd:/").process(7, 500, MOUNTS, "1:name=systemd:/docker/" + A);
    assertThat(need(proc)).isEqualTo(Need.YES);
  }

  @Test
  void isNotNeededIfEveryContainerHasACgroupV2OfItsOwn() throws IOException {
    FakeProc proc = hybridHost().process(7, 500, MOUNTS, "2:pids:/docker/" + A, "0::/docker/" + A);
    assertThat(new ProcessContainers(proc.root()).isEnabled()).as("before the look").isTrue();
    assertThat(need(proc)).isEqualTo(Need.NO);
  }

  @Test
  void mayBeNeededIfNoContainerRuns() throws IOException {
    assertThat(need(hybridHost())).isEqualTo(Need.POSSIBLE);
  }

  @Test
  void resolvesALiveProcess() throws IOException {
    FakeProc proc =
        hybridHost()
            .process(7, 500, MOUNTS, "2:pids:/docker/" + A, "0::/")
            .process(8, 600, HOST_MOUNTS, "2:pids:/system.slice", "0::/");
    ProcessContainers processes = new ProcessContainers(proc.root());
    assertThat(path(processes, owner(7, 500, MOUNTS, 1))).isEqualTo(A);
    assertThat(path(processes, owner(8, 600, HOST_MOUNTS, 1))).isEmpty();
  }

  @Test
  void keepsAProcessThatHasExited() throws IOException {
    FakeProc proc = hybridHost().process(7, 500, MOUNTS, "2:pids:/docker/" + A, "0::/");
    ProcessContainers processes = new ProcessContainers(proc.root());
    path(processes, owner(7, 500, MOUNTS, 1));
    proc.remove(7);
    assertThat(path(processes, owner(7, 500, MOUNTS, 1))).isEqualTo(A);
  }

  @Test
  void doesNotMistakeAProcessForAnotherWithTheSamePid() throws IOException {
    // Given a reused pid that now belongs to a container
    FakeProc proc = hybridHost().process(7, 900, MOUNTS, "2:pids:/docker/" + B, "0::/");
    ProcessContainers processes = new ProcessContainers(proc.root());

    assertThat(path(processes, owner(7, 500, MOUNTS, 1))).isNull();
    assertThat(path(processes, owner(7, 900, MOUNTS, 1))).isEqualTo(B);
    assertThat(path(processes, owner(7, 500, MOUNTS, 1))).isNull();
  }

  @Test
  void doesNotResolveAProcessThatIsGone() throws IOException {
    ProcessContainers processes = new ProcessContainers(hybridHost().root());
    assertThat(path(processes, owner(7, 500, MOUNTS, 6))).isNull();
    assertThat(processes.path(null)).isNull();
  }

  @Test
  void recognizesTheHostsMountNamespace() throws IOException {
    ProcessContainers processes = new ProcessContainers(hybridHost().root());
    assertThat(processes.hasHostMounts(owner(7, 500, HOST_MOUNTS, 6))).isTrue();
    assertThat(processes.hasHostMounts(owner(7, 500, MOUNTS, 6))).isFalse();
  }

  @Test
  void resolvesAnExitedProcessByItsParentInTheContainer() throws IOException {
    FakeProc proc = hybridHost().process(6, 400, MOUNTS, "2:pids:/docker/" + A, "0::/");
    assertThat(path(new ProcessContainers(proc.root()), owner(7, 500, MOUNTS, 6))).isEqualTo(A);
  }

  @Test
  void resolvesAZombieAsAnExitedProcess() throws IOException {
    FakeProc proc =
        hybridHost()
            .process(6, 400, MOUNTS, "2:pids:/docker/" + A, "0::/")
            .zombie(7, 500, MOUNTS)
            .zombie(8, 500, MOUNTS + 1);
    ProcessContainers processes = new ProcessContainers(proc.root());
    assertThat(path(processes, owner(7, 500, MOUNTS, 6))).isEqualTo(A);
    assertThat(path(processes, owner(8, 500, MOUNTS + 1, 6))).isNull();
    assertThat(path(processes, owner(9, 600, MOUNTS, 7))).as("by a zombie").isNull();
  }

  @Test
  void doesNotResolveByAParentThatMayBeAnotherProcess() throws IOException {
    FakeProc proc =
        hybridHost()
            .process(4, 400, MOUNTS, "2:pids:/system.slice", "0::/") // not in a container
            .process(5, 400, MOUNTS + 1, "2:pids:/docker/" + A, "0::/") // a runtime's child
            .process(6, 500, MOUNTS, "2:pids:/docker/" + A, "0::/"); // not surely the elder
    ProcessContainers processes = new ProcessContainers(proc.root());
    assertThat(path(processes, owner(7, 500, MOUNTS, 4))).isNull();
    assertThat(path(processes, owner(8, 500, MOUNTS, 5))).isNull();
    assertThat(path(processes, owner(9, 500, MOUNTS, 6))).isNull();
  }
}
