package dev.jig.names;

import dev.jig.event.Subject;
import org.jspecify.annotations.Nullable;

/// The search lists that are known besides what is learned from the names asked.
public interface SearchLists {
  /// Nothing is known.
  SearchLists NONE = _ -> null;

  /// The search list of a process; null if it is not known, or not yet. Must not block: it is
  /// called for each query and each lookup.
  @Nullable SearchList of(Subject subject);

  /// The list that the first one knows, else that of the second.
  static SearchLists firstOf(SearchLists first, SearchLists second) {
    return subject -> {
      SearchList known = first.of(subject);
      SearchList other = second.of(subject); // asked in any case, so that it may start to read
      return known == null ? other : known;
    };
  }
}
