package dev.jig.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CgroupPathTest {
  private static final String A = "0123456789abcdef".repeat(4);
  private static final String B = "fedcba9876543210".repeat(4);
  private static final String UID = "8d2c1f3a-0b1c-4d5e-8f90-a1b2c3d4e5f6";
  private static final String STATIC_UID = "0f0e0d0c0b0a09080706050403020100";

  /// In the table `A` and `B` stand for ids, `UID` for a pod's uid, `U_ID` for the same with
  /// underscores, `STATIC` for a static pod's uid; expected are runtime, id and pod of each
  /// container from the outside in.
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      textBlock =
          """
          # Docker
          cgroupfs driver                | /docker/<A>                                   | docker A -
          systemd driver                 | /system.slice/docker-<A>.scope                | docker A -
          rootless, systemd              | /user.slice/user-1000.slice/user@1000.service/user.slice/docker-<A>.scope | docker A -
          --cgroup-parent, cgroupfs      | /batch/<A>                                    | ? A -
          --cgroup-parent, systemd       | /batch.slice/docker-<A>.scope                 | docker A -
          escaped unit name above        | /my\\x2dapp.slice/docker-<A>.scope            | docker A -
          runc's notation, taken literally | /system.slice:docker:<A>                    | docker A -
          build step, cgroupfs           | /docker/buildkit/abcdefghij0123456789klmno    | ? abcdefghij0123456789klmno -
          build step, systemd            | /system.slice/buildkit-abcdefghij0123456789klmno.scope | ? abcdefghij0123456789klmno -
          # containerd
          nerdctl, cgroupfs              | /default/<A>                                  | containerd A -
          nerdctl, systemd               | /system.slice/nerdctl-<A>.scope               | containerd A -
          CRI, plain scope               | /system.slice/cri-containerd-<A>.scope        | containerd A -
          # Kubernetes
          guaranteed, cgroupfs           | /kubepods/pod<UID>/<A>                        | ? A UID
          burstable, cgroupfs            | /kubepods/burstable/pod<UID>/<A>              | ? A UID
          besteffort, cgroupfs           | /kubepods/besteffort/pod<UID>/<A>             | ? A UID
          static pod, cgroupfs           | /kubepods/burstable/pod<STATIC>/<A>           | ? A STATIC
          CRI-O, cgroupfs                | /kubepods/burstable/pod<UID>/crio-<A>         | cri-o A UID
          guaranteed, systemd            | /kubepods.slice/kubepods-pod<U_ID>.slice/cri-containerd-<A>.scope | containerd A UID
          burstable, systemd             | /kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod<U_ID>.slice/cri-containerd-<A>.scope | containerd A UID
          besteffort, CRI-O              | /kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod<U_ID>.slice/crio-<A>.scope | cri-o A UID
          CRI-O with crun's inner cgroup | /kubepods.slice/kubepods-pod<U_ID>.slice/crio-<A>.scope/container | cri-o A UID
          Docker below a kubelet         | /kubepods.slice/kubepods-pod<U_ID>.slice/docker-<A>.scope | docker A UID
          static pod, systemd            | /kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod<STATIC>.slice/cri-containerd-<A>.scope | containerd A STATIC
          kubelet with a root of its own | /kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod<U_ID>.slice/cri-containerd-<A>.scope | containerd A UID
          drivers disagree               | /system.slice/containerd.service/kubepods-burstable-pod<U_ID>.slice:cri-containerd:<A> | containerd A UID
          # Podman
          rootful, systemd               | /machine.slice/libpod-<A>.scope               | podman A -
          rootful, inner cgroup          | /machine.slice/libpod-<A>.scope/container     | podman A -
          in a Podman pod, systemd       | /machine.slice/machine-libpod_pod_<B>.slice/libpod-<A>.scope | podman A -
          rootless                       | /user.slice/user-1000.slice/user@1000.service/user.slice/libpod-<A>.scope/container | podman A -
          cgroupfs                       | /libpod_parent/libpod-<A>                     | podman A -
          in a Podman pod, cgroupfs      | /libpod_parent/<B>/libpod-<A>                 | podman A -
          split cgroups of a unit        | /system.slice/web.service/libpod-payload-<A>  | podman A -
          # containers in containers, and cgroups in containers
          systemd in a container         | /docker/<A>/system.slice/nginx.service        | docker A -
          Docker in Docker, cgroupfs     | /docker/<A>/docker/<B>                        | docker A -, docker B -
          Docker in Docker, systemd      | /system.slice/docker-<A>.scope/system.slice/docker-<B>.scope | docker A -, docker B -
          kind                           | /docker/<A>/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod<U_ID>.slice/cri-containerd-<B>.scope | docker A -, containerd B UID
          a pod is not its guests' pod   | /kubepods/pod<UID>/<A>/docker/<B>             | ? A UID, docker B -
          # read elsewhere
          /proc of a dead one            | /docker/<A> (deleted)                         | docker A -
          seen from a cgroup namespace   | /../<A>                                       | ? A -
          some other runtime's scope     | /machine.slice/crun-<A>.scope                 | ? A -
          # not in a container
          root                           | /                                             | none
          a service                      | /system.slice/docker.service                  | none
          a login session                | /user.slice/user-1000.slice/session-2.scope   | none
          conmon of CRI-O                | /kubepods.slice/kubepods-pod<U_ID>.slice/crio-conmon-<A>.scope | none
          conmon of CRI-O, cgroupfs      | /kubepods/pod<UID>/crio-conmon-<A>            | none
          conmon of Podman               | /machine.slice/libpod-conmon-<A>.scope        | none
          conmon of Podman, cgroupfs     | /libpod_parent/conmon                         | none
          a Podman pod itself            | /libpod_parent/<B>                            | none
          a Kubernetes pod itself        | /kubepods/burstable/pod<UID>                  | none
          too short                      | /docker/0123456789ab                          | none
          upper case                     | /docker/0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF | none
          format characters              | /docker/%n%s/..//.scope                       | none
          nothing before the dash        | /-<A>.scope                                   | none
          """)
  void readsTheContainersOfEachShape(String shape, String path, String expected) {
    // Given a path of this shape, with its ids filled in

    // When it is read
    String containers =
        CgroupPath.of(filled(path)).containers().stream()
            .map(c -> shown(c.runtime(), "?") + " " + c.id() + " " + shown(c.podUid(), "-"))
            .collect(Collectors.joining(", "));

    // Then it leads through exactly these containers
    assertThat(containers).as(shape).isEqualTo(expected == null ? "" : spelled(expected));
  }

  private static String shown(@Nullable String text, String absent) {
    return text == null ? absent : text;
  }

  private static String filled(String path) {
    return path.replace("<A>", A)
        .replace("<B>", B)
        .replace("<UID>", UID)
        .replace("<U_ID>", UID.replace('-', '_'))
        .replace("<STATIC>", STATIC_UID);
  }

  private static String spelled(String expected) {
    return expected
        .replace(" A ", " " + A + " ")
        .replace(" B ", " " + B + " ")
        .replace("UID", UID)
        .replace("STATIC", STATIC_UID);
  }
}
