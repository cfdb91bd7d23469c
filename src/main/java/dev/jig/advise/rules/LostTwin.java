package dev.jig.advise.rules;

import dev.jig.advise.Counted;
import dev.jig.advise.Durations;
import dev.jig.advise.Fact;
import dev.jig.advise.FindingId;
import dev.jig.advise.Observation;
import dev.jig.advise.Tally;
import dev.jig.advise.Tries;
import dev.jig.event.Attempt;
import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.stats.Latencies;
import java.util.List;

/// A and AAAA asked together: the first try of one is answered, the first try of the other is not,
/// whether or not a later try is. The usual cause is a race in conntrack between two packets of one
/// socket. A tally counts pairs.
public final class LostTwin extends TallyRule {
  private static final long MIN_PAIRS = 3;
  private static final double MIN_SHARE = 0.01;

  public LostTwin(int maxEvidence) {
    super(FindingId.LOST_TWIN, MIN_PAIRS, MIN_SHARE, maxEvidence);
  }

  @Override
  public void onLookup(Observation lookup) {
    LookupRow twin = lookup.twin();
    if (twin == null) {
      return;
    }
    List<Attempt> attempts = lookup.attempts();
    IpAddress server = attempts.isEmpty() ? null : attempts.getFirst().nameserver();
    if (server == null) {
      return;
    }
    Tally tally = tally(lookup, server);
    if (lookup.isSecondOfPair()) {
      tally.count();
    }
    if (Tries.isLostTwin(lookup.row(), twin)) {
      addFaulty(tally, lookup, Tries.waitedNs(attempts, 0), attempts.getFirst().cause());
      tally
          .facts()
          .latencies(Fact.TWIN_LATENCY)
          .add(twin.lookup().attempts().getFirst().durationNs());
    }
  }

  @Override
  List<String> summary(Tally tally) {
    long waitedNs = tally.faulty().waitedNs();
    Latencies others = tally.facts().latencies(Fact.TWIN_LATENCY);
    return List.of(
        "%s of %s of A and AAAA lost one: each cost the application %s, %s in all."
            .formatted(
                Counted.number(tally.lookups()),
                Counted.of(tally.of(), "pair", "pairs"),
                Durations.text(waitedNs / tally.lookups()),
                Durations.text(waitedNs)),
        "The other of the pair was answered in %s (p50), so the server is well."
            .formatted(Durations.text(others.quantileNs(0.5))));
  }

  @Override
  String advice() {
    return "Run NodeLocal DNSCache, or (glibc) set \"options single-request-reopen\" in the pod's"
        + " dnsConfig or in /etc/resolv.conf.";
  }
}
