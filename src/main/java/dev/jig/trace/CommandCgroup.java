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

/// The scope of one command: runs it in a child cgroup of this process's cgroup, so that all
/// packets of the command and its descendants have this cgroup's id. Limits of the parent stay in
/// force.
public final class CommandCgroup implements AutoCloseable, Scope {
  private static final String PREFIX = "ig-command-";
  private static final Verdict INSIDE = new Verdict(Decision.PASS, null);
  private static final Verdict OUTSIDE = new Verdict(Decision.SKIP, null);

  /// Bound of remembered ids of other cgroups; beyond it all are cleared.
  private static final int MAX_OUTSIDERS = 10_000;

  private static final int MAX_REMOVE_TRIES = 50;
  private static final long REMOVE_PAUSE_NS = 10_000_000;

  /// The user and groups that the command runs as, in decimal.
  ///
  /// @param groups supplementary groups, separated by commas; may be empty
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

  /// Creates the cgroup below this process's own, and removes those that killed runs have left.
  ///
  /// @param root where cgroup v2 is mounted
  /// @throws IOException if the cgroup cannot be created
  public static CommandCgroup create(Path root) throws IOException {
    return create(root, ownPath());
  }

  /// Creates the cgroup in another one.
  ///
  /// @param own path of the parent cgroup, from `root`, with leading slash
  static CommandCgroup create(Path root, String own) throws IOException {
    Path parent = root.resolve(own.substring(1));
    requireMember(parent);
    removeLeftovers(parent);
    String name = PREFIX + ProcessHandle.current().pid();
    Path directory = Files.createDirectory(parent.resolve(name));
    return new CommandCgroup(parent, directory, own.equals("/") ? "/" + name : own + "/" + name);
  }

  /// From the v2 line of `/proc/self/cgroup`, `0::PATH` (cgroups(7)).
  private static String ownPath() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
      if (line.startsWith("0::/")) {
        return line.substring("0::".length());
      }
    }
    throw new IOException("/proc/self/cgroup names no cgroup v2");
  }

  /// Fails in a cgroup namespace, where /proc/self/cgroup shows another path than the hierarchy
  /// has.
  private static void requireMember(Path parent) throws IOException {
    String pid = Long.toString(ProcessHandle.current().pid());
    try {
      if (Files.readAllLines(parent.resolve("cgroup.procs")).contains(pid)) {
        return;
      }
    } catch (NoSuchFileException e) {
      // not the parent: see below
    }
    throw new IOException(
        "this process is not in " + parent + ", a cgroup namespace hides where it is");
  }

  /// Removes empty cgroups only: rmdir fails with EBUSY if there are processes.
  private static void removeLeftovers(Path parent) throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path directory : found) {
        if (isLeftover(directory.getFileName().toString().substring(PREFIX.length()))) {
          removeTree(directory);
        }
      }
    }
  }

  /// Whether the run with this pid has ended; one with the pid of this process has, too.
  private static boolean isLeftover(String pid) {
    try {
      long number = Long.parseLong(pid);
      return number == ProcessHandle.current().pid() || ProcessHandle.of(number).isEmpty();
    } catch (NumberFormatException e) {
      return false; // not a name that create() gives
    }
  }

  /// Starts a command in the cgroup: a shell joins it and execs the command, so that the first
  /// packet is in the cgroup already. Standard streams are inherited.
  ///
  /// @param user the user to run as; null: this process's
  /// @throws IOException if there is no shell
  public Process start(List<String> command, @Nullable User user) throws IOException {
    List<String> line = new ArrayList<>();
    line.add("/bin/sh");
    line.add("-c");
    line.add("echo 0 >\"$1\" || exit 125; shift; exec \"$@\"");
    line.add("ig");
    // /proc/self would be the child's, which does not have this process's descriptor of the mount.
    String self = "/proc/" + ProcessHandle.current().pid() + "/";
    String procs = directory.resolve("cgroup.procs").toString();
    line.add(procs.replaceFirst("^/proc/self/", self));
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

  /// A new id: without notices of new cgroups, a descendant may have created it.
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
      // removed meanwhile
    }
  }

  @Override
  public Verdict decideNow(long cgroupId, @Nullable Owner owner) {
    return decide(cgroupId, owner);
  }

  /// A descendant may create cgroups below.
  @Override
  public void onCgroupCreated(long cgroupId, String path) {
    outsiders.remove(cgroupId);
    if (path.startsWith(pathInHierarchy + "/")) {
      descendants.add(cgroupId);
    }
  }

  /// Moves the processes that still run to the parent cgroup and removes this one, in at most 50
  /// tries at intervals of 10 ms.
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
      // a process has ended meanwhile; the next try moves the others
    }
  }

  private static void removeTree(Path directory) {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory, Files::isDirectory)) {
      for (Path child : children) {
        removeTree(child);
      }
      Files.delete(directory);
    } catch (IOException _) {
      // EBUSY: the cgroup still has processes
    }
  }

  private static long inode(Path directory) throws IOException {
    return (Long) Files.getAttribute(directory, "unix:ino");
  }
}
