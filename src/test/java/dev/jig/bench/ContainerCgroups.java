package dev.jig.bench;

import dev.jig.fixture.Cgroups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/// Empty cgroups with Docker's path format below a temporary cgroup (v2), to run programs in.
final class ContainerCgroups implements AutoCloseable {
  private final Path own;
  private final List<String> ids = new ArrayList<>();

  private ContainerCgroups(Path own) {
    this.own = own;
  }

  /// @param root of cgroup v2
  static ContainerCgroups create(Path root, int count) throws IOException {
    Path own = Files.createTempDirectory(root, "jig-bench-");
    ContainerCgroups made = new ContainerCgroups(own);
    Files.createDirectory(own.resolve("docker"));
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int i = 0; i < count; i++) {
      String id =
          String.format(Locale.ROOT, "%016x%016x%032x", random.nextLong(), random.nextLong(), i);
      Files.createDirectory(made.directory(id));
      made.ids.add(id);
    }
    return made;
  }

  int count() {
    return ids.size();
  }

  String id(int container) {
    return ids.get(container);
  }

  static String name(int container) {
    return "bench-" + container;
  }

  Path directory(int container) {
    return directory(ids.get(container));
  }

  private Path directory(String id) {
    return own.resolve("docker").resolve(id);
  }

  /// A command line that runs another one in a container's cgroup.
  List<String> commandIn(int container, List<String> command) {
    List<String> all = new ArrayList<>();
    all.addAll(List.of("sh", "-c", "echo $$ >\"$1\"; shift; exec \"$@\"", "sh"));
    all.add(directory(container).resolve("cgroup.procs").toString());
    all.addAll(command);
    return all;
  }

  /// A command line that sends one query from one container.
  List<String> onePacketFrom(int container, int port) {
    return onePacketFrom(ids.subList(container, container + 1), port);
  }

  /// A command line that sends one query from each container except the first `but`.
  List<String> onePacketFromEach(int but, int port) {
    return onePacketFrom(ids.subList(but, ids.size()), port);
  }

  private List<String> onePacketFrom(List<String> some, int port) {
    List<String> all = new ArrayList<>();
    // A socket belongs to the cgroup it is created in. No server listens on the port.
    all.addAll(
        List.of(
            "bash",
            "-c",
            "query='\\x12\\x34\\x01\\0\\0\\x01\\0\\0\\0\\0\\0\\0\\x04test\\0\\0\\x01\\0\\x01'; to=/dev/udp/127.0.0.1/$1;"
                + " shift; for cgroup; do echo $$ >\"$cgroup\"; printf \"$query\" >\"$to\"; done",
            "bash",
            Integer.toString(port)));
    for (String id : some) {
      all.add(directory(id).resolve("cgroup.procs").toString());
    }
    return all;
  }

  @Override
  public void close() throws IOException {
    Cgroups.remove(own);
  }
}
