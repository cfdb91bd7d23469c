package dev.jig.names;

import dev.jig.event.LookupRow;
import dev.jig.event.RowSize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/// The queries and walks of one process for names with the same first label, which all names of a
/// walk have. Lookups join walks in the order of their first queries, although their rows come in
/// the order of their ends.
final class NameGroup {
  /// How long a query without a row holds up others.
  private static final long MAX_WAIT_NS = 60_000_000_000L;

  /// How long a query of another thread holds up others: the row of a server failure, or of a
  /// closed socket, comes half a second late.
  private static final long MAX_OTHER_THREAD_NS = 1_000_000_000;

  /// A query without a row so far.
  private record Asked(String name, int type, int thread, long timeNs) {}

  /// Bound of the queries, of the lookups that are held up, and of the walks.
  static final int MAX_EACH = 64;

  private final List<Asked> asked = new ArrayList<>();
  private final List<LookupRow> waiting = new ArrayList<>();
  private final List<Walk> walks = new ArrayList<>();
  private final long maxGapNs;

  /// When it was last used, on the rows' clock.
  long touchedNs;

  /// The search lists that were known at the last lookup.
  private List<SearchList> lists = List.of();

  private long evicted;

  /// @param maxGapNs how long after the end of a lookup its resolver may ask the next name
  NameGroup(long maxGapNs) {
    this.maxGapNs = maxGapNs;
  }

  boolean isEmpty() {
    return asked.isEmpty() && waiting.isEmpty() && walks.isEmpty();
  }

  /// Walks passed on before their end was known, because there were too many; those since the last
  /// call.
  long takeEvicted() {
    long taken = evicted;
    evicted = 0;
    return taken;
  }

  /// Approximate heap size of the lookups that wait.
  int bytes() {
    int bytes = 0;
    for (LookupRow row : waiting) {
      bytes += RowSize.of(row);
    }
    for (Walk walk : walks) {
      bytes += walk.bytes();
    }
    return bytes;
  }

  void onQuery(String name, int type, int thread, long timeNs) {
    if (asked.size() == MAX_EACH) {
      asked.removeFirst();
    }
    asked.add(new Asked(name, type, thread, timeNs));
  }

  /// Takes the row of a lookup, and passes on the walks that are over.
  void onLookup(LookupRow row, List<SearchList> known, long nowNs, Consumer<Walk> onOver) {
    lists = known;
    asked.removeIf(query -> isOf(row, query));
    waiting.add(row);
    waiting.sort(Comparator.comparingLong(LookupRow::timestampNs));
    advance(nowNs, onOver);
    if (walks.size() > MAX_EACH) {
      onOver.accept(walks.removeFirst());
      evicted++;
    }
  }

  private static boolean isOf(LookupRow row, Asked query) {
    return query.type() == Step.typeOf(row)
        && DomainNames.isSame(query.name(), Step.nameOf(row))
        && (query.timeNs() == row.timestampNs()
            || row.lookup().attempts().stream()
                .anyMatch(attempt -> attempt.timestampNs() == query.timeNs()));
  }

  /// Passes on what waits no longer.
  void tick(long nowNs, Consumer<Walk> onOver) {
    asked.removeIf(query -> query.timeNs() + MAX_WAIT_NS < nowNs);
    advance(nowNs, onOver);
    for (Iterator<Walk> all = walks.iterator(); all.hasNext(); ) {
      Walk walk = all.next();
      if (walk.endNs() + maxGapNs <= nowNs && !isContinued(walk)) {
        all.remove();
        onOver.accept(walk);
      }
    }
  }

  /// Passes on everything; returns the number of walks that may have had more to come.
  int finish(Consumer<Walk> onOver) {
    asked.clear();
    advance(Long.MAX_VALUE, onOver);
    int unfinished = walks.size();
    walks.forEach(onOver);
    walks.clear();
    return unfinished;
  }

  private void advance(long nowNs, Consumer<Walk> onOver) {
    while (!waiting.isEmpty()
        && (waiting.size() > MAX_EACH || !isHeldUp(waiting.getFirst(), nowNs))) {
      join(waiting.removeFirst());
    }
    for (Iterator<Walk> all = walks.iterator(); all.hasNext(); ) {
      Walk walk = all.next();
      if (walk.isOver() && !isContinued(walk)) {
        all.remove();
        onOver.accept(walk);
      }
    }
  }

  /// Whether a query of another name was sent before, which may be an earlier step of its walk.
  private boolean isHeldUp(LookupRow row, long nowNs) {
    boolean isRecent = nowNs - Step.endOf(row) < MAX_OTHER_THREAD_NS;
    for (Asked query : asked) {
      if (query.timeNs() < row.timestampNs()
          && (isRecent || query.thread() == Step.threadOf(row.subject().owner()))
          && !DomainNames.isSame(query.name(), Step.nameOf(row))) {
        return true;
      }
    }
    return false;
  }

  private void join(LookupRow row) {
    int thread = Step.threadOf(row.subject().owner());
    for (Walk walk : walks.reversed()) {
      if (walk.isOfThread(thread) && walk.add(row, lists, maxGapNs)) {
        return;
      }
    }
    for (Walk walk : walks.reversed()) {
      if (!walk.isOfThread(thread) && walk.add(row, lists, maxGapNs)) {
        return;
      }
    }
    walks.add(new Walk(row, lists));
  }

  /// Whether a query without a row, or a row that is held up, may belong to the walk.
  private boolean isContinued(Walk walk) {
    for (Asked query : asked) {
      if (walk.mayTake(query.name(), query.type(), query.thread(), query.timeNs(), maxGapNs)) {
        return true;
      }
    }
    for (LookupRow row : waiting) {
      int thread = Step.threadOf(row.subject().owner());
      String name = Step.nameOf(row);
      if (walk.mayTake(name, Step.typeOf(row), thread, row.timestampNs(), maxGapNs)) {
        return true;
      }
    }
    return false;
  }
}
