package dev.jig.advise.rules;

import dev.jig.advise.Counted;
import dev.jig.advise.Durations;
import dev.jig.advise.Fact;
import dev.jig.advise.FindingId;
import dev.jig.advise.Observation;
import dev.jig.advise.Tally;
import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.event.IpAddress;
import dev.jig.event.Lookup.Upstream;
import dev.jig.stats.Latencies;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A resolver on this machine is slow since the server that it asks is. A tally counts its answers.
public final class SlowUpstream extends TallyRule {
  /// The typical answer, not the slowest: with a cold cache a few are slow.
  private static final double QUANTILE = 0.5;

  private static final long MIN_SLOW_NS = 500_000_000;
  private static final long MIN_ANSWERS = 20;
  private static final double MIN_SHARE = 0.5;

  public SlowUpstream(int maxEvidence) {
    super(FindingId.SLOW_UPSTREAM, MIN_ANSWERS, MIN_SHARE, maxEvidence);
  }

  @Override
  public void onLookup(Observation lookup) {
    Attempt answered = answered(lookup.attempts());
    IpAddress server = answered == null ? null : answered.nameserver();
    if (answered == null || server == null || lookup.row().peer() == null) {
      return;
    }
    Tally tally = tally(lookup.client(), server);
    tally.count();
    Upstream upstream = lookup.row().lookup().upstream();
    Long elsewhereNs = upstream == null ? null : upstream.nextLatencyNs();
    if (upstream != null // else it was cached
        && elsewhereNs != null
        && answered.durationNs() >= MIN_SLOW_NS
        && elsewhereNs >= MIN_SHARE * answered.durationNs()) {
      addFaulty(tally, lookup, answered.durationNs(), null);
      tally.facts().latencies(Fact.UPSTREAM_LATENCY).add(elsewhereNs);
      IpAddress next = upstream.nextServer();
      if (next != null) {
        tally.facts().add(Fact.UPSTREAM, next.toString());
      }
    }
  }

  private static @Nullable Attempt answered(List<Attempt> attempts) {
    Attempt last = attempts.isEmpty() ? null : attempts.getLast();
    return last != null && last.state() == AttemptState.ANSWERED ? last : null;
  }

  @Override
  List<String> summary(Tally tally) {
    Latencies upstream = tally.facts().latencies(Fact.UPSTREAM_LATENCY);
    return List.of(
        "%s of %s took more than %s, most of it for the server that it asks in turn (%s): p50 %s."
            .formatted(
                Counted.number(tally.lookups()),
                Counted.of(tally.of(), "answer", "answers"),
                Durations.text(MIN_SLOW_NS),
                String.join(", ", tally.facts().texts(Fact.UPSTREAM)),
                Durations.text(upstream.quantileNs(QUANTILE))));
  }

  @Override
  String advice() {
    return "Give the resolver a nearer upstream, or find out what that one waits for.";
  }
}
