package dev.jig.container.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.ContainerListener;
import dev.jig.container.Containers;
import dev.jig.container.Resolution;
import dev.jig.event.Container;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A second dockerd, stopped and started while it is followed.
@Timeout(120)
final class DockerRestartIT {
  @TempDir Path directory;
  private final BlockingQueue<String> warnings = new LinkedBlockingQueue<>();

  @AfterEach
  void thereAreNoOtherWarnings() {
    assertThat(warnings).isEmpty();
  }

  @Test
  void namesContainersAgainAfterARestart() throws Exception {
    Path socket = directory.resolve("docker.sock");
    DockerApiRuntime runtime = new DockerApiRuntime(DockerApiFlavor.DOCKER, socket, false);
    Process daemon = dockerd(socket);
    try (Containers containers =
        new Containers(directory.resolve("no-cgroups"), List.of(runtime), listener())) {
      // Given a daemon that appears after the start, and a container in it
      containers.start();
      awaitConnected(containers, runtime);
      tar(directory.resolve("root.tar"));
      docker(socket, "import", directory.resolve("root.tar").toString(), "empty");
      docker(socket, "create", "--network=none", "--name=before", "empty", "/none");

      // When it is stopped
      stop(daemon);

      // Then there is one warning, and no wait for it
      assertThat(warning()).startsWith("Docker stopped answering at " + socket);
      assertThat(runtime.canAnswer()).isFalse();

      // And when it is started again
      daemon = dockerd(socket);
      assertThat(warning()).startsWith("Docker answers at " + socket);

      // Then the older container is named, and its changes are followed
      String id = docker(socket, "inspect", "-f", "{{.Id}}", "before");
      docker(socket, "rename", "before", "after");
      containers.onCgroupCreated(7, "/docker/" + id);
      while (!"after".equals(name(containers.resolve(7)))) {
        Thread.onSpinWait();
      }
    } finally {
      stop(daemon);
    }
  }

  private ContainerListener listener() {
    return new ContainerListener() {
      @Override
      public void onWarning(String sentence) {
        warnings.add(sentence);
      }
    };
  }

  /// The first connect fails: the daemon has not created its socket yet.
  private static void awaitConnected(Containers containers, DockerApiRuntime runtime)
      throws Exception {
    containers.ready().get(60, TimeUnit.SECONDS);
    while (!runtime.canAnswer()) {
      Thread.onSpinWait();
    }
  }

  private String warning() throws InterruptedException {
    String sentence = warnings.poll(60, TimeUnit.SECONDS);
    return sentence == null ? "no warning" : sentence;
  }

  private static String name(Resolution answer) {
    return answer instanceof Resolution.Named(Container container) ? container.name() + "" : "";
  }

  /// In a network namespace of its own: with `--bridge=none` dockerd deletes the machine's docker0.
  private Process dockerd(Path socket) throws IOException {
    File log = directory.resolve("dockerd.log").toFile();
    return new ProcessBuilder(
            "unshare",
            "--net",
            "dockerd",
            "--host=unix://" + socket,
            "--data-root=" + directory.resolve("data"),
            "--exec-root=" + directory.resolve("exec"),
            "--pidfile=" + directory.resolve("pid"),
            "--bridge=none",
            "--iptables=false",
            "--ip-masq=false",
            "--storage-driver=vfs")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        .start();
  }

  private static void stop(Process daemon) throws InterruptedException {
    daemon.destroy();
    assertThat(daemon.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  private void tar(Path to) throws Exception {
    Path root = Files.createDirectory(directory.resolve("root"));
    Files.writeString(root.resolve("none"), "");
    DockerIT.run("tar", "-C", root.toString(), "-cf", to.toString(), ".");
  }

  private static String docker(Path socket, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("docker", "-H", "unix://" + socket));
    command.addAll(List.of(arguments));
    return DockerIT.run(command.toArray(String[]::new));
  }
}
