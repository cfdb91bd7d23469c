package dev.jig.os;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What /proc says of a process, provided it is still the same one. A few system calls' worth, and
/// nothing is cached: exec and chdir change the answer under the same pid and start time.
public final class Proc {
  /// USER_HZ is 100 on every architecture Linux gives a JDK to.
  private static final long TICK_NS = 10_000_000L;

  /// proc(5): field 22 is starttime; the fields after the comm start with field 3.
  private static final int START_TIME_AFTER_COMM = 22 - 3;

  private static final int STAT_AT_MOST = 4_096;

  private static final int COMMAND_LINE_AT_MOST = 4_096;

  /// A process's executable, working directory and command line; null where /proc refuses it.
  ///
  /// @param commandLine its arguments, separated by blanks
  public record Paths(
      @Nullable String exePath, @Nullable String cwd, @Nullable String commandLine) {}

  private final Path root;

  /// @param root where procfs is mounted, with the host's pids
  public Proc(Path root) {
    this.root = root;
  }

  /// The executable, working directory and command line of `pid`; null if it is gone or the pid was
  /// reused.
  ///
  /// @param startTimeNs its start on the boot clock, as the kernel's record has it
  public @Nullable Paths paths(int pid, long startTimeNs) {
    Path directory = root.resolve(Integer.toString(pid));
    String exe = link(directory.resolve("exe"));
    String cwd = link(directory.resolve("cwd"));
    String commandLine = commandLine(directory);
    // Compared after reading: a pid reused before or between the reads shows its new start here.
    return isStart(startTicks(directory), startTimeNs) ? new Paths(exe, cwd, commandLine) : null;
  }

  /// Its arguments with blanks between them, cut where it is very long; null for a kernel thread,
  /// or where it can't be read.
  private static @Nullable String commandLine(Path directory) {
    try (InputStream in = Files.newInputStream(directory.resolve("cmdline"))) {
      String raw = new String(in.readNBytes(COMMAND_LINE_AT_MOST), UTF_8);
      int end = raw.length();
      while (end > 0 && raw.charAt(end - 1) == 0) {
        end--;
      }
      return end == 0 ? null : raw.substring(0, end).replace('\0', ' ');
    } catch (IOException e) {
      return null;
    }
  }

  /// The lines of /proc/PID/cgroup; null if the process is gone or the pid was reused.
  ///
  /// @param startTimeNs its start on the boot clock, as the kernel's record has it
  @Nullable
  public List<String> cgroups(int pid, long startTimeNs) {
    List<String> lines = cgroupLines(Integer.toString(pid));
    boolean same = isStart(startTicks(root.resolve(Integer.toString(pid))), startTimeNs);
    return same && !lines.isEmpty() ? lines : null;
  }

  /// The same of any process that is surely older than another one; null if it is not, or gone.
  ///
  /// @param startTimeNs the other one's start
  @Nullable
  public List<String> cgroupsIfOlder(int pid, long startTimeNs) {
    List<String> lines = cgroupLines(Integer.toString(pid));
    long ticks = startTicks(root.resolve(Integer.toString(pid)));
    return ticks >= 0 && ticks < startTimeNs / TICK_NS - 1 && !lines.isEmpty() ? lines : null;
  }

  /// The lines of cgroup in a process's directory; none if it is gone.
  public List<String> cgroupLines(String process) {
    try {
      return Files.readAllLines(root.resolve(process).resolve("cgroup"), ISO_8859_1);
    } catch (IOException e) {
      return List.of();
    }
  }

  /// The inode of a process's mount namespace; 0 if it can't be had.
  public long mountNs(int pid) {
    String link = link(root.resolve(Integer.toString(pid)).resolve("ns/mnt"));
    if (link == null || !link.startsWith("mnt:[") || !link.endsWith("]")) {
      return 0;
    }
    return Long.parseLong(link, "mnt:[".length(), link.length() - 1, 10);
  }

  private static boolean isStart(long ticks, long startTimeNs) {
    return ticks >= 0 && Math.abs(ticks - startTimeNs / TICK_NS) <= 1;
  }

  /// Field 22 of stat, or -1. The comm before it may hold blanks and parentheses.
  private static long startTicks(Path directory) {
    try (InputStream in = Files.newInputStream(directory.resolve("stat"))) {
      String stat = new String(in.readNBytes(STAT_AT_MOST), ISO_8859_1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
      return fields.length > START_TIME_AFTER_COMM
          ? Long.parseLong(fields[START_TIME_AFTER_COMM])
          : -1;
    } catch (IOException | NumberFormatException e) {
      return -1;
    }
  }

  /// Null for a kernel thread, or where permission is missing.
  private static @Nullable String link(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return null;
    }
  }
}
