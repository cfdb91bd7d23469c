package dev.jig.names;

import dev.jig.event.SearchSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What names asked one after the other say about the name that was wanted.
///
/// @param wanted the name that each of the others has at its beginning
/// @param suffixes what the others have behind it, in the order asked
/// @param isComplete whether a resolver has nothing left to ask
record Reading(
    String wanted, List<String> suffixes, @Nullable SearchSource source, boolean isComplete) {

  /// Reads names by a known search list; null if they are not a walk of it. The name itself stands
  /// first or last, whatever its dots: a program may have its own ndots.
  ///
  /// @param names at least one, no two equal
  static @Nullable Reading of(List<String> names, SearchList list) {
    String first = names.getFirst();
    Reading reading = read(first, names, list);
    for (int i = 0; reading == null && i < list.suffixes().size(); i++) {
      String stem = DomainNames.without(first, list.suffixes().get(i));
      reading = stem == null ? null : read(stem, names, list);
    }
    return reading;
  }

  private static @Nullable Reading read(String stem, List<String> names, SearchList list) {
    int end = list.suffixes().size();
    List<String> used = new ArrayList<>();
    int next = 0;
    boolean isFirst = false;
    for (int i = 0; i < names.size(); i++) {
      if (DomainNames.isSame(names.get(i), stem)) {
        isFirst |= i == 0;
        next = i == 0 ? 0 : end + 1;
        continue;
      }
      int at = find(names.get(i), stem, list, next);
      if (at < 0) {
        return null;
      }
      used.add(list.suffixes().get(at));
      next = at + 1;
    }
    boolean isComplete = isFirst ? next == end && !used.isEmpty() : next == end + 1;
    return new Reading(stem, used, list.source(), isComplete || end == 0);
  }

  /// The place of the suffix with which the stem makes the name, from `from` on; -1 if there is
  /// none.
  private static int find(String name, String stem, SearchList list, int from) {
    for (int i = from; i < list.suffixes().size(); i++) {
      if (DomainNames.isJoined(name, stem, list.suffixes().get(i))) {
        return i;
      }
    }
    return -1;
  }

  /// Reads names without a known list: one of them, the first or the last, must be the beginning of
  /// all others. Null if none is.
  static @Nullable Reading byStructure(List<String> names) {
    if (names.size() < 2) {
      return null;
    }
    String last = names.getLast();
    if (isStemOf(last, names.subList(0, names.size() - 1))) {
      return of(last, names.subList(0, names.size() - 1), true);
    }
    String first = names.getFirst();
    boolean hasDot = DomainNames.dots(first) > 0; // else ndots would be 0
    return hasDot && isStemOf(first, names.subList(1, names.size()))
        ? of(first, names.subList(1, names.size()), false)
        : null;
  }

  private static boolean isStemOf(String stem, List<String> names) {
    return names.stream().allMatch(name -> DomainNames.isStem(stem, name));
  }

  private static Reading of(String stem, List<String> names, boolean isComplete) {
    List<String> suffixes = names.stream().map(name -> name.substring(stem.length())).toList();
    return new Reading(stem, suffixes, SearchSource.LEARNED, isComplete);
  }
}
