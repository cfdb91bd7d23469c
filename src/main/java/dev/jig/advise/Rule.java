package dev.jig.advise;

import dev.jig.event.NameRow;
import java.util.List;

/// Watches lookups for one kind of fault. One thread.
public interface Rule extends LookupListener {
  FindingId id();

  /// A name that an application wanted was looked up, with all that its search list made of it. Its
  /// lookups are observed, too.
  default void onName(NameRow name, Client client) {}

  /// What is wrong, as far as the lookups so far show it.
  List<Finding> findings();

  /// How many subjects with the fault were forgotten, since there were more than the rule can keep.
  long forgotten();
}
