package dev.jig.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// CPU time and memory of a process from /proc (proc_pid_stat(5), proc_pid_status(5)).
public final class ProcessFigures {
  private static final long TICK_NS = 10_000_000; // USER_HZ is 100 on every architecture we run on

  private ProcessFigures() {}

  /// User and system time of all its threads, also those that ended, in steps of 10 ms.
  public static long cpuNs(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_NS;
  }

  /// CPU time in nanoseconds, without threads that have ended; for short times.
  public static long scheduledNs(long pid) throws IOException {
    long sum = 0;
    try (DirectoryStream<Path> tasks =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
      for (Path task : tasks) {
        try {
          sum += Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ", -1)[0]);
        } catch (NoSuchFileException e) {
          // a thread that has just ended
        }
      }
    }
    return sum;
  }

  public static long rssBytes(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException("no VmRSS of process " + pid);
  }
}
