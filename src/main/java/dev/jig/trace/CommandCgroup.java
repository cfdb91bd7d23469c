package dev.jig.trace;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A child cgroup of our own, in which one command runs with its descendants: limits stay in force,
/// and every packet of the command is known by the cgroup's id.
public final class CommandCgroup implements AutoCloseable, Scope {
  private static final String PREFIX = "ig-command-";
  private static final Answer IN = new Answer(Decision.PASS, null);
  private static final Answer OUT = new Answer(Decision.SKIP, null);

  private final Path directory;
  private final Path parent;
  private final String pathInHierarchy;
  private final Set<Long> ids = new HashSet<>();

  private CommandCgroup(Path parent, Path directory, String pathInHierarchy) throws IOException {
    this.parent = parent;
    this.directory = directory;
    this.pathInHierarchy = pathInHierarchy;
    ids.add((Long) Files.getAttribute(directory, "unix:ino"));
  }

  /// Makes the cgroup below this process's own, and sweeps away what earlier, killed runs left.
  ///
  /// @param root where cgroup v2 is mounted
  /// @throws IOException if the cgroup can't be made
  public static CommandCgroup make(Path root) throws IOException {
    return make(root, ownPath());
  }

  /// @param own path of the cgroup to make it in, from `root`, with leading slash
  static CommandCgroup make(Path root, String own) throws IOException {
    Path parent = root.resolve(own.substring(1));
    sweep(parent);
    String name = PREFIX + ProcessHandle.current().pid();
    Path directory = Files.createDirectory(parent.resolve(name));
    return new CommandCgroup(parent, directory, own.equals("/") ? "/" + name : own + "/" + name);
  }

  /// From `/proc/self/cgroup`, whose v2 line is `0::PATH` (cgroups(7)).
  private static String ownPath() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
      if (line.startsWith("0::/")) {
        return line.substring("0::".length());
      }
    }
    throw new IOException("/proc/self/cgroup names no cgroup v2");
  }

  /// Removing a cgroup that still has processes fails, so only what is empty goes.
  private static void sweep(Path parent) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path directory : left) {
        String pid = directory.getFileName().toString().substring(PREFIX.length());
        if (isLeft(pid)) {
          removeTree(directory);
        }
      }
    }
  }

  /// Ours was not made yet: what bears our pid is another's, who had it before.
  private static boolean isLeft(String pid) {
    return pid.matches("[0-9]{1,9}")
        && (ProcessHandle.of(Long.parseLong(pid)).isEmpty()
            || Long.parseLong(pid) == ProcessHandle.current().pid());
  }

  /// Starts a command inside: a shell joins the cgroup and then becomes the command, so that not
  /// even its first packet is missed. Standard streams are ours.
  ///
  /// @throws IOException if there is no shell
  public Process start(List<String> command) throws IOException {
    List<String> line = new ArrayList<>();
    line.add("/bin/sh");
    line.add("-c");
    line.add("echo 0 >\"$0\" || exit 125; exec \"$@\"");
    line.add(directory.resolve("cgroup.procs").toString());
    line.addAll(command);
    return new ProcessBuilder(line).inheritIO().start();
  }

  @Override
  public Answer of(long cgroupId) {
    return ids.contains(cgroupId) ? IN : OUT;
  }

  @Override
  public Answer afterWaiting(long cgroupId) {
    return of(cgroupId);
  }

  @Override
  public long generation() {
    return ids.size();
  }

  /// A descendant may make cgroups of its own below.
  @Override
  public void born(long cgroupId, String path) {
    if (path.startsWith(pathInHierarchy + "/")) {
      ids.add(cgroupId);
    }
  }

  /// Removes the cgroup; descendants that still run go on in the parent.
  @Override
  public void close() throws IOException {
    for (String pid : Files.readAllLines(directory.resolve("cgroup.procs"))) {
      try {
        Files.writeString(parent.resolve("cgroup.procs"), pid);
      } catch (IOException _) {
        // it ended meanwhile
      }
    }
    removeTree(directory);
  }

  private static void removeTree(Path directory) {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory, Files::isDirectory)) {
      for (Path child : children) {
        removeTree(child);
      }
      Files.delete(directory);
    } catch (IOException _) {
      // somebody lives there
    }
  }
}
