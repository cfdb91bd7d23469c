package dev.jig.advise.rules;

import dev.jig.advise.Counted;
import dev.jig.advise.Durations;
import dev.jig.advise.FindingId;
import dev.jig.advise.Observation;
import dev.jig.advise.Tally;
import dev.jig.advise.Tries;
import dev.jig.event.Attempt;
import dev.jig.event.Cause;
import dev.jig.event.IpAddress;
import java.util.List;

/// The server truncates an answer, the client repeats the query over TCP (RFC 7766 section 5), and
/// nothing comes. A tally counts lookups with a truncated answer.
public final class TcpBlocked extends TallyRule {
  private static final long MIN_LOOKUPS = 3;
  private static final double MIN_SHARE = 0.05;

  public TcpBlocked(int maxEvidence) {
    super(FindingId.TCP_BLOCKED, MIN_LOOKUPS, MIN_SHARE, maxEvidence);
  }

  @Override
  public void onLookup(Observation lookup) {
    List<Attempt> attempts = lookup.attempts();
    int first = Tries.truncated(attempts);
    IpAddress server = first < 0 ? null : attempts.get(first).nameserver();
    if (server == null) {
      return;
    }
    Tally tally = tally(lookup, server);
    tally.count();
    long waitedNs = 0;
    boolean tried = false;
    Cause cause = null;
    for (int i = first + 1; i < attempts.size(); i++) {
      Attempt attempt = attempts.get(i);
      if (Tries.isTcpAfterTruncation(attempts, i)) {
        if (attempt.state().hasResponse()) {
          return;
        }
        tried = true;
        cause = attempt.cause() == null ? cause : attempt.cause();
        waitedNs += Tries.waitedNs(attempts, i);
      }
    }
    if (tried) {
      addFaulty(tally, lookup, waitedNs, cause);
    }
  }

  @Override
  List<String> summary(Tally tally) {
    return List.of(
        "%s of %s with a truncated answer got nothing over TCP: %s lost in all."
            .formatted(
                Counted.number(tally.lookups()),
                Counted.of(tally.of(), "lookup", "lookups"),
                Durations.text(tally.faulty().waitedNs())));
  }

  @Override
  String advice() {
    return "Allow TCP port 53 to the server wherever UDP is allowed: NetworkPolicy, security groups,"
        + " firewalls, and the server itself.";
  }
}
