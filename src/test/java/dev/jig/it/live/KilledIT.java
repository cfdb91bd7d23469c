package dev.jig.it.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.bpf.KernelObject;
import dev.jig.bpf.KernelObject.Kind;
import dev.jig.fixture.DnsServer;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Prerequisite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The kernel releases everything when ig is killed with SIGKILL.
final class KilledIT {
  @BeforeAll
  static void requireRoot() {
    Prerequisite.requireRoot();
  }

  @Test
  void leavesNoProgramLinkMapOrMount() throws Exception {
    try (DnsServer server = DnsServer.start(0, "127.0.0.1", "::1");
        IgProcess ig = IgProcess.trace("--host", "-o", "json", "--ports=" + server.port())) {
      Asker.ask(server, "connected4", 10);
      ig.awaitEvents(40);
      List<KernelObject> held = KernelObject.heldBy(ig.pid());
      assertThat(held).extracting(KernelObject::kind).contains(Kind.PROGRAM, Kind.MAP, Kind.LINK);
      assertThat(held).allMatch(KernelObject::exists);
      List<String> mounts = mounts("self");
      assertThat(mounts(Long.toString(ig.pid()))).as("tracing mounts nothing").isEqualTo(mounts);

      ig.signal("KILL");

      assertThat(ig.waitFor().exitCode()).isEqualTo(128 + 9);
      assertThat(KernelObject.awaitGone(held)).isEmpty();
      assertThat(mounts("self")).isEqualTo(mounts);
    }
  }

  /// Mounts of file systems that a tracer might need; starting and ending containers change others.
  private static List<String> mounts(String process) throws IOException {
    return Files.readAllLines(Path.of("/proc", process, "mounts")).stream()
        .filter(line -> line.matches("\\S+ \\S+ (cgroup2?|bpf|tracefs|debugfs) .*"))
        .toList();
  }
}
