package dev.jig.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The kernel's run times of BPF programs (kernel.bpf_stats_enabled); switched off again when
/// closed. They contain the time of reading the clock.
final class BpfStats implements AutoCloseable {
  private static final Path SWITCH = Path.of("/proc/sys/kernel/bpf_stats_enabled");

  private final String before;

  private BpfStats(String before) {
    this.before = before;
  }

  /// Run time and number of runs of some programs.
  record RunTime(long ns, long runs) {
    RunTime minus(RunTime earlier) {
      return new RunTime(ns - earlier.ns, runs - earlier.runs);
    }
  }

  static BpfStats enable() throws IOException {
    BpfStats stats = new BpfStats(Files.readString(SWITCH).strip());
    Runtime.getRuntime().addShutdownHook(new Thread(stats::restore));
    Files.writeString(SWITCH, "1");
    return stats;
  }

  /// Of all programs that a process holds open, from /proc/PID/fdinfo.
  static RunTime of(long pid) throws IOException {
    Map<Long, RunTime> programs = new HashMap<>(); // several descriptors may be of one program
    try (DirectoryStream<Path> descriptors =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/fdinfo"))) {
      for (Path descriptor : descriptors) {
        List<String> lines;
        try {
          lines = Files.readAllLines(descriptor);
        } catch (NoSuchFileException e) {
          continue; // closed in the meantime
        }
        if (lines.stream().anyMatch(line -> line.startsWith("run_time_ns:"))) {
          programs.put(
              number(lines, "prog_id:"),
              new RunTime(number(lines, "run_time_ns:"), number(lines, "run_cnt:")));
        }
      }
    }
    if (programs.isEmpty()) {
      throw new IOException("process " + pid + " holds no BPF program");
    }
    return new RunTime(
        programs.values().stream().mapToLong(RunTime::ns).sum(),
        programs.values().stream().mapToLong(RunTime::runs).sum());
  }

  @Override
  public void close() {
    restore();
  }

  private void restore() {
    try {
      Files.writeString(SWITCH, before);
    } catch (IOException e) {
      System.err.println("bin/bench: cannot write " + before + " to " + SWITCH + ": " + e);
    }
  }

  private static long number(List<String> lines, String key) throws IOException {
    for (String line : lines) {
      if (line.startsWith(key)) {
        return Long.parseLong(line.substring(key.length()).strip());
      }
    }
    throw new IOException("no " + key + " in " + lines);
  }
}
