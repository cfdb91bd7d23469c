package dev.jig.trace;

import dev.jig.names.SearchLists;
import org.jspecify.annotations.Nullable;

/// The optional parts of rows; each costs time or memory.
///
/// @param paths executable, working directory and command line from /proc
/// @param accounts the host's names of users and groups
/// @param peers the process at the other end of hops within the machine
/// @param messages the messages' bytes, from which output prints all sections
/// @param lookups one row per lookup in place of one per message
/// @param names the search lists with which lookups are folded into names; null: they are not
public record RowDetails(
    boolean paths,
    boolean accounts,
    boolean peers,
    boolean messages,
    boolean lookups,
    @Nullable SearchLists names) {

  /// Details without names.
  public RowDetails(
      boolean paths, boolean accounts, boolean peers, boolean messages, boolean lookups) {
    this(paths, accounts, peers, messages, lookups, null);
  }

  /// Whether there is one row per name.
  public boolean hasNames() {
    return names != null;
  }

  /// A copy with one row per name, of lookups.
  public RowDetails withNames(SearchLists lists) {
    return new RowDetails(paths, accounts, peers, messages, true, lists);
  }
}
