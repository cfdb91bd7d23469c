package dev.jig.names;

import dev.jig.event.SearchSource;
import java.util.List;

/// The search list of resolv.conf(5).
///
/// @param suffixes in their order, presentation form with trailing dot; none: names are asked as
///   they are
/// @param ndots a name with at least as many dots is asked as it is first; [#NDOTS_UNKNOWN] for a
///   learned list
public record SearchList(List<String> suffixes, int ndots, SearchSource source) {
  public static final int NDOTS_UNKNOWN = -1;

  public SearchList {
    suffixes = List.copyOf(suffixes);
  }
}
