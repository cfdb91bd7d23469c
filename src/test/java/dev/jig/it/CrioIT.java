package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.cri.FakeCri;
import dev.jig.container.cri.api.ContainerState;
import dev.jig.fixture.Command;
import dev.jig.fixture.DnsServer;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Prerequisite;
import dev.jig.os.CgroupDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// CRI-O as far as it can be had: Debian does not package it. Its side of CRI is a double that
/// speaks it on a unix socket, without events as CRI-O is configured by default; the processes are
/// real ones, in cgroups with the paths that CRI-O gives them under both drivers.
@Timeout(120)
final class CrioIT {
  private static final String FIRST = "a1".repeat(32);
  private static final String SECOND = "b2".repeat(32);
  private static final String SANDBOX = "c3".repeat(32);
  private static final String ADDRESS = "127.0.0.1";

  @TempDir Path folder;

  @Test
  void queriesOfTwoContainersOfAPodAreNamedUnderBothCgroupDrivers() throws IOException {
    Prerequisite.requireRoot();
    String uid = UUID.randomUUID().toString();
    Path top = CgroupDirectory.rootPath().resolve("jig-test-crio-" + ProcessHandle.current().pid());
    Path systemd =
        top.resolve("kubepods-burstable-pod" + uid.replace('-', '_') + ".slice")
            .resolve("crio-" + FIRST + ".scope");
    Path cgroupfs = top.resolve("burstable/pod" + uid).resolve("crio-" + SECOND);
    Path socket = folder.resolve("crio.sock");
    try (FakeCri crio = new FakeCri(socket, "v1", false);
        DnsServer server = DnsServer.start(0, ADDRESS)) {
      crio.sandbox(SANDBOX, "front-1", false, Map.of("app", "front"));
      crio.container(FIRST, SANDBOX, "web", ContainerState.RUNNING);
      Files.createDirectories(systemd);
      Files.createDirectories(cgroupfs);
      try (IgProcess ig =
          IgProcess.trace(
              "--runtimes=cri-o",
              "--crio-socketpath=" + socket,
              "--ports=" + server.port(),
              "-v",
              "-o",
              "json")) {
        ig.awaitErr("CRI-O answers at ");
        // ig finds one in CRI-O's list of containers, the other only by a request for its id.
        crio.container(SECOND, SANDBOX, "helper", ContainerState.EXITED);
        ask(systemd, server, "systemd.crio.example.test");
        ask(cgroupfs, server, "cgroupfs.crio.example.test");

        List<Json> events = ig.awaitEvents(4);
        assertThat(events).hasSize(4);
        for (Json event : events) {
          boolean first = event.text("name").startsWith("systemd.");
          assertThat(event.text("runtime.runtimeName")).isEqualTo("cri-o");
          assertThat(event.text("runtime.containerId")).isEqualTo(first ? FIRST : SECOND);
          assertThat(event.text("runtime.containerName")).isEqualTo(first ? "web" : "helper");
          assertThat(event.text("runtime.containerImageName")).isEqualTo(FakeCri.IMAGE);
          assertThat(event.text("k8s.podName")).isEqualTo("front-1");
          assertThat(event.text("k8s.namespace")).isEqualTo("shop");
        }
      }
    } finally {
      Command.run("find", top.toString(), "-depth", "-type", "d", "-delete");
    }
  }

  /// bind's dig, from inside a cgroup.
  private static void ask(Path cgroup, DnsServer server, String name) {
    Command.run(
            "sh",
            "-c",
            "echo $$ >\"$0/cgroup.procs\" && exec dig +tries=1 -p \"$1\" \"$2\" @" + ADDRESS,
            cgroup.toString(),
            Integer.toString(server.port()),
            name)
        .orThrow();
  }
}
