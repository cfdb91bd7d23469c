package dev.jig.trace;

import dev.jig.event.Owner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A child cgroup of our own, in which one command runs with its descendants: limits stay in force,
/// and every packet of the command is known by the cgroup's id.
public final class CommandCgroup implements AutoCloseable, Scope {
  private static final String PREFIX = "ig-command-";
  private static final Verdict INSIDE = new Verdict(Decision.PASS, null);
  private static final Verdict OUTSIDE = new Verdict(Decision.SKIP, null);

  /// So many foreign ids are remembered, before they are looked for again.
  private static final int MAX_OUTSIDERS = 10_000;

  private static final int MAX_REMOVE_TRIES = 50;
  private static final long REMOVE_PAUSE_NS = 10_000_000;

  /// Who the command runs as.
  ///
  /// @param uid decimal, as are the others
  /// @param groups supplementary ones, separated by commas; may be empty
  public record User(String uid, String gid, String groups) {}

  private final Path directory;
  private final Path parent;
  private final String pathInHierarchy;
  private final long id;
  private final Set<Long> descendants = new HashSet<>();
  private final Set<Long> outsiders = new HashSet<>();

  private CommandCgroup(Path parent, Path directory, String pathInHierarchy) throws IOException {
    this.parent = parent;
    this.directory = directory;
    this.pathInHierarchy = pathInHierarchy;
    this.id = inode(directory);
  }

  /// Makes the cgroup below this process's own, and sweeps away what earlier, killed runs left.
  ///
  /// @param root where cgroup v2 is mounted
  /// @throws IOException if the cgroup can't be made
  public static CommandCgroup create(Path root) throws IOException {
    return create(root, ownPath());
  }

  /// @param own path of the cgroup to make it in, from `root`, with leading slash
  static CommandCgroup create(Path root, String own) throws IOException {
    Path parent = root.resolve(own.substring(1));
    requireMember(parent);
    removeLeftovers(parent);
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

  /// In a cgroup namespace of its own a process sees another path than the mounted hierarchy has.
  private static void requireMember(Path parent) throws IOException {
    String pid = Long.toString(ProcessHandle.current().pid());
    try {
      if (Files.readAllLines(parent.resolve("cgroup.procs")).contains(pid)) {
        return;
      }
    } catch (NoSuchFileException e) {
      // said below
    }
    throw new IOException(
        "this process is not in " + parent + ", a cgroup namespace hides where it is");
  }

  /// Removing a cgroup that still has processes fails, so only what is empty goes.
  private static void removeLeftovers(Path parent) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path directory : left) {
        if (isLeftover(directory.getFileName().toString().substring(PREFIX.length()))) {
          removeTree(directory);
        }
      }
    }
  }

  /// Whether nobody with this pid can still need its cgroup; our own number was somebody else's.
  private static boolean isLeftover(String pid) {
    try {
      long number = Long.parseLong(pid);
      return number == ProcessHandle.current().pid() || ProcessHandle.of(number).isEmpty();
    } catch (NumberFormatException e) {
      return false; // not of our making
    }
  }

  /// Starts a command inside: a shell joins the cgroup and then becomes the command, so that not
  /// even its first packet is missed. Standard streams are ours.
  ///
  /// @param user who it runs as, null: as we do
  /// @throws IOException if there is no shell
  public Process start(List<String> command, @Nullable User user) throws IOException {
    List<String> line = new ArrayList<>();
    line.add("/bin/sh");
    line.add("-c");
    line.add("echo 0 >\"$1\" || exit 125; shift; exec \"$@\"");
    line.add("ig");
    // The child's own /proc/self has no descriptor of a mount that is ours alone.
    String ours = "/proc/" + ProcessHandle.current().pid() + "/";
    String procs = directory.resolve("cgroup.procs").toString();
    line.add(procs.replaceFirst("^/proc/self/", ours));
    if (user != null) {
      line.add("setpriv");
      line.add("--reuid=" + user.uid());
      line.add("--regid=" + user.gid());
      line.add(user.groups().isEmpty() ? "--clear-groups" : "--groups=" + user.groups());
      line.add("--");
    }
    line.addAll(command);
    return new ProcessBuilder(line).inheritIO().start();
  }

  @Override
  public Verdict decide(long cgroupId, @Nullable Owner owner) {
    if (cgroupId == id) {
      return INSIDE;
    }
    if (!descendants.contains(cgroupId) && !outsiders.contains(cgroupId)) {
      rescan(cgroupId);
    }
    return descendants.contains(cgroupId) ? INSIDE : OUTSIDE;
  }

  /// An id never seen: where the kernel does not tell of births, a descendant may have made it.
  private void rescan(long cgroupId) {
    addDescendants(directory);
    if (!descendants.contains(cgroupId)) {
      if (outsiders.size() >= MAX_OUTSIDERS) {
        outsiders.clear();
      }
      outsiders.add(cgroupId);
    }
  }

  private void addDescendants(Path parentOfSome) {
    try (DirectoryStream<Path> children =
        Files.newDirectoryStream(parentOfSome, Files::isDirectory)) {
      for (Path child : children) {
        descendants.add(inode(child));
        addDescendants(child);
      }
    } catch (IOException | UncheckedIOException _) {
      // it ended meanwhile
    }
  }

  @Override
  public Verdict decideNow(long cgroupId, @Nullable Owner owner) {
    return decide(cgroupId, owner);
  }

  /// A descendant may make cgroups of its own below.
  @Override
  public void onCgroupCreated(long cgroupId, String path) {
    outsiders.remove(cgroupId);
    if (path.startsWith(pathInHierarchy + "/")) {
      descendants.add(cgroupId);
    }
  }

  /// Removes the cgroup; descendants that still run go on in the parent.
  @Override
  public void close() throws IOException {
    for (int tries = 0; tries < MAX_REMOVE_TRIES && Files.exists(directory); tries++) {
      if (tries > 0) {
        LockSupport.parkNanos(REMOVE_PAUSE_NS); // a process may be between fork and exit
      }
      moveOut(directory);
      removeTree(directory);
    }
  }

  private void moveOut(Path from) {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(from, Files::isDirectory)) {
      for (Path child : children) {
        moveOut(child);
      }
      for (String pid : Files.readAllLines(from.resolve("cgroup.procs"))) {
        Files.writeString(parent.resolve("cgroup.procs"), pid);
      }
    } catch (IOException _) {
      // one of them ended meanwhile; the next try finds who is left
    }
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

  private static long inode(Path directory) throws IOException {
    return (Long) Files.getAttribute(directory, "unix:ino");
  }
}
