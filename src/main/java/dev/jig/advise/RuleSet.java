package dev.jig.advise;

import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import java.util.List;
import java.util.Set;

/// The rules of one run, with what several of them share.
public final class RuleSet {
  private final List<LookupListener> shared;
  private final List<Rule> rules;

  /// @param shared receive each lookup before the rules
  public RuleSet(List<LookupListener> shared, List<Rule> rules) {
    this.shared = List.copyOf(shared);
    this.rules = List.copyOf(rules);
  }

  void onLookup(Observation lookup) {
    shared.forEach(each -> each.onLookup(lookup));
    rules.forEach(rule -> rule.onLookup(lookup));
  }

  void onLateAnswer(LookupRow late, Client client) {
    shared.forEach(each -> each.onLateAnswer(late, client));
    rules.forEach(rule -> rule.onLateAnswer(late, client));
  }

  void onName(NameRow name, Client client) {
    rules.forEach(rule -> rule.onName(name, client));
  }

  /// The findings, one for each cause, of the kinds that are wanted.
  List<Finding> findings(Set<FindingId> wanted) {
    List<Finding> all = rules.stream().flatMap(rule -> rule.findings().stream()).toList();
    return Consequences.remove(all).stream()
        .filter(finding -> wanted.contains(finding.id()))
        .toList();
  }

  /// How many subjects the rule forgot that forgot most.
  long forgotten() {
    return rules.stream().mapToLong(Rule::forgotten).max().orElse(0);
  }
}
