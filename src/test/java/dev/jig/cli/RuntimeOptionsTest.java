package dev.jig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.event.UserFacingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RuntimeOptionsTest {
  @TempDir Path folder;

  private final RuntimeOptions options = new RuntimeOptions();

  private List<String> selected() {
    return options.select().stream().map(selected -> selected.runtime().kind().key()).toList();
  }

  @Test
  void selectsEachRuntimeOnce() {
    options.runtimes = " docker,docker , docker";

    assertThat(selected()).containsExactly("docker");
  }

  @Test
  void usesTheSocketOfTheFlagElseTheDefault() {
    assertThat(options.select().getFirst().socket()).isEqualTo(Path.of("/run/docker.sock"));

    options.dockerSocket = Path.of("/run/other.sock");

    assertThat(options.select().getFirst().socket()).isEqualTo(Path.of("/run/other.sock"));
  }

  @Test
  void expectsARuntimeIfItIsNamedOrItsSocketExists() throws Exception {
    Path absent = folder.resolve("absent.sock");
    Path present = Files.createFile(folder.resolve("present.sock"));

    assertThat(selected(absent, false).isExpected()).isFalse();
    assertThat(selected(absent, true).isExpected()).isTrue();
    assertThat(selected(present, false).isExpected()).isTrue();
  }

  private RuntimeOptions.SelectedRuntime selected(Path socket, boolean requested) {
    var docker = options.select().getFirst();
    return new RuntimeOptions.SelectedRuntime(docker.runtime(), socket, requested);
  }

  @Test
  void aRuntimeIsRequestedByTheListOrByItsSocket() {
    assertThat(options.select()).noneMatch(RuntimeOptions.SelectedRuntime::requested);

    options.dockerSocket = Path.of("/run/other.sock");
    assertThat(options.select())
        .filteredOn(RuntimeOptions.SelectedRuntime::requested)
        .extracting(selected -> selected.runtime().kind().key())
        .containsExactly("docker");

    options.dockerSocket = null;
    options.runtimes = "docker";
    assertThat(options.select()).allMatch(RuntimeOptions.SelectedRuntime::requested);
  }

  @Test
  void skipsDockersSocketWhereItLinksToPodmans() throws Exception {
    options.podmanSocket = Files.createFile(folder.resolve("podman.sock").toAbsolutePath());
    options.dockerSocket =
        Files.createSymbolicLink(folder.resolve("docker.sock"), options.podmanSocket);

    assertThat(selected()).contains("podman").doesNotContain("docker");

    options.runtimes = "docker";
    assertThat(selected()).containsExactly("docker");
  }

  @Test
  void usesRootsAndUsersPodmanSocketsUnlessOneIsNamed() throws Exception {
    Path session = Files.createDirectories(folder.resolve("1000/podman"));
    Files.createDirectories(folder.resolve("1001"));
    Path user = Files.createFile(session.resolve("podman.sock"));
    Path root = Path.of("/run/podman/podman.sock");

    assertThat(PodmanSockets.defaults(root, folder)).containsExactly(root, user);
    assertThat(PodmanSockets.defaults(root, folder.resolve("none"))).containsExactly(root);

    options.podmanSocket = user;
    assertThat(options.select())
        .filteredOn(selected -> selected.runtime().kind().key().equals("podman"))
        .extracting(RuntimeOptions.SelectedRuntime::socket)
        .containsExactly(user);
  }

  @Test
  void refusesAnUnknownNameWithANearOne() {
    options.runtimes = "docker,podmam";

    assertThatThrownBy(options::select)
        .isInstanceOf(UserFacingException.class)
        .hasMessageContaining("\"podmam\" is not a container runtime");
  }
}
