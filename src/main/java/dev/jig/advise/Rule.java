package dev.jig.advise;

import java.util.List;

/// Watches lookups for one kind of fault. One thread.
public interface Rule {
  FindingId id();

  /// A lookup has ended.
  void onLookup(Observation lookup);

  /// What is wrong, as far as the lookups so far show it.
  List<Finding> findings();

  /// How many subjects were forgotten, since there were more than the rule can keep.
  long forgotten();
}
