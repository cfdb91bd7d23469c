package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.AgentImage;
import dev.jig.fixture.Command;
import dev.jig.fixture.Docker;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The agents' image in a Docker daemon. That containerd takes it is shown by the cluster's tests.
final class AgentImageIT {
  private static final long BYTES_AT_MOST = 110_000_000;

  @BeforeAll
  static void load() {
    Docker.require();
    String loaded = Docker.docker("load", "--input", AgentImage.tarball().toString());
    assertThat(loaded).contains(AgentImage.REFERENCE.replaceFirst("^docker.io/", ""));
  }

  @AfterAll
  static void remove() {
    Docker.docker("image", "rm", AgentImage.REFERENCE, AgentImage.OTHER_TAG);
  }

  @Test
  void runs() {
    assertThat(run(List.of(), "version").orThrow()).isEqualTo("v" + AgentImage.version() + "\n");
  }

  @Test
  void isSmallAndHasNoShell() {
    String size =
        Docker.docker("image", "inspect", "--format={{.Size}}", AgentImage.REFERENCE).strip();
    assertThat(Long.parseLong(size)).isLessThanOrEqualTo(BYTES_AT_MOST);

    Command.Result shell = run(List.of("--entrypoint=/bin/sh"), "-c", "true");
    assertThat(shell.exitCode()).as(shell.err()).isEqualTo(127);
  }

  @Test
  void itsProbeSaysThatNoAgentHasBegun() {
    Command.Result probe = run(List.of("--entrypoint=/jig/probe"));

    assertThat(probe.exitCode()).as(probe.err()).isEqualTo(1);
    assertThat(probe.out())
        .isEqualTo("the agent has not started: No such file or directory, /run/jig/alive\n");
  }

  private static Command.Result run(List<String> options, String... words) {
    List<String> all = new ArrayList<>(List.of("--network=none"));
    all.addAll(options);
    return Docker.run(AgentImage.REFERENCE, all, words);
  }
}
