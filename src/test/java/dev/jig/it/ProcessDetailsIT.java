package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.DnsServer;
import dev.jig.fixture.Docker;
import dev.jig.fixture.DockerImages;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Prerequisite;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What /proc and the host's files add to a process.
@Timeout(120)
final class ProcessDetailsIT {
  @Test
  void aContainersProcessHasThePathsOfItsOwnFilesAndNoHostsUsers() throws IOException {
    Docker.require();
    Prerequisite.requireRoot();
    String marker = Docker.uniqueName();
    try (DnsServer server = DnsServer.start(0, Docker.hostAddress());
        IgProcess ig =
            IgProcess.trace(
                "--host", "-o", "json", "--ports=" + server.port(), "-F", "cmdline:~" + marker);
        Docker.Container client =
            Docker.start(DockerImages.clients(), List.of("--workdir=/tmp"), "sleep", "600")) {
      client
          .exec(
              "dig",
              "+short",
              "+tries=1",
              "+time=30",
              "-p" + server.port(),
              "@" + Docker.hostAddress(),
              marker + ".ask.example.test")
          .orThrow();

      for (Json row : ig.awaitEvents(2)) {
        assertThat(row.text("comm")).startsWith("isc-");
        assertThat(row.text("exepath")).isEqualTo("/usr/bin/dig");
        assertThat(row.text("cwd")).isEqualTo("/tmp");
        assertThat(row.text("cmdline")).startsWith("dig +short +tries=1").endsWith(".example.test");
        assertThat(row.number("starttime"))
            .isCloseTo(row.number("timestamp"), Offset.offset(Duration.ofMinutes(1).toNanos()));
        assertThat(row.has("user")).isFalse();
      }
    }
  }

  @Test
  void aHostsProcessHasTheHostsUser() {
    Prerequisite.requireRoot();
    String name = Docker.uniqueName() + ".ask.example.test.";
    try (DnsServer server = DnsServer.start(0, "127.0.0.1");
        IgProcess ig =
            IgProcess.trace(
                "--host", "-o", "json", "--ports=" + server.port(), "-F", "name:" + name)) {
      Command.run("dig", "+tries=1", "+time=30", "-p" + server.port(), "@127.0.0.1", name)
          .orThrow();

      for (Json row : ig.awaitEvents(4)) {
        assertThat(row.text("user")).isEqualTo("root");
        assertThat(row.text("group")).isEqualTo("root");
        assertThat(row.has("cmdline")).as("not asked for").isFalse();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
