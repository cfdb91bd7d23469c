package dev.jig.names;

import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.Outcome;
import dev.jig.event.Question;
import dev.jig.event.Subject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Folds lookups into the names that applications wanted. A name is emitted at once if it was
/// found, or if its search list is at its end; another one once no further query has followed. One
/// thread.
public final class NameFolder {
  /// Bound of the names that wait, or rather of their first labels in each process.
  public static final int MAX_OPEN = 32_768;

  /// Bound of the heap size of the lookups that wait.
  static final int MAX_BYTES = 40 << 20;

  /// Both where the names are not all there is to keep.
  private static final int MAX_OPEN_BESIDE = 8_192;

  private static final int MAX_BYTES_BESIDE = 12 << 20;

  /// How long after the end of a lookup its resolver may ask the next name: it does so at once,
  /// unless the machine is busy.
  static final long MAX_GAP_NS = 500_000_000;

  /// The same where queries are not seen: the next name may need two tries of 5 s.
  static final long MAX_UNSEEN_GAP_NS = 11_000_000_000L;

  /// Those used longest ago first.
  private final LinkedHashMap<GroupKey, NameGroup> groups = new LinkedHashMap<>();

  private final SearchLists lists;
  private final LearnedLists learned = new LearnedLists();
  private final Consumer<NameRow> output;
  private final long maxGapNs;
  private final int maxOpen;
  private final int maxBytes;
  private long nowNs;
  private long bytes;
  private long evicted;

  /// A folder that sees no queries but in their lookups: names that were not found are emitted 11 s
  /// later.
  public NameFolder(SearchLists lists, Consumer<NameRow> output) {
    this(lists, output, MAX_UNSEEN_GAP_NS, MAX_OPEN_BESIDE, MAX_BYTES_BESIDE);
  }

  private NameFolder(
      SearchLists lists, Consumer<NameRow> output, long maxGapNs, int maxOpen, int maxBytes) {
    this.lists = lists;
    this.output = output;
    this.maxGapNs = maxGapNs;
    this.maxOpen = maxOpen;
    this.maxBytes = maxBytes;
  }

  /// A folder that is given each query with [#onQuery]: names that were not found are emitted half
  /// a second later.
  public static NameFolder withQueries(SearchLists lists, Consumer<NameRow> output) {
    return new NameFolder(lists, output, MAX_GAP_NS, MAX_OPEN, MAX_BYTES);
  }

  /// Names emitted before their end was known, because too many waited: of such a name there may be
  /// several rows.
  public long evicted() {
    return evicted;
  }

  /// Approximate heap size of what waits.
  public long heapBytes() {
    return bytes;
  }

  /// A client sends a query; its lookup follows by [#onLookup].
  ///
  /// @param timeNs nanoseconds since the epoch
  public void onQuery(Subject subject, IpAddress client, Question question, long timeNs) {
    nowNs = Math.max(nowNs, timeNs);
    SearchList _ = lists.of(subject); // so that it is known by the time of the answer
    GroupKey key = GroupKey.of(subject, client, question.name());
    NameGroup group = remove(key);
    group.onQuery(question.name(), question.type(), Step.threadOf(subject.owner()), timeNs);
    putBack(key, group);
  }

  /// Takes a lookup; a row beside lookups, which has no outcome, and one without a question are
  /// ignored.
  public void onLookup(LookupRow row) {
    if (row.outcome() == null || row.dns().question() == null) {
      return;
    }
    nowNs = Math.max(nowNs, Step.endOf(row));
    IpAddress client = row.flow().source().address();
    GroupKey key = GroupKey.of(row.subject(), client, Step.nameOf(row));
    if (isFoundAlone(row) && !groups.containsKey(key)) {
      SearchList _ = lists.of(row.subject()); // so that it is known by the time of a walk
      output.accept(NameRows.ofFound(row));
      return;
    }
    NameGroup group = remove(key);
    group.onLookup(row, listsOf(row.subject(), client), nowNs, this::emit);
    putBack(key, group);
  }

  /// Whether the lookup found the name and has no twin: without another query or lookup of its
  /// group, it is all of a name.
  private static boolean isFoundAlone(LookupRow row) {
    return row.outcome() == Outcome.OK && row.lookup().twinState() == null;
  }

  private NameGroup remove(GroupKey key) {
    NameGroup group = groups.remove(key);
    if (group == null) {
      return new NameGroup(maxGapNs);
    }
    bytes -= group.bytes();
    return group;
  }

  /// Makes it the one used last, if anything in it waits.
  private void putBack(GroupKey key, NameGroup group) {
    evicted += group.takeEvicted();
    if (group.isEmpty()) {
      return;
    }
    group.touchedNs = nowNs;
    groups.put(key, group);
    bytes += group.bytes();
    while (groups.size() > maxOpen || bytes > maxBytes && !groups.isEmpty()) {
      evictOldest();
    }
  }

  private void evictOldest() {
    Map.Entry<GroupKey, NameGroup> eldest = groups.pollFirstEntry();
    if (eldest != null) {
      NameGroup group = eldest.getValue();
      bytes -= group.bytes();
      evicted += group.finish(this::emit);
    }
  }

  private List<SearchList> listsOf(Subject subject, IpAddress client) {
    List<SearchList> known = new ArrayList<>(2);
    SearchList given = lists.of(subject);
    if (given != null) {
      known.add(given);
    }
    SearchList shown = learned.of(subject, client);
    if (shown != null) {
      known.add(shown);
    }
    return known;
  }

  /// Emits what waits no longer.
  ///
  /// @param timeNs now, nanoseconds since the epoch, on the clock of the rows
  public void tick(long timeNs) {
    nowNs = Math.max(nowNs, timeNs);
    int size = groups.size(); // one that still waits is put back at the end
    for (int i = 0; i < size; i++) {
      Map.Entry<GroupKey, NameGroup> eldest = groups.firstEntry();
      if (eldest == null || eldest.getValue().touchedNs + maxGapNs > nowNs) {
        return;
      }
      NameGroup group = remove(eldest.getKey());
      group.tick(nowNs, this::emit);
      putBack(eldest.getKey(), group);
    }
  }

  /// Emits everything; the last call.
  public void finish() {
    for (NameGroup group : groups.values()) {
      long _ = group.finish(this::emit);
    }
    groups.clear();
    bytes = 0;
  }

  private void emit(Walk walk) {
    Reading reading = walk.reading();
    LookupRow first = walk.steps().getFirst().lookups.getFirst();
    if (reading != null && !walk.isOfKnownList()) {
      learned.learn(first.subject(), first.flow().source().address(), reading);
    }
    NameRows.of(walk).forEach(output);
  }
}
