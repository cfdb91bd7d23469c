package dev.jig.names;

import dev.jig.event.LookupRow;
import dev.jig.event.Outcome;
import dev.jig.event.RowSize;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Names that one process asked one after the other, or at once, until one was found. Whether they
/// are a walk of a search list may show only at the last one.
final class Walk {
  /// Bound of the names of a walk.
  private static final int MAX_STEPS = 34;

  private final List<Step> steps = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final int thread;

  /// What a known search list says about the names; null if there is only one, or none fits.
  private @Nullable Reading reading;

  private int bytes;
  private long endNs = Long.MIN_VALUE;
  private boolean isFound;
  private boolean isOver;

  /// @param lists the known search lists
  Walk(LookupRow first, List<SearchList> lists) {
    thread = Step.threadOf(first.subject().owner());
    Step step = new Step(first);
    steps.add(step);
    names.add(step.name);
    onAdded(first, lists);
  }

  List<Step> steps() {
    return steps;
  }

  /// What the names say; null if each is a name of its own.
  @Nullable Reading reading() {
    return reading != null ? reading : Reading.byStructure(names);
  }

  /// Whether a known search list says it.
  boolean isOfKnownList() {
    return reading != null;
  }

  int bytes() {
    return bytes;
  }

  boolean isOfThread(int other) {
    return thread == other;
  }

  long endNs() {
    return endNs;
  }

  boolean isFound() {
    return isFound;
  }

  /// Whether no resolver would ask another name: one was found, or the search list is at its end.
  boolean isOver() {
    return isOver && !steps.getLast().lacksTwin();
  }

  /// Adds a lookup if it belongs to the walk; returns whether it does.
  ///
  /// @param lists the known search lists
  boolean add(LookupRow row, List<SearchList> lists, long maxGapNs) {
    String name = Step.nameOf(row);
    for (Step step : steps) {
      if (DomainNames.isSame(step.name, name)) {
        boolean takes = step.mayTake(Step.typeOf(row), row.timestampNs());
        if (takes) {
          step.add(row);
          onAdded(row, lists);
        }
        return takes;
      }
    }
    if (!mayFollow(row, maxGapNs) || !isContinuedBy(name, row, lists)) {
      return false;
    }
    steps.add(new Step(row));
    names.add(name);
    onAdded(row, lists);
    return true;
  }

  private void onAdded(LookupRow row, List<SearchList> lists) {
    bytes += RowSize.of(row);
    endNs = Math.max(endNs, Step.endOf(row));
    isFound |= row.outcome() == Outcome.OK;
    Reading known = reading();
    isOver =
        isFound
            || (known != null
                ? known.isComplete()
                : names.size() == 1
                    && lists.stream().anyMatch(list -> isAlone(names.getFirst(), list)));
  }

  /// Whether a resolver with this list asks the name only because it ended with a dot.
  private static boolean isAlone(String name, SearchList list) {
    return list.suffixes().isEmpty()
        || DomainNames.dots(name) < list.ndots() && !isMadeBy(list, name);
  }

  /// Whether a query may belong to the walk, by its time and thread: its name is only looked at
  /// where the thread is another one.
  boolean mayTake(String name, int type, int ofThread, long timeNs, long maxGapNs) {
    if (timeNs > endNs + (isFound ? 0 : maxGapNs)) {
      return false;
    }
    if (thread == ofThread) {
      return true;
    }
    for (Step step : steps) {
      if (DomainNames.isSame(step.name, name)) {
        return step.mayTake(type, timeNs);
      }
    }
    return !isFound && timeNs >= steps.getLast().startNs();
  }

  /// Whether the next name was asked when a resolver asks it. Beside a name that was found only
  /// those asked before its answer belong to the walk: some resolvers ask all at once.
  private boolean mayFollow(LookupRow row, long maxGapNs) {
    long start = row.timestampNs();
    return steps.size() < MAX_STEPS
        && start >= steps.getLast().startNs()
        && start <= endNs + (isFound ? 0 : maxGapNs);
  }

  private boolean isContinuedBy(String name, LookupRow row, List<SearchList> lists) {
    List<String> extended = new ArrayList<>(names);
    extended.add(name);
    for (SearchList list : lists) {
      Reading fitting = Reading.of(extended, list);
      if (fitting != null) {
        reading = fitting;
        return true;
      }
    }
    return reading == null
        && !isFound
        && thread == Step.threadOf(row.subject().owner())
        && lists.stream().noneMatch(list -> isMadeBy(list, name))
        && mayBecomeWalk(extended);
  }

  private static boolean isMadeBy(SearchList list, String name) {
    return list.suffixes().stream().anyMatch(suffix -> DomainNames.without(name, suffix) != null);
  }

  /// Whether names can be a walk of an unknown search list: the name itself, which all others begin
  /// with, is the last one, the first one, or still to come.
  private static boolean mayBecomeWalk(List<String> extended) {
    if (Reading.byStructure(extended) != null) {
      return true;
    }
    for (String one : extended) {
      for (String other : extended) {
        if (DomainNames.isStem(one, other)) {
          return false;
        }
      }
    }
    return true;
  }
}
