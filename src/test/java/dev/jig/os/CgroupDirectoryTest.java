package dev.jig.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class CgroupDirectoryTest {
  @Test
  void findsTheMountsOfVersion2WholeHierarchiesFirst() {
    String mountinfo =
        """
        31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
        40 31 0:38 /kubepods /mnt/part rw,relatime shared:3 master:1 - cgroup2 cgroup2 rw
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        42 31 0:38 / /mnt/a\\040b\\134c rw,relatime - cgroup2 none rw
        """;

    assertThat(CgroupDirectory.mounts(mountinfo))
        .containsExactly(
            Path.of("/sys/fs/cgroup/unified"), Path.of("/mnt/a b\\c"), Path.of("/mnt/part"));
  }

  @Test
  void namesTheDirectoryThatCannotBeOpened() {
    assertThatThrownBy(() -> CgroupDirectory.open(Path.of("/nonexistent/cgroup")))
        .isInstanceOfSatisfying(
            NativeException.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(NativeException.Reason.CGROUP);
              assertThat(refused).hasMessage("cannot open cgroup /nonexistent/cgroup: ENOENT");
            });
  }
}
