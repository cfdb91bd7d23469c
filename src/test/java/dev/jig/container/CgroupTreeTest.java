package dev.jig.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CgroupTreeTest {
  private static final String ID = "0123456789abcdef".repeat(4);
  private static final long SECOND = 1_000_000_000L;

  @TempDir Path root;
  private final AtomicLong clockNs = new AtomicLong(SECOND);

  private CgroupTree tree() {
    return new CgroupTree(root, clockNs::get);
  }

  private Path cgroup(String path) throws IOException {
    Path directory = Files.createDirectories(root.resolve(path));
    Files.writeString(directory.resolve("cgroup.procs"), "");
    return directory;
  }

  private static long id(Path directory) throws IOException {
    return ((Number) Files.getAttribute(directory, "unix:ino")).longValue();
  }

  @Test
  void aPlacedContainerIsFoundInItsCgroupAndBelow() throws IOException {
    Path job = cgroup("batch/job");
    Path below = cgroup("batch/job/worker");
    Path other = cgroup("batch/jobs");
    CgroupTree tree = tree();
    tree.walk();

    assertThat(tree.assign("/batch/job", RuntimeKind.CONTAINERD, "job")).isTrue();
    assertThat(tree.assign("/batch/job", RuntimeKind.CONTAINERD, "job")).isFalse();
    tree.onCreated(7, "/batch/job/later");

    CgroupPath placed = new CgroupPath(List.of(new CgroupPath.Id(RuntimeKind.CONTAINERD, "job", null)));
    assertThat(tree.path(id(job))).isEqualTo(placed);
    assertThat(tree.path(id(below))).isEqualTo(placed);
    assertThat(tree.path(7)).isEqualTo(placed);
    assertThat(tree.path(id(other))).isEqualTo(CgroupPath.parse("/"));
  }

  @Test
  void findsWhatAWalkMetByInodeNumber() throws IOException {
    // Given containers side by side and one below another
    Path outer = cgroup("docker/" + ID);
    Path inner = cgroup("docker/" + ID + "/init.scope");
    Path service = cgroup("system.slice/cron.service");
    CgroupTree tree = tree();

    // When the tree is walked
    tree.walk();

    // Then each is found by its id, the root included
    CgroupPath.Id container = new CgroupPath.Id(RuntimeKind.DOCKER, ID, null);
    assertThat(tree.path(id(outer))).isEqualTo(new CgroupPath(List.of(container)));
    assertThat(tree.path(id(inner))).isEqualTo(new CgroupPath(List.of(container)));
    assertThat(tree.path(id(service))).isEqualTo(CgroupPath.parse("/"));
    assertThat(tree.path(id(root))).isEqualTo(CgroupPath.parse("/"));
    assertThat(tree.needsWalk()).isFalse();
  }

  @Test
  void knowsABirthWithoutAnyWalk() {
    // Given a tree that was never walked
    CgroupTree tree = tree();

    // When the kernel reports a birth
    tree.onCreated(77, "/docker/" + ID);

    // Then it is found, and no walk is wanted
    assertThat(tree.path(77)).isEqualTo(CgroupPath.parse("/docker/" + ID));
    assertThat(tree.needsWalk()).isFalse();
  }

  @Test
  void looksForAnUnknownIdOnceAndThenCallsItMissing() throws IOException {
    // Given somebody asked for an id that nothing has
    CgroupTree tree = tree();
    assertThat(tree.path(987_654_321)).isNull();
    assertThat(tree.needsWalk()).isTrue();

    // When a walk has not met it
    tree.walk();

    // Then it is missing, and asking again wants no further walk
    assertThat(tree.isNotFound(987_654_321)).isTrue();
    assertThat(tree.path(987_654_321)).isNull();
    assertThat(tree.needsWalk()).isFalse();
  }

  @Test
  void findsAMissingIdOnceItIsBorn() throws IOException {
    // Given an id that a walk did not meet
    CgroupTree tree = tree();
    tree.path(55);
    tree.walk();

    // When it is born after all
    tree.onCreated(55, "/docker/" + ID);

    // Then it is known
    assertThat(tree.isNotFound(55)).isFalse();
    assertThat(tree.path(55)).isEqualTo(CgroupPath.parse("/docker/" + ID));
  }

  @Test
  void remembersEndedOnesForAMinuteAndThenOnlyTheLatest() throws IOException {
    // Given 2,000 cgroups that ended before a walk
    CgroupTree tree = tree();
    for (int id = 1_000_001; id <= 1_002_000; id++) {
      tree.onCreated(id, "/docker/" + ID);
    }
    clockNs.addAndGet(SECOND);
    tree.walk();
    assertThat(tree.path(1_000_001)).isNotNull();
    assertThat(tree.path(1_002_000)).isNotNull();

    // When a minute has passed and another one ends
    clockNs.addAndGet(60 * SECOND);
    tree.onCreated(1_002_001, "/docker/" + ID);
    clockNs.addAndGet(SECOND);
    tree.walk();

    // Then a thousand remain, the one that ended last among them
    long remembered = 0;
    for (int id = 1_000_001; id <= 1_002_001; id++) {
      remembered += tree.path(id) == null ? 0 : 1;
    }
    assertThat(remembered).isEqualTo(1_000);
    assertThat(tree.path(1_002_001)).isNotNull();
  }

  @Test
  void neverRemembersMoreThanTenThousandEnded() throws IOException {
    // Given 12,000 cgroups that ended within a second
    CgroupTree tree = tree();
    for (int id = 1_000_001; id <= 1_012_000; id++) {
      tree.onCreated(id, "/docker/" + ID);
    }
    assertThat(tree.needsWalk()).isTrue();
    clockNs.addAndGet(SECOND);

    // When a walk notices
    tree.walk();

    // Then 10,000 are left
    long remembered = 0;
    for (int id = 1_000_001; id <= 1_012_000; id++) {
      remembered += tree.path(id) == null ? 0 : 1;
    }
    assertThat(remembered).isEqualTo(10_000);
  }

  @Test
  void keepsWhatWasBornWhileTheWalkWasUnderWay() throws IOException {
    // Given a clock that stands: the births are not older than the walk
    CgroupTree tree = tree();
    for (int id = 1_000_001; id <= 1_012_000; id++) {
      tree.onCreated(id, "/docker/" + ID);
    }

    // When the walk does not meet them
    tree.walk();

    // Then they count as living, of which more than 10,000 are kept
    assertThat(tree.path(1_000_001)).isNotNull();
    assertThat(tree.path(1_012_000)).isNotNull();
  }

  @Test
  void namesTheRootThatCannotBeRead() {
    // Given a root that is not there, and somebody who waits for an id
    CgroupTree tree = new CgroupTree(root.resolve("absent"), clockNs::get);
    tree.path(33);

    // When it is walked, then the error has the path
    assertThatThrownBy(tree::walk).isInstanceOf(IOException.class).hasMessageContaining("absent");

    // And nobody waits for ever
    assertThat(tree.isNotFound(33)).isTrue();
    assertThat(tree.needsWalk()).isFalse();
  }
}
