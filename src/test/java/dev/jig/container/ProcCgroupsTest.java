package dev.jig.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProcCgroupsTest {
  private static final String A = "0123456789abcdef".repeat(4);
  private static final String B = "fedcba9876543210".repeat(4);
  private static final String UID = "8d2c1f3a-0b1c-4d5e-8f90-a1b2c3d4e5f6";

  /// Lines are separated by blanks here; `A` and `B` stand for ids.
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      textBlock =
          """
          v2 only, host             | 0::/system.slice/cron.service                         | host
          v2 only, container        | 0::/system.slice/docker-<A>.scope                     | docker A -
          v1 only, host             | 2:pids:/ 1:name=systemd:/user.slice                   | host
          v1 only, Docker           | 2:pids:/docker/<A> 1:name=systemd:/docker/<A>         | docker A -
          v1 only, Docker, systemd  | 2:pids:/system.slice/docker-<A>.scope 1:cpu,cpuacct:/system.slice/docker-<A>.scope | docker A -
          v1 only, containerd       | 2:pids:/kubepods/burstable/pod<UID>/<A> 1:name=systemd:/kubepods/burstable/pod<UID>/<A> | ? A UID
          v1 only, systemd, colons  | 2:pids:/system.slice/containerd.service/kubepods-pod<UID>.slice:cri-containerd:<A> | containerd A UID
          v1 only, Podman           | 2:pids:/libpod_parent/libpod-<A> 1:name=systemd:/libpod_parent/libpod-<A> | podman A -
          hybrid, nothing in v2     | 2:pids:/docker/<A> 0::/                               | docker A -
          hybrid, a parent in v2    | 2:pids:/docker/<A> 0::/system.slice/docker.service    | docker A -
          hybrid, a directory in v2 | 2:pids:/docker/<A> 0::/docker/<A>                     | docker A -
          one hierarchy not used    | 3:rdma:/ 2:pids:/docker/<A> 0::/                      | docker A -
          the runtime in one only   | 3:cpu:/batch/<A> 2:pids:/docker/<A>                   | docker A -
          nested, v1 only           | 3:cpu:/docker/<A>/docker/<B> 2:pids:/docker/<A>/docker/<B> | docker A -, docker B -
          nested, one stops short   | 3:cpu:/docker/<A> 2:pids:/docker/<A>/docker/<B> 0::/  | docker A -, docker B -
          from a cgroup namespace   | 2:pids:/../<A> 0::/                                   | ? A -
          contradicting             | 3:cpu:/docker/<A> 2:pids:/docker/<B>                  | none
          contradicting v2          | 2:pids:/docker/<A> 0::/docker/<B>                     | none
          """)
  void findsThePathOnWhichAllHierarchiesAgree(String which, String lines, String expected) {
    CgroupPath agreed = of(lines).agreedPath();

    assertThat(agreed == null ? null : shown(agreed)).as(which).isEqualTo(spelled(expected));
  }

  @Test
  void recognizesContainersOnV1Only() {
    assertThat(of("2:pids:/docker/<A> 0::/").isContainerOnV1Only()).isTrue();
    assertThat(of("2:pids:/docker/<A>").isContainerOnV1Only()).isTrue();
    assertThat(of("2:pids:/docker/<A> 0::/docker/<A>").isContainerOnV1Only()).isFalse();
    assertThat(of("2:pids:/docker/<A> 0::/docker/<A>").isContainerOnV2()).isTrue();
    assertThat(of("2:pids:/ 0::/").isContainerOnV1Only()).isFalse();
    assertThat(of("2:pids:/ 0::/").isContainerOnV2()).isFalse();
    assertThat(ProcCgroups.parse(List.of("", "nonsense")).v1()).isEmpty();
  }

  private static ProcCgroups of(String lines) {
    String filled = lines.replace("<A>", A).replace("<B>", B).replace("<UID>", UID);
    return ProcCgroups.parse(List.of(filled.split(" ")));
  }

  private static String shown(CgroupPath path) {
    List<String> containers =
        path.containers().stream()
            .map(id -> text(id.runtimeKey(), "?") + " " + id.id() + " " + text(id.podUid(), "-"))
            .toList();
    return containers.isEmpty() ? "host" : String.join(", ", containers);
  }

  private static String text(@Nullable String text, String absent) {
    return text == null ? absent : text;
  }

  private static @Nullable String spelled(@Nullable String expected) {
    return expected == null
        ? null
        : expected.replace(" A ", " " + A + " ").replace(" B ", " " + B + " ").replace("UID", UID);
  }
}
