package dev.jig.container.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.ContainerListener;
import dev.jig.container.Containers;
import dev.jig.container.Resolution;
import dev.jig.event.Container;
import dev.jig.fixture.Docker;
import dev.jig.fixture.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Against this machine's dockerd, with an image of nothing but busybox.
@Timeout(120)
final class DockerIT {
  private static final String TAG = "jig-it-" + ProcessHandle.current().pid();
  private static final String IMAGE = TAG + ":busybox";

  /// A container seen to begin or end.
  private record Seen(String what, Container container) {}

  private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> warnings = new LinkedBlockingQueue<>();
  private final Containers containers =
      new Containers(
          cgroupRoot(),
          List.of(new DockerApiRuntime(DockerApiFlavor.DOCKER, Docker.socket(), true)),
          new ContainerListener() {
            @Override
            public void onStarted(Container container, Instant at) {
              seen.add(new Seen("created", container));
            }

            @Override
            public void onStopped(Container container, Instant at) {
              seen.add(new Seen("deleted", container));
            }

            @Override
            public void onWarning(String sentence) {
              warnings.add(sentence);
            }
          });

  @BeforeAll
  static void importImage(@TempDir Path work) throws Exception {
    Path root = Files.createDirectory(work.resolve("root"));
    Programs.copyBusybox(root, List.of("true", "sleep", "sh"));
    run("tar", "-C", root.toString(), "-cf", work.resolve("root.tar").toString(), ".");
    docker("import", work.resolve("root.tar").toString(), IMAGE);
  }

  @AfterAll
  static void removeImage() throws Exception {
    docker("rmi", "-f", IMAGE);
  }

