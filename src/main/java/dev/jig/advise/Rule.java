package dev.jig.advise;

import dev.jig.event.NameRow;
import java.util.List;

/// Watches lookups for one kind of fault. On a cluster each node watches, and the client adds up
/// the nodes' [#tables] before it asks for [#findings]. One thread.
public interface Rule extends LookupListener {
  FindingId id();

  /// A name that an application wanted was looked up, with all that its search list made of it. Its
  /// lookups are observed, too.
  default void onName(NameRow name, Client client) {}

  /// All that [#findings] is made of, as tables that can be added to those of other nodes; none if
  /// it is made of a table that several rules share.
  List<TallyTable> tables();

  /// What is wrong, as far as the lookups so far show it.
  List<Finding> findings();

  /// How many subjects with the fault were forgotten, since there were more than the rule can keep.
  long forgotten();
}
