package dev.jig.advise.rules;

import dev.jig.advise.Client;
import dev.jig.advise.Counted;
import dev.jig.advise.Durations;
import dev.jig.advise.Fact;
import dev.jig.advise.FindingId;
import dev.jig.advise.Observation;
import dev.jig.advise.Tally;
import dev.jig.advise.Tries;
import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.Outcome;
import dev.jig.stats.Latencies;
import java.util.List;

/// Answers come after the client has closed its socket, or asked again. A tally counts lookups that
/// asked the server.
public final class LateAnswers extends TallyRule {
  private static final long MIN_LATE = 3;
  private static final double MIN_SHARE = 0.01;
  private static final long MIN_WAIT_NS = 200_000_000;

  public LateAnswers(int maxEvidence) {
    super(FindingId.LATE_ANSWERS, MIN_LATE, MIN_SHARE, maxEvidence);
  }

  @Override
  public void onLookup(Observation lookup) {
    List<Attempt> attempts = lookup.attempts();
    for (int i = 0; i < attempts.size(); i++) {
      IpAddress server = attempts.get(i).nameserver();
      if (server == null) {
        continue;
      }
      Tally tally = tally(lookup.client(), server);
      if (Tries.isFirstOf(server, attempts, i)) {
        tally.count();
      }
      Attempt attempt = attempts.get(i);
      if (attempt.state() == AttemptState.LATE) {
        long waitedNs = Tries.waitedNs(attempts, i);
        addLate(tally, lookup, waitedNs, attempt.durationNs());
        tally.facts().latencies(Fact.GIVEN_UP_AFTER).add(waitedNs);
      } else if (isGivenUp(lookup, i)) {
        tally.facts().latencies(Fact.GIVEN_UP_AFTER).add(Tries.waitedNs(attempts, i));
      }
    }
  }

  /// Whether the client waited, and then asked again or closed its socket. One that asks several
  /// servers at once gives up none of them.
  private static boolean isGivenUp(Observation lookup, int index) {
    List<Attempt> attempts = lookup.attempts();
    boolean isLast = index + 1 == attempts.size();
    boolean gaveUp =
        switch (attempts.get(index).state()) {
          case REPEATED, WAITING -> !isLast;
          case CLOSED -> !isLast || lookup.outcome().isUnanswered();
          case ANSWERED, TRUNCATED, LATE, TIMEOUT -> false;
        };
    return gaveUp && Tries.waitedNs(attempts, index) >= MIN_WAIT_NS;
  }

  @Override
  public void onLateAnswer(LookupRow late, Client client) {
    IpAddress server = late.flow().nameserver();
    if (server != null) {
      long afterNs = Math.max(0, late.latencyNs());
      Observation lookup = new Observation(late, client, Outcome.CLOSED, null, false);
      addLate(tally(client, server), lookup, afterNs, afterNs);
    }
  }

  private void addLate(Tally tally, Observation lookup, long waitedNs, long afterNs) {
    addFaulty(tally, lookup, waitedNs, null);
    tally.facts().latencies(Fact.ANSWERED_AFTER).add(afterNs);
  }

  /// An answer after our own timeout alone may have found its client waiting; and one that lost a
  /// race with another server is not late.
  @Override
  boolean isFault(Tally tally) {
    return super.isFault(tally) && tally.facts().latencies(Fact.GIVEN_UP_AFTER).count() >= MIN_LATE;
  }

  @Override
  List<String> summary(Tally tally) {
    Latencies waits = tally.facts().latencies(Fact.GIVEN_UP_AFTER);
    Latencies answers = tally.facts().latencies(Fact.ANSWERED_AFTER);
    return List.of(
        "%s of %s got their answer after the client had given up."
            .formatted(
                Counted.number(tally.lookups()), Counted.of(tally.of(), "lookup", "lookups")),
        "Clients waited %s (p50), the answers came after %s (p50)."
            .formatted(
                Durations.text(waits.quantileNs(0.5)), Durations.text(answers.quantileNs(0.5))));
  }

  @Override
  String advice() {
    return "Find out why the server takes so long (its load, its upstreams, the way to it), or let"
        + " clients wait longer: resolv.conf's timeout, or the application's own.";
  }
}
