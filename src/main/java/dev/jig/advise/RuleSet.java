package dev.jig.advise;

import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The rules of one run, with what several of them share.
public final class RuleSet {
  private static final Comparator<Finding> WORST_FIRST =
      Comparator.comparing((Finding finding) -> finding.id().severity())
          .reversed()
          .thenComparingLong(finding -> -finding.evidence().waitedNs())
          .thenComparingLong(finding -> -finding.lookups())
          .thenComparing(Finding::id);

  private final List<LookupListener> shared;
  private final List<Rule> rules;
  private final Map<String, TallyTable> tables = new LinkedHashMap<>();

  /// @param shared receive each lookup before the rules
  /// @param sharedTables tables that several rules use
  public RuleSet(List<LookupListener> shared, List<TallyTable> sharedTables, List<Rule> rules) {
    this.shared = List.copyOf(shared);
    this.rules = List.copyOf(rules);
    sharedTables.forEach(table -> tables.put(table.name(), table));
    rules.forEach(rule -> rule.tables().forEach(table -> tables.put(table.name(), table)));
  }

  void onLookup(Observation lookup) {
    shared.forEach(each -> each.onLookup(lookup));
    rules.forEach(rule -> rule.onLookup(lookup));
  }

  void onLateAnswer(LookupRow late, Client client) {
    shared.forEach(each -> each.onLateAnswer(late, client));
    rules.forEach(rule -> rule.onLateAnswer(late, client));
  }

  void onConflict(LookupRow further, Client client) {
    shared.forEach(each -> each.onConflict(further, client));
    rules.forEach(rule -> rule.onConflict(further, client));
  }

  void onName(NameRow name, Client client) {
    rules.forEach(rule -> rule.onName(name, client));
  }

  /// The findings, one for each cause, of the kinds that are wanted; worst first.
  List<Finding> findings(Set<FindingId> wanted) {
    List<Finding> all = rules.stream().flatMap(rule -> rule.findings().stream()).toList();
    return Consequences.remove(all).stream()
        .filter(finding -> wanted.contains(finding.id()))
        .sorted(WORST_FIRST)
        .toList();
  }

  /// Hands over the tallies that other nodes' ones can be added to.
  void export(TallySink sink) {
    tables.values().forEach(table -> table.export(sink));
  }

  /// Adds a tally of another node. One of a table that this version does not have is ignored.
  void add(String table, TallyKey key, Tally tally) {
    TallyTable known = tables.get(table);
    if (known != null) {
      known.add(key, tally);
    }
  }

  /// How many subjects the rule forgot that forgot most.
  long forgotten() {
    return rules.stream().mapToLong(Rule::forgotten).max().orElse(0);
  }
}
