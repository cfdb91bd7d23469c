package dev.jig.advise.rules;

import dev.jig.advise.RuleSet;
import dev.jig.advise.ServerUses;
import dev.jig.names.SearchLists;
import dev.jig.names.Zones;
import java.util.List;

/// The table of rules.
public final class AllRules {
  private AllRules() {}

  /// Creates the rules of a run.
  ///
  /// @param lists search lists that are known besides what the names asked show
  /// @param maxEvidence examples per finding
  public static RuleSet create(SearchLists lists, int maxEvidence) {
    Zones zones = new Zones();
    ServerUses uses = new ServerUses(maxEvidence);
    return new RuleSet(
        List.of(lookup -> zones.onLookup(lookup.row()), uses),
        uses.tables(),
        List.of(
            new LostTwin(maxEvidence),
            new TcpBlocked(maxEvidence),
            KernelCause.portClosed(uses, maxEvidence),
            KernelCause.unreachable(uses, maxEvidence),
            KernelCause.overloaded(uses, maxEvidence),
            new Blocked(uses, maxEvidence),
            new DeadNameserver(uses, maxEvidence),
            new Unanswered(uses, maxEvidence),
            FailingRcode.serverFailure(zones, maxEvidence),
            FailingRcode.refused(zones, maxEvidence),
            new Loop(maxEvidence),
            new ConflictingAnswers(maxEvidence),
            new Bogus(zones, maxEvidence),
            new SlowServer(maxEvidence),
            new SlowUpstream(maxEvidence),
            new LateAnswers(maxEvidence),
            new EdnsTrouble(maxEvidence),
            new TcpFallback(maxEvidence),
            new Uncached(maxEvidence),
            new SearchPath(lists, maxEvidence),
            new NoSuchName(maxEvidence)));
  }
}
