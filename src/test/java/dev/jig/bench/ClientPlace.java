package dev.jig.bench;

import dev.jig.container.docker.FakeDocker;
import dev.jig.os.CgroupDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Where the client of a load runs, and the options that make ig trace it. The name server always
/// runs outside containers.
interface ClientPlace extends AutoCloseable {
  /// A command line that runs another one in this place.
  List<String> command(List<String> command);

  /// Options of ig.
  List<String> selection();

  /// How many of both sides of a query ig traces.
  int sides();

  @Override
  void close() throws IOException;

  /// Both sides run outside containers, and both are traced (`--host`).
  static ClientPlace machine() {
    return new ClientPlace() {
      @Override
      public List<String> command(List<String> command) {
        return command;
      }

      @Override
      public List<String> selection() {
        return Ig.HOST;
      }

      @Override
      public int sides() {
        return 2;
      }

      @Override
      public void close() {}
    };
  }

  /// The client runs in a container, which alone is traced (`-c`): the usual case, where the
  /// resolver is another machine's. A simulated Docker knows the container's name.
  @SuppressWarnings("MustBeClosedChecker") // the caller closes
  static ClientPlace container(Path work) throws IOException {
    Path socket = work.resolve("docker.sock");
    ContainerCgroups cgroups = ContainerCgroups.create(CgroupDirectory.rootPath(), 1);
    FakeDocker docker = new FakeDocker(socket);
    String name = ContainerCgroups.name(0);
    docker.answer(FakeDocker.ALL, "[" + FakeDocker.listed(cgroups.id(0), name, "running") + "]");
    return new ClientPlace() {
      @Override
      public List<String> command(List<String> command) {
        return cgroups.commandIn(0, command);
      }

      @Override
      public List<String> selection() {
        return List.of("-c", name, "-r", "docker", "--docker-socketpath", socket.toString());
      }

      @Override
      public int sides() {
        return 1;
      }

      @Override
      public void close() throws IOException {
        docker.close();
        cgroups.close();
      }
    };
  }
}
