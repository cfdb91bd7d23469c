package dev.jig.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// CPU time of every thread of a process at one moment (/proc/PID/task/TID/schedstat). Threads that
/// have ended are not in it.
///
/// @param atNs of System.nanoTime
/// @param threads by thread id
record ThreadTimes(long atNs, Map<String, ThreadTime> threads) {
  private static final int LARGEST = 4;

  /// CPU time of one thread.
  record ThreadTime(String name, long ns) {}

  static ThreadTimes of(long pid) throws IOException {
    Map<String, ThreadTime> threads = new HashMap<>();
    try (DirectoryStream<Path> tasks =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
      for (Path task : tasks) {
        try {
          String ns = Files.readString(task.resolve("schedstat")).split(" ", -1)[0];
          String name = Files.readString(task.resolve("comm")).strip();
          threads.put(task.getFileName().toString(), new ThreadTime(name, Long.parseLong(ns)));
        } catch (NoSuchFileException e) {
          // a thread that has just ended
        }
      }
    }
    return new ThreadTimes(System.nanoTime(), threads);
  }

  /// CPU time of all threads since an earlier moment.
  long nsSince(ThreadTimes earlier) {
    return since(earlier).values().stream().mapToLong(Long::longValue).sum();
  }

  /// The threads with the most CPU time since an earlier moment, in microseconds for each query:
  /// `main 2.31, VM Thread 0.12`.
  String largestSince(ThreadTimes earlier, double queries) {
    return since(earlier).entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
        .limit(LARGEST)
        .map(
            it -> String.format(Locale.ROOT, "%s %.2f", it.getKey(), it.getValue() / 1e3 / queries))
        .collect(Collectors.joining(", "));
  }

  /// By name of the thread.
  private Map<String, Long> since(ThreadTimes earlier) {
    Map<String, Long> times = new HashMap<>();
    threads.forEach((id, thread) -> {
      ThreadTime before = earlier.threads.get(id);
      times.merge(thread.name, thread.ns - (before == null ? 0 : before.ns), Long::sum);
    });
    return times;
  }
}
