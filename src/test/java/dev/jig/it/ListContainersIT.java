package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.docker.FakeDocker;
import dev.jig.fixture.Command;
import dev.jig.fixture.Docker;
import dev.jig.fixture.DockerImages;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Prerequisite;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `ig list-containers` with a real Docker, a fake one, and none.
final class ListContainersIT {
  private static final String HEADER =
      "RUNTIME.RUNTIMENAME RUNTIME.CONTAINERID RUNTIME.CONTAINERNAME RUNTIME.CONTAINERIMAGENAME";

  @TempDir Path folder;

  private Path socket() {
    return folder.resolve("docker.sock");
  }

  private static Command.Result list(Path socket, String... more) {
    List<String> all = new ArrayList<>(List.of("list-containers", "--docker-socketpath=" + socket));
    all.addAll(List.of(more));
    return IgProcess.run(all.toArray(String[]::new));
  }

  @Test
  void listsOnlyRunningContainers() throws Exception {
    String web = "aa".repeat(32);
    String db = "bb".repeat(32);
    try (FakeDocker docker = new FakeDocker(socket())) {
      docker.answer(
          FakeDocker.ALL,
          "["
              + FakeDocker.listed(web, "jig-web", "running")
              + ","
              + FakeDocker.listed(db, "jig-db", "running")
              + ","
              + FakeDocker.listed("cc".repeat(32), "jig-old", "exited")
              + "]");

      Command.Result table = list(socket(), "-c", "jig-web,jig-db,jig-old");
      Command.Result one = list(socket(), "-o", "json", "-c", "jig-web");
      Command.Result names = list(socket(), "-o", "columns=runtime.containerName", "-c", "jig-db");

      assertThat(table.exitCode()).isZero();
      assertThat(table.err()).isEmpty();
      assertThat(table.out())
          .isEqualTo(
              HEADER
                  + "\n"
                  + "docker              bbbbbbbbbbbb        jig-db                app:1                     \n"
                  + "docker              aaaaaaaaaaaa        jig-web               app:1                     \n");
      assertThat(one.out())
          .startsWith("[{\"runtime\":{\"runtimeName\":\"docker\",\"containerId\":\"" + web)
          .endsWith("}]\n");
      assertThat(names.lines()).containsExactly("RUNTIME.CONTAINERNAME", "jig-db               ");
    }
  }

  @Test
  void watchesRealContainers() {
    String image = DockerImages.clients();
    String name = Docker.uniqueName();
    try (IgProcess ig =
        IgProcess.start(
            IgProcess.commandLine(
                List.of(
                    "list-containers",
                    "-w",
                    "-o",
                    "json",
                    "-c",
                    name,
                    "--docker-socketpath=" + Docker.socket())))) {
      try (Docker.Container container =
          Docker.start(image, List.of("--name", name), "sleep", "600")) {
        Json created = ig.awaitEvents(1).getFirst();

        assertThat(created.text("event")).isEqualTo("CREATED");
        assertThat(created.text("container.runtime.containerId")).isEqualTo(container.id());
        assertThat(list(Docker.socket()).out()).contains(name).contains(image);
      }
      Json deleted = ig.awaitEvents(2).getLast();

      assertThat(deleted.text("event")).isEqualTo("DELETED");
      assertThat(deleted.text("container.runtime.containerName")).isEqualTo(name);
      Command.Result end = ig.stop();
      assertThat(end.exitCode()).isZero();
      assertThat(end.err()).isEmpty();
    }
  }

  @Test
  void showsIdsWithoutDocker() {
    String image = DockerImages.clients();
    try (Docker.Container container = Docker.start(image, List.of(), "sleep", "600")) {
      Command.Result end = list(socket());

      assertThat(end.exitCode()).isEqualTo(1); // the socket was named
      assertThat(end.out()).contains("docker              " + container.id().substring(0, 12));
      assertThat(end.err())
          .isEqualTo(
              "ig: Docker does not answer at "
                  + socket()
                  + ": is it running? --docker-socketpath sets another socket.\n");
    }
  }

  @Test
  void reportsASocketWithoutPermission() throws Exception {
    Prerequisite.requireRoot();
    String none = "-dac_override,-dac_read_search";
    List<String> line =
        new ArrayList<>(List.of("setpriv", "--bounding-set=" + none, "--inh-caps=" + none));
    Prerequisite.require(
        "the checkout is root's",
        () -> Command.run("test", "-O", "target/classes").exitCode() == 0);
    try (FakeDocker docker = new FakeDocker(socket())) {
      docker.answer(FakeDocker.ALL, "[]");
      Command.run("chmod", "000", socket().toString()).orThrow();
      line.addAll(
          IgProcess.commandLine(List.of("list-containers", "--docker-socketpath=" + socket())));

      Command.Result end = Command.run(line);

      assertThat(end.exitCode()).isEqualTo(1);
      assertThat(end.err())
          .isEqualTo(
              "ig: Docker does not answer at "
                  + socket()
                  + ": permission denied, run as root or as a member of the socket's group.\n");
    }
  }
}
