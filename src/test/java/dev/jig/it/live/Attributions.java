package dev.jig.it.live;

import dev.jig.it.live.Truth.Doubt;
import dev.jig.it.live.Truth.Hop;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Compares the rows of a trace with the report of `asker` on each message.
final class Attributions {
  /// How a row's owner compares with the truth.
  enum Verdict {
    EXACT,
    /// Marked as the socket's owner, and it is that process.
    SOCKET,
    /// As [#SOCKET], but the thread, name or user is that of an earlier moment.
    SOCKET_STALE,
    SOCKET_WRONG,
    UNKNOWN,
    EXACT_WRONG
  }

  /// A row, the truth, and how they compare.
  record Judged(Row row, Truth truth, Verdict verdict) {
    boolean isWrongWithoutDoubt() {
      return verdict == Verdict.SOCKET_WRONG
          && (row.hop() != Hop.SERVER_Q || truth.doubt() == Doubt.NONE);
    }

    /// A socket may have no owner while two processes write to it at once.
    boolean isUnknownWithoutDoubt() {
      return verdict == Verdict.UNKNOWN
          && (row.hop() != Hop.SERVER_Q || truth.doubt() != Doubt.SHARED);
    }

    private String kind() {
      return truth.way() + " " + row.hop();
    }
  }

  private record Message(Hop hop, String name) {}

  private final Map<Message, Truth> truths = new HashMap<>();
  private final Map<Long, Set<Long>> startsOfPid = new HashMap<>();
  private final List<Judged> judged = new ArrayList<>();
  private final List<Row> unexpected = new ArrayList<>();

  Attributions(List<Truth> reported, List<Row> rows) {
    for (Truth truth : reported) {
      truths.put(new Message(truth.hop(), truth.name()), truth);
      startsOfPid.computeIfAbsent(truth.pid(), pid -> new HashSet<>()).add(truth.startTicks());
    }
    rows.forEach(this::judge);
  }

  private void judge(Row row) {
    // A response belongs to the process that sent the query, even if another one or none reads it.
    Truth truth = truths.get(new Message(row.isAtClient() ? Hop.CLIENT_Q : row.hop(), row.name()));
    if (truth == null) {
      unexpected.add(row);
    } else {
      judged.add(new Judged(row, truth, verdict(row, truth)));
    }
  }

  private Verdict verdict(Row row, Truth truth) {
    if (!row.hasOwner()) {
      return Verdict.UNKNOWN;
    }
    boolean same = row.identity().equals(truth.identity());
    if (row.isExact()) {
      return same ? Verdict.EXACT : Verdict.EXACT_WRONG;
    }
    if (same) {
      return Verdict.SOCKET;
    }
    return isSameProcess(row, truth) ? Verdict.SOCKET_STALE : Verdict.SOCKET_WRONG;
  }

  /// Rows do not have a process's start time: reused pids are distinguished by the process's name.
  private boolean isSameProcess(Row row, Truth truth) {
    return row.pid() == truth.pid() && (!isReused(truth.pid()) || row.comm().equals(truth.comm()));
  }

  private boolean isReused(long pid) {
    return startsOfPid.getOrDefault(pid, Set.of()).size() > 1;
  }

  /// A line for each case and hop with rows that match: their number and one of them.
  List<String> samples(Predicate<Judged> condition) {
    return judged.stream()
        .filter(condition)
        .collect(Collectors.groupingBy(Judged::kind, TreeMap::new, Collectors.toList()))
        .entrySet()
        .stream()
        .map(kind -> {
          Judged one = kind.getValue().getFirst();
          return "%s: %d, such as %s instead of %s"
              .formatted(
                  kind.getKey(),
                  kind.getValue().size(),
                  one.row().hasOwner() ? one.row().identity() : "none",
                  one.truth().identity());
        })
        .toList();
  }

  /// Rows of messages that were not sent.
  List<Row> unexpected() {
    return unexpected;
  }

  /// Messages sent or read that have no row.
  Set<Truth> missing() {
    Set<Message> shown =
        judged.stream()
            .map(each -> new Message(each.row().hop(), each.row().name()))
            .collect(Collectors.toSet());
    return truths.entrySet().stream()
        .filter(reported -> !shown.contains(reported.getKey()))
        .map(Map.Entry::getValue)
        .collect(Collectors.toSet());
  }

  /// Counts the processes of this case with a pid that another process had too.
  long processesWithReusedPids(String way) {
    return truths.values().stream()
        .filter(truth -> truth.way().equals(way) && truth.hop() == Hop.CLIENT_Q)
        .filter(truth -> isReused(truth.pid()))
        .map(Truth::comm)
        .distinct()
        .count();
  }

  /// The number of rows of each verdict: a line per case, then the sums.
  String table() {
    Map<String, Map<Verdict, Long>> byWay = new TreeMap<>();
    for (Judged each : judged) {
      byWay
          .computeIfAbsent(each.truth().way(), way -> new EnumMap<>(Verdict.class))
          .merge(each.verdict(), 1L, Long::sum);
      byWay
          .computeIfAbsent("~ all", way -> new EnumMap<>(Verdict.class))
          .merge(each.verdict(), 1L, Long::sum);
    }
    StringBuilder table = new StringBuilder("%-30s".formatted("rows"));
    for (Verdict verdict : Verdict.values()) {
      table.append(" %13s".formatted(verdict));
    }
    byWay.forEach((way, counts) -> {
      table.append("%n%-30s".formatted(way));
      for (Verdict verdict : Verdict.values()) {
        table.append(" %13d".formatted(counts.getOrDefault(verdict, 0L)));
      }
    });
    return table.append('\n').toString();
  }
}
