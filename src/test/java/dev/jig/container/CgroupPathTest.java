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

  /// `A` and `B` are ids, `UID` a pod's uid, `U_ID` the same with underscores, `STATIC` a static
  /// pod's uid. Expected are runtime, id and pod of each container, outermost first.
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
          rootless, in its own service   | /user.slice/user-1000.slice/user@1000.service/app.slice/docker-<A>.scope | docker A -
          # containerd
          nerdctl, cgroupfs              | /default/<A>                                  | containerd A -
          nerdctl, systemd               | /system.slice/nerdctl-<A>.scope               | containerd A -
          CRI, plain scope               | /system.slice/cri-containerd-<A>.scope        | containerd A -
          nerdctl, another namespace     | /builds/<A>                                  | ? A -
          nerdctl, rootless              | /user.slice/user-1000.slice/user@1000.service/user.slice/nerdctl-<A>.scope | containerd A -
          ctr, named by the user         | /default/web-1                                | containerd web-1 -
          ctr, a cgroup within           | /default/web-1/inner                          | containerd web-1 -
          ctr, in a container            | /docker/<A>/default/web-1                     | docker A -, containerd web-1 -
          # Kubernetes
          guaranteed, cgroupfs           | /kubepods/pod<UID>/<A>                        | ? A UID
          burstable, cgroupfs            | /kubepods/burstable/pod<UID>/<A>              | ? A UID
          besteffort, cgroupfs           | /kubepods/besteffort/pod<UID>/<A>             | ? A UID
          static pod, cgroupfs           | /kubepods/burstable/pod<STATIC>/<A>           | ? A STATIC
          CRI-O, cgroupfs                | /kubepods/burstable/pod<UID>/crio-<A>         | cri-o A UID
          CRI-O, guaranteed, cgroupfs    | /kubepods/pod<UID>/crio-<A>                   | cri-o A UID
          CRI-O, besteffort, cgroupfs    | /kubepods/besteffort/pod<UID>/crio-<A>        | cri-o A UID
          Docker, besteffort, cgroupfs   | /kubepods/besteffort/pod<UID>/<A>             | ? A UID
          CRI-O, guaranteed, systemd     | /kubepods.slice/kubepods-pod<U_ID>.slice/crio-<A>.scope | cri-o A UID
          CRI-O, burstable, systemd      | /kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod<U_ID>.slice/crio-<A>.scope | cri-o A UID
          besteffort, systemd            | /kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod<U_ID>.slice/cri-containerd-<A>.scope | containerd A UID
          a service's own kubepods       | /system.slice/k3s.service/kubepods/besteffort/pod<UID>/<A> | ? A UID
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
          rootless, in a Podman pod      | /user.slice/user-1000.slice/user@1000.service/user.slice/user-libpod_pod_<B>.slice/libpod-<A>.scope/container | podman A -
          rootless, cgroupfs             | /user.slice/user-1000.slice/user@1000.service/libpod_parent/libpod-<A> | podman A -
          # containers in containers, and cgroups in containers
          systemd in a container         | /docker/<A>/system.slice/nginx.service        | docker A -
          Docker in Docker, cgroupfs     | /docker/<A>/docker/<B>                        | docker A -, docker B -
          Docker in Docker, systemd      | /system.slice/docker-<A>.scope/system.slice/docker-<B>.scope | docker A -, docker B -
          kind                           | /docker/<A>/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod<U_ID>.slice/cri-containerd-<B>.scope | docker A -, containerd B UID
          kind, cgroupfs                 | /docker/<A>/kubelet/kubepods/burstable/pod<UID>/<B> | docker A -, ? B UID
          kind, systemd above            | /system.slice/docker-<A>.scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/kubelet-kubepods-besteffort-pod<U_ID>.slice/cri-containerd-<B>.scope | docker A -, containerd B UID
          kind on Podman                 | /machine.slice/libpod-<A>.scope/container/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod<U_ID>.slice/cri-containerd-<B>.scope | podman A -, containerd B UID
          kind on cgroup v1              | /docker/<A>/docker/<A>/kubelet/kubepods/pod<UID>/<B> | docker A -, ? B UID
          Docker in a pod                | /kubepods.slice/kubepods-pod<U_ID>.slice/cri-containerd-<A>.scope/docker/<B> | containerd A UID, docker B -
          Podman in Podman               | /machine.slice/libpod-<A>.scope/container/libpod_parent/libpod-<B> | podman A -, podman B -
          Docker in LXC                  | /lxc.payload.builder/docker/<A>               | docker A -
          Docker in systemd-nspawn       | /machine.slice/systemd-nspawn@builder.service/payload/system.slice/docker-<A>.scope | docker A -
          a pod is not its guests' pod   | /kubepods/pod<UID>/<A>/docker/<B>             | ? A UID, docker B -
          # read elsewhere
          /proc of a dead one            | /docker/<A> (deleted)                         | docker A -
          seen from a cgroup namespace   | /../<A>                                       | ? A -
          from a pod, another pod        | /../../kubepods-burstable-pod<U_ID>.slice/cri-containerd-<A>.scope | containerd A UID
          from a pod, another class      | /../../../kubepods-besteffort.slice/kubepods-besteffort-pod<U_ID>.slice/crio-<A>.scope | cri-o A UID
          from a pod, the same pod       | /../cri-containerd-<A>.scope                  | containerd A -
          from a container, another      | /../../docker/<A>/init.scope                  | docker A -
          from a container, the host     | /../..                                        | none
          from a container, a service    | /../../system.slice/cron.service              | none
          some other runtime's scope     | /machine.slice/crun-<A>.scope                 | ? A -
          # not in a container
          root                           | /                                             | none
          a service                      | /system.slice/docker.service                  | none
          a login session                | /user.slice/user-1000.slice/session-2.scope   | none
          conmon of CRI-O                | /kubepods.slice/kubepods-pod<U_ID>.slice/crio-conmon-<A>.scope | none
          conmon of CRI-O, cgroupfs      | /kubepods/pod<UID>/crio-conmon-<A>            | none
          conmon of Podman               | /machine.slice/libpod-conmon-<A>.scope        | none
          conmon of Podman, cgroupfs     | /libpod_parent/conmon                         | none
          conmon of Podman, rootless     | /user.slice/user-1000.slice/user@1000.service/user.slice/libpod-conmon-<A>.scope | none
          conmon of CRI-O in a scope     | /system.slice/crio-conmon-<A>.scope           | none
          LXC                            | /lxc/web                                      | none
          LXC, payload                   | /lxc.payload.web/system.slice/cron.service    | none
          LXC, monitor                   | /lxc.monitor.web                              | none
          systemd-nspawn, service        | /machine.slice/systemd-nspawn@web.service/payload | none
          systemd-nspawn, scope          | /machine.slice/machine-web.scope              | none
          a virtual machine              | /machine.slice/machine-qemu\\x2d1\\x2dweb.scope | none
          a container's mount            | /system.slice/var-lib-docker-containers-<A>-mounts-shm.mount | none
          a service called default       | /system.slice/default/web                     | none
          containerd's namespace itself  | /default                                      | none
          a Podman pod itself            | /libpod_parent/<B>                            | none
          a Kubernetes pod itself        | /kubepods/burstable/pod<UID>                  | none
          too short                      | /docker/0123456789ab                          | none
          upper case                     | /docker/0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF | none
          format characters              | /docker/%n%s/..//.scope                       | none
          nothing before the dash        | /-<A>.scope                                   | none
          """)
  void parsesEachShape(String shape, String path, String expected) {
    // Given a path of this shape, with its ids filled in

    // When it is read
    String containers =
        CgroupPath.parse(filled(path)).containers().stream()
            .map(c -> shown(c.runtimeKey(), "?") + " " + c.id() + " " + shown(c.podUid(), "-"))
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
