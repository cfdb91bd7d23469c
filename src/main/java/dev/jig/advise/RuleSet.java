package dev.jig.advise;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// The rules of one run, with what several of them share.
public final class RuleSet {
  private final List<Consumer<Observation>> shared;
  private final List<Rule> rules;

  /// @param shared receive each lookup before the rules
  public RuleSet(List<Consumer<Observation>> shared, List<Rule> rules) {
    this.shared = List.copyOf(shared);
    this.rules = List.copyOf(rules);
  }

  void onLookup(Observation lookup) {
    shared.forEach(each -> each.accept(lookup));
    rules.forEach(rule -> rule.onLookup(lookup));
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
