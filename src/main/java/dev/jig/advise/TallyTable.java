package dev.jig.advise;

/// A table of tallies. Tables of several nodes add up: of the sum, rules say the same as if one
/// node had seen all lookups.
public interface TallyTable {
  /// The name by which nodes exchange it; unique among all tables.
  String name();

  /// Hands over the tallies that others need: those with a fault, and what these are compared with.
  void export(TallySink sink);

  /// Adds a tally that another node has exported.
  void add(TallyKey key, Tally tally);
}
