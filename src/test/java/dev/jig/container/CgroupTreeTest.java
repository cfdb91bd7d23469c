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
  void anAssignedContainerIsFoundInItsCgroupAndBelow() throws IOException {
    Path job = cgroup("batch/job");
    Path below = cgroup("batch/job/worker");
    Path other = cgroup("batch/jobs");
    CgroupTree tree = tree();
    tree.walk();

    assertThat(tree.assign("/batch/job", RuntimeKind.CONTAINERD, "job")).isTrue();
    assertThat(tree.assign("/batch/job", RuntimeKind.CONTAINERD, "job")).isFalse();
    tree.onCreated(7, "/batch/job/later");

    CgroupPath placed =
        new CgroupPath(List.of(new CgroupPath.Id(RuntimeKind.CONTAINERD, "job", null)));
    assertThat(tree.path(id(job))).isEqualTo(placed);
    assertThat(tree.path(id(below))).isEqualTo(placed);
    assertThat(tree.path(7)).isEqualTo(placed);
    assertThat(tree.path(id(other))).isEqualTo(CgroupPath.parse("/"));
  }

  @Test
  void findsWhatAWalkVisitedByInodeNumber() throws IOException {
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
  void findsACreatedCgroupWithoutAWalk() {
    // Given a tree that was never walked
    CgroupTree tree = tree();

    // When the kernel reports a new cgroup
    tree.onCreated(77, "/docker/" + ID);

    // Then it is found, and no walk is needed
    assertThat(tree.path(77)).isEqualTo(CgroupPath.parse("/docker/" + ID));
    assertThat(tree.needsWalk()).isFalse();
  }

  @Test
  void searchesForAnUnknownIdOnce() throws IOException {
    // Given a request for an id that no cgroup has
    CgroupTree tree = tree();
    assertThat(tree.path(987_654_321)).isNull();
    assertThat(tree.needsWalk()).isTrue();

    // When a walk does not find it
    tree.walk();

    // Then it is not found, and another request needs no walk
    assertThat(tree.isNotFound(987_654_321)).isTrue();
    assertThat(tree.path(987_654_321)).isNull();
    assertThat(tree.needsWalk()).isFalse();
  }

  @Test
  void findsAnIdThatIsCreatedAfterTheSearch() throws IOException {
    // Given an id that a walk did not find
    CgroupTree tree = tree();
    tree.path(55);
    tree.walk();

    // When it is created
    tree.onCreated(55, "/docker/" + ID);

    // Then it is found
    assertThat(tree.isNotFound(55)).isFalse();
    assertThat(tree.path(55)).isEqualTo(CgroupPath.parse("/docker/" + ID));
  }

  @Test
  void keepsRemovedCgroupsForAMinuteAndThenTheLastThousand() throws IOException {
    // Given 2,000 cgroups removed before a walk
    CgroupTree tree = tree();
    for (int id = 1_000_001; id <= 1_002_000; id++) {
      tree.onCreated(id, "/docker/" + ID);
    }
    clockNs.addAndGet(SECOND);
    tree.walk();
    assertThat(tree.path(1_000_001)).isNotNull();
    assertThat(tree.path(1_002_000)).isNotNull();

    // When a minute has passed and another one is removed
    clockNs.addAndGet(60 * SECOND);
    tree.onCreated(1_002_001, "/docker/" + ID);
    clockNs.addAndGet(SECOND);
    tree.walk();

    // Then 1,000 remain, among them the one removed last
    long kept = 0;
    for (int id = 1_000_001; id <= 1_002_001; id++) {
      kept += tree.path(id) == null ? 0 : 1;
    }
    assertThat(kept).isEqualTo(1_000);
    assertThat(tree.path(1_002_001)).isNotNull();
  }

  @Test
  void keepsAtMostTenThousandRemovedCgroups() throws IOException {
    // Given 12,000 cgroups removed within a second
    CgroupTree tree = tree();
    for (int id = 1_000_001; id <= 1_012_000; id++) {
      tree.onCreated(id, "/docker/" + ID);
    }
    assertThat(tree.needsWalk()).isTrue();
    clockNs.addAndGet(SECOND);

    // When a walk notices
    tree.walk();

    // Then 10,000 are left
    long kept = 0;
    for (int id = 1_000_001; id <= 1_012_000; id++) {
      kept += tree.path(id) == null ? 0 : 1;
    }
    assertThat(kept).isEqualTo(10_000);
  }

  @Test
  void keepsCgroupsCreatedDuringAWalk() throws IOException {
    // Given cgroups that are not older than the walk, since the clock stands
    CgroupTree tree = tree();
    for (int id = 1_000_001; id <= 1_012_000; id++) {
      tree.onCreated(id, "/docker/" + ID);
    }

    // When the walk does not find them
    tree.walk();

    // Then they count as live, of which more than 10,000 are kept
    assertThat(tree.path(1_000_001)).isNotNull();
    assertThat(tree.path(1_012_000)).isNotNull();
  }

  @Test
  void reportsARootThatCannotBeRead() {
    // Given an absent root, and a request for an id
    CgroupTree tree = new CgroupTree(root.resolve("absent"), clockNs::get);
    tree.path(33);

    // When it is walked, then the error has the path
    assertThatThrownBy(tree::walk).isInstanceOf(IOException.class).hasMessageContaining("absent");

    // And the request is over
    assertThat(tree.isNotFound(33)).isTrue();
    assertThat(tree.needsWalk()).isFalse();
  }
}