  @BeforeEach
  void start() throws Exception {
    containers.start();
    containers.ready().get(30, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() {
    containers.close();
    assertThat(warnings).isEmpty();
  }

  @Test
  void namesEveryShortLivedContainer() throws Exception {
    // When 20 containers in a row do nothing and are removed
    for (int i = 0; i < 20; i++) {
      docker("run", "--rm", "--network=none", "--name", TAG + "-short-" + i, IMAGE, "true");
    }

    // Then each was reported to start and to stop, with its name and image
    Map<String, List<String>> transitions = new HashMap<>();
    while (transitions.values().stream().filter(List.of("created", "deleted")::equals).count()
        < 20) {
      Seen next = next(TAG + "-short-");
      transitions
          .computeIfAbsent(next.container().name() + "", _ -> new ArrayList<>())
          .add(next.what());
      assertThat(next.container().image()).isEqualTo(IMAGE);
    }
    assertThat(transitions.keySet())
        .isEqualTo(
            IntStream.range(0, 20).mapToObj(i -> TAG + "-short-" + i).collect(Collectors.toSet()));
  }

  @Test
  void resolvesTheCgroupOfARunningContainer() throws Exception {
    // Given a container that runs
    String name = TAG + "-running";
    String id = docker("run", "-d", "--rm", "--network=none", "--name", name, IMAGE, "sleep", "60");
    try {
      // When its process's cgroup is resolved, until the walk has found it
      long cgroupId = cgroupOf(docker("inspect", "-f", "{{.State.Pid}}", id));
      Resolution answer = settled(cgroupId);

      // Then it is this container, with the image digest after the inspection
      assertThat(answer).isInstanceOf(Resolution.Named.class);
      while (digest(answer) == null) {
        answer = next(cgroupId, containers.generation(), answer);
      }
      assertThat(answer)
          .isEqualTo(
              new Resolution.Named(
                  new Container(
                      "docker",
                      id,
                      name,
                      IMAGE,
                      docker("inspect", "-f", "{{.Image}}", id),
                      Map.of(),
                      null)));

      // And a process outside containers is on the host
      assertThat(settled(cgroupOf("self"))).isEqualTo(Resolution.HOST);
    } finally {
      docker("rm", "-f", id);
    }
  }

  @Test
  void followsARename() throws Exception {
    String id = docker("run", "-d", "--network=none", "--name", TAG + "-old", IMAGE, "sleep", "60");
    try {
      docker("rename", TAG + "-old", TAG + "-new");
    } finally {
      docker("rm", "-f", id);
    }
    List<String> reported = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Seen next = next(TAG + "-");
      reported.add(next.what() + " " + next.container().name());
    }
    assertThat(reported)
        .containsExactly(
            "created " + TAG + "-old",
            "deleted " + TAG + "-old",
            "created " + TAG + "-new",
            "deleted " + TAG + "-new");
  }

  @Test
  void keepsALabelWithEscapeSequencesUnchanged() throws Exception {
    String value = "a\u001b[31m\n%n\"\\ é😀";
    docker(
        "run",
        "--rm",
        "--network=none",
        "--name",
        TAG + "-label",
        "-l",
        "k=" + value,
        "-l",
        "name=other",
        IMAGE,
        "true");
    Container reported = next(TAG + "-label").container();
    assertThat(reported.name()).isEqualTo(TAG + "-label");
    assertThat(reported.labels()).containsEntry("k", value);
  }

  @Test
  void resolvesAnIdThatDockerDoesNotHaveToTheIdOnly() throws Exception {
    // Given the cgroup of a container that no daemon has
    String id = "0".repeat(64);
    containers.onCgroupCreated(Long.MAX_VALUE, "/docker/" + id);
    assertThat(containers.resolve(Long.MAX_VALUE)).isInstanceOf(Resolution.InProgress.class);

    // When the daemon has answered, Then only the id is known
    assertThat(settled(Long.MAX_VALUE))
        .isEqualTo(new Resolution.IdOnly(Container.unnamed("docker", id)));
  }

  private Seen next(String namePrefix) throws InterruptedException {
    while (true) {
      Seen next = seen.poll(30, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no container " + namePrefix + "… was seen");
      }
      if ((next.container().name() + "").startsWith(namePrefix)) {
        return next;
      }
    }
  }

  private Resolution settled(long cgroupId) {
    long generation = containers.generation();
    Resolution answer = containers.resolve(cgroupId);
    while (answer instanceof Resolution.InProgress) {
      answer = next(cgroupId, generation, answer);
      generation = containers.generation();
    }
    return answer;
  }

  /// The answer of the next generation, which @Timeout bounds.
  private Resolution next(long cgroupId, long generation, Resolution before) {
    Resolution answer = containers.resolve(cgroupId);
    while (answer.equals(before) && containers.generation() == generation) {
      Thread.onSpinWait();
    }
    return containers.resolve(cgroupId);
  }

  private static @Nullable String digest(Resolution answer) {
    return answer instanceof Resolution.Named(Container container) ? container.imageDigest() : null;
  }

  private static long cgroupOf(String pid) throws IOException {
    String path =
        Files.readAllLines(Path.of("/proc", pid, "cgroup")).stream()
            .filter(line -> line.startsWith("0::/"))
            .map(line -> line.substring("0::/".length()))
            .findFirst()
            .orElseThrow();
    Path directory = cgroupRoot().resolve(path);
    return ((Number) Files.getAttribute(directory, "unix:ino")).longValue();
  }

  /// Where this machine has cgroup v2 mounted.
  private static Path cgroupRoot() {
    try (Stream<String> mounts = Files.lines(Path.of("/proc/mounts"))) {
      return mounts
          .map(line -> line.split(" ", -1))
          .filter(fields -> fields[2].equals("cgroup2"))
          .map(fields -> Path.of(fields[1]))
          .findFirst()
          .orElseThrow(() -> new AssertionError("cgroup v2 is not mounted"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String docker(String... arguments) throws Exception {
    return run(Stream.concat(Stream.of("docker"), Stream.of(arguments)).toArray(String[]::new));
  }

  static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as("%s: %s", String.join(" ", command), output).isZero();
    return output;
  }
}
