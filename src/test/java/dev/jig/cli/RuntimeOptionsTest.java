package dev.jig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.event.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RuntimeOptionsTest {
  @TempDir Path folder;

  private final RuntimeOptions options = new RuntimeOptions();

  private List<String> opened() {
    return options.open().stream().map(asked -> asked.runtime().name()).toList();
  }

  @Test
  void asksEachRuntimeOnceWhateverTheList() {
    options.runtimes = " docker,docker , docker";

    assertThat(opened()).containsExactly("docker");
  }

  @Test
  void looksWhereTheFlagSaysAndElseAtTheUsualPlace() {
    assertThat(options.open().getFirst().socket()).isEqualTo(Path.of("/run/docker.sock"));

    options.dockerSocket = Path.of("/run/other.sock");

    assertThat(options.open().getFirst().socket()).isEqualTo(Path.of("/run/other.sock"));
  }

  @Test
  void aSilentRuntimeIsMissedIfTheUserNamedItOrItsSocketIsThere() throws Exception {
    Path absent = folder.resolve("absent.sock");
    Path present = Files.createFile(folder.resolve("present.sock"));

    assertThat(asked(absent, false).isMissed()).isFalse();
    assertThat(asked(absent, true).isMissed()).isTrue();
    assertThat(asked(present, false).isMissed()).isTrue();
  }

  private RuntimeOptions.Asked asked(Path socket, boolean named) {
    var docker = options.open().getFirst();
    return new RuntimeOptions.Asked(docker.runtime(), socket, docker.flag(), named);
  }

  @Test
  void aRuntimeIsNamedByTheListOrByItsSocket() {
    assertThat(options.open()).noneMatch(RuntimeOptions.Asked::named);

    options.dockerSocket = Path.of("/run/other.sock");
    assertThat(options.open())
        .filteredOn(RuntimeOptions.Asked::named)
        .extracting(asked -> asked.runtime().name())
        .containsExactly("docker");

    options.dockerSocket = null;
    options.runtimes = "docker";
    assertThat(options.open()).allMatch(RuntimeOptions.Asked::named);
  }

  @Test
  void dockersSocketIsNotAskedWherePodmanStandsInForIt() throws Exception {
    options.podmanSocket = Files.createFile(folder.resolve("podman.sock").toAbsolutePath());
    options.dockerSocket =
        Files.createSymbolicLink(folder.resolve("docker.sock"), options.podmanSocket);

    assertThat(opened()).contains("podman").doesNotContain("docker");

    options.runtimes = "docker";
    assertThat(opened()).containsExactly("docker");
  }

  @Test
  void usersPodmansAreAskedBesideRootsUnlessASocketIsNamed() throws Exception {
    Path session = Files.createDirectories(folder.resolve("1000/podman"));
    Files.createDirectories(folder.resolve("1001"));
    Path user = Files.createFile(session.resolve("podman.sock"));
    Path root = Path.of("/run/podman/podman.sock");

    assertThat(PodmanSockets.usual(root, folder)).containsExactly(root, user);
    assertThat(PodmanSockets.usual(root, folder.resolve("none"))).containsExactly(root);

    options.podmanSocket = user;
    assertThat(options.open())
        .filteredOn(asked -> asked.runtime().name().equals("podman"))
        .extracting(RuntimeOptions.Asked::socket)
        .containsExactly(user);
  }

  @Test
  void aWrongNameIsAnErrorWithTheNearOne() {
    options.runtimes = "docker,podmam";

    assertThatThrownBy(options::open)
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("\"podmam\" is no container runtime");
  }
}
