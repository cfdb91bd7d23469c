package dev.jig.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.trace.Scope.Decision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which cgroups belong to the command, and which leftovers are removed; plain directories replace
/// cgroups.
final class CommandCgroupTest {
  private static final long PID = ProcessHandle.current().pid();

  @TempDir Path root;

  /// A cgroup that this process is in.
  private Path own(String path) throws IOException {
    Path own = Files.createDirectories(root.resolve(path.substring(1)));
    Files.writeString(own.resolve("cgroup.procs"), "1\n" + PID + "\n");
    return own;
  }

  @Test
  void createsTheCgroupBelowTheCallersOwn() throws IOException {
    own("/user.slice");
    CommandCgroup cgroup = CommandCgroup.create(root, "/user.slice");
    Path made = root.resolve("user.slice/ig-command-" + PID);
    long id = (Long) Files.getAttribute(made, "unix:ino");

    assertThat(cgroup.decide(id, null).decision()).isEqualTo(Decision.PASS);
    assertThat(cgroup.decide(id + 1, null).decision()).isEqualTo(Decision.SKIP);
    assertThat(cgroup.decide(0, null).decision()).isEqualTo(Decision.SKIP);
  }

  @ParameterizedTest
  @CsvSource({
    "/user.slice,/user.slice/ig-command-%d/inner,PASS",
    "/user.slice,/user.slice/ig-command-%d/inner/deeper,PASS",
    "/user.slice,/user.slice/ig-command-%d9,SKIP",
    "/user.slice,/user.slice/other,SKIP",
    "/user.slice,/ig-command-%d/inner,SKIP",
    "/,/ig-command-%d/inner,PASS"
  })
  void includesOnlyCgroupsCreatedBelow(String own, String path, Decision decision)
      throws IOException {
    own(own);
    CommandCgroup cgroup = CommandCgroup.create(root, own);

    cgroup.onCgroupCreated(1L << 60, path.formatted(PID));

    assertThat(cgroup.decide(1L << 60, null).decision()).isEqualTo(decision);
  }

  @Test
  void removesOnlyCgroupsOfKilledRuns() throws IOException {
    // Given: above the highest pid a kernel gives, a nested one, one of our own pid, and others'
    Path dead = Files.createDirectories(root.resolve("ig-command-999999999/inner")).getParent();
    Path alive = Files.createDirectory(root.resolve("ig-command-1"));
    Path foreign = Files.createDirectory(root.resolve("ig-command-x"));
    Files.createDirectory(root.resolve("ig-command-" + PID));
    own("/");

    // When
    CommandCgroup.create(root, "/");

    // Then
    assertThat(dead).doesNotExist();
    assertThat(alive).exists();
    assertThat(foreign).exists();
    assertThat(root.resolve("ig-command-" + PID)).exists();
  }

  @Test
  void failsInAHierarchyWithoutThisProcess() throws IOException {
    Files.writeString(root.resolve("cgroup.procs"), "1\n");

    assertThatThrownBy(() -> CommandCgroup.create(root, "/"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("this process is not in " + root);
    assertThat(root.resolve("ig-command-" + PID)).doesNotExist();
  }

  @Test
  void findsACgroupBelowWithoutANotice() throws IOException {
    own("/");
    CommandCgroup cgroup = CommandCgroup.create(root, "/");
    Path below = Files.createDirectories(root.resolve("ig-command-" + PID + "/inner/deeper"));

    assertThat(cgroup.decide((Long) Files.getAttribute(below, "unix:ino"), null).decision())
        .isEqualTo(Decision.PASS);
  }
}
