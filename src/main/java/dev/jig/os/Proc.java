package dev.jig.os;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a process's files in /proc (proc(5)). A process is identified by pid and start time.
/// Nothing is cached: exec and chdir change the files of the same process.
public final class Proc {
  /// 1 / USER_HZ, which is 100 on every architecture with a JDK.
  private static final long TICK_NS = 10_000_000L;

  /// Indexes of flags, field 9, and starttime, field 22, among the fields after the comm, which
  /// start with field 3.
  private static final int FLAGS_INDEX = 9 - 3;

  private static final int START_TIME_INDEX = 22 - 3;

  /// include/linux/sched.h: the task is exiting, or a zombie.
  private static final int PF_EXITING = 0x4;

  private static final int MAX_STAT = 4_096;
  private static final int MAX_COMMAND_LINE = 4_096;

  /// A process's executable, working directory and command line; null if not readable.
  ///
  /// @param commandLine the arguments, separated by spaces, at most 4,096 bytes
  public record Paths(
      @Nullable String exePath, @Nullable String cwd, @Nullable String commandLine) {}

  /// Of /proc/PID/stat.
  ///
  /// @param flags PF_* (include/linux/sched.h)
  /// @param startTicks ticks of CLOCK_BOOTTIME
  private record Stat(long flags, long startTicks) {
    boolean isStart(long startTimeNs) {
      return Math.abs(startTicks - startTimeNs / TICK_NS) <= 1;
    }

    boolean isExiting() {
      return (flags & PF_EXITING) != 0;
    }
  }

  private final Path root;

  /// @param root a mount of procfs in the host's pid namespace
  public Proc(Path root) {
    this.root = root;
  }

  /// Executable, working directory and command line of `pid`; null if it exited or the pid was
  /// reused.
  ///
  /// @param startTimeNs the process's start, nanoseconds of CLOCK_BOOTTIME
  public @Nullable Paths paths(int pid, long startTimeNs) {
    Path directory = root.resolve(Integer.toString(pid));
    String exe = link(directory.resolve("exe"));
    String cwd = link(directory.resolve("cwd"));
    String commandLine = commandLine(directory);
    // Compared last: a pid reused before or between the reads has another start by now.
    Stat stat = stat(directory);
    return stat != null && stat.isStart(startTimeNs) ? new Paths(exe, cwd, commandLine) : null;
  }

  /// The arguments with spaces between them; null for a kernel thread or if not readable.
  private static @Nullable String commandLine(Path directory) {
    try (InputStream in = Files.newInputStream(directory.resolve("cmdline"))) {
      String raw = new String(in.readNBytes(MAX_COMMAND_LINE), UTF_8);
      int end = raw.length();
      while (end > 0 && raw.charAt(end - 1) == 0) {
        end--;
      }
      return end == 0 ? null : raw.substring(0, end).replace('\0', ' ');
    } catch (IOException e) {
      return null;
    }
  }

  /// The lines of /proc/PID/cgroup; null if the process exited, is exiting or the pid was reused.
  ///
  /// @param startTimeNs the process's start, nanoseconds of CLOCK_BOOTTIME
  @Nullable
  public List<String> cgroups(int pid, long startTimeNs) {
    List<String> lines = cgroupLines(Integer.toString(pid));
    // Read last. In v1 hierarchies an exiting process is shown in the root
    // (kernel/cgroup/cgroup.c, proc_cgroup_show()).
    Stat stat = stat(root.resolve(Integer.toString(pid)));
    boolean valid = stat != null && stat.isStart(startTimeNs) && !stat.isExiting();
    return valid && !lines.isEmpty() ? lines : null;
  }

  /// The lines of /proc/PID/cgroup if process `pid` started at least two ticks (20 ms) before
  /// `startTimeNs` and is not exiting; else null.
  @Nullable
  public List<String> cgroupsIfOlder(int pid, long startTimeNs) {
    List<String> lines = cgroupLines(Integer.toString(pid));
    Stat stat = stat(root.resolve(Integer.toString(pid)));
    boolean valid =
        stat != null && stat.startTicks() < startTimeNs / TICK_NS - 1 && !stat.isExiting();
    return valid && !lines.isEmpty() ? lines : null;
  }

  /// The lines of /proc/PROCESS/cgroup; empty if the process exited.
  ///
  /// @param process a pid or `self`
  public List<String> cgroupLines(String process) {
    try {
      return Files.readAllLines(root.resolve(process).resolve("cgroup"), ISO_8859_1);
    } catch (IOException e) {
      return List.of();
    }
  }

  /// The inode of a process's mount namespace; 0 if not readable.
  public long mountNs(int pid) {
    String link = link(root.resolve(Integer.toString(pid)).resolve("ns/mnt"));
    if (link == null || !link.startsWith("mnt:[") || !link.endsWith("]")) {
      return 0;
    }
    return Long.parseLong(link, "mnt:[".length(), link.length() - 1, 10);
  }

  /// Null if not readable. The comm before the fields may contain spaces and parentheses.
  private static @Nullable Stat stat(Path directory) {
    try (InputStream in = Files.newInputStream(directory.resolve("stat"))) {
      String stat = new String(in.readNBytes(MAX_STAT), ISO_8859_1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
      if (fields.length <= START_TIME_INDEX) {
        return null;
      }
      return new Stat(
          Long.parseLong(fields[FLAGS_INDEX]), Long.parseLong(fields[START_TIME_INDEX]));
    } catch (IOException | NumberFormatException e) {
      return null;
    }
  }

  /// Null for a kernel thread, or without permission.
  private static @Nullable String link(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return null;
    }
  }
}
