package dev.jig.advise.rules;

import dev.jig.advise.ByServer;
import dev.jig.advise.ClientServer;
import dev.jig.advise.Counted;
import dev.jig.advise.Durations;
import dev.jig.advise.Finding;
import dev.jig.advise.FindingId;
import dev.jig.advise.Observation;
import dev.jig.advise.Rule;
import dev.jig.advise.Tallies;
import dev.jig.advise.Tally;
import dev.jig.advise.Tries;
import dev.jig.event.Attempt;
import dev.jig.event.Cause;
import dev.jig.event.IpAddress;
import java.util.List;

/// The server truncates an answer, the client repeats the query over TCP (RFC 7766 section 5), and
/// nothing comes.
public final class TcpBlocked implements Rule {
  private static final long MIN_LOOKUPS = 3;
  private static final double MIN_SHARE = 0.05;

  private final int maxEvidence;

  /// A tally counts lookups with a truncated answer.
  private final Tallies<ClientServer> truncated;

  public TcpBlocked(int maxEvidence) {
    this.maxEvidence = maxEvidence;
    this.truncated = new Tallies<>(maxEvidence);
  }

  @Override
  public FindingId id() {
    return FindingId.TCP_BLOCKED;
  }

  @Override
  public void onLookup(Observation lookup) {
    List<Attempt> attempts = lookup.attempts();
    int first = Tries.truncated(attempts);
    IpAddress server = first < 0 ? null : attempts.get(first).nameserver();
    if (server == null) {
      return;
    }
    Tally tally = truncated.of(new ClientServer(lookup.client(), server));
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
      truncated.addFaulty(tally, lookup, waitedNs, cause);
    }
  }

  @Override
  public List<Finding> findings() {
    ByServer servers = new ByServer(maxEvidence);
    truncated.forEach((subject, tally) -> {
      if (tally.isAtLeast(MIN_LOOKUPS, MIN_SHARE)) {
        servers.add(subject, tally);
      }
    });
    return servers.entries().stream().map(this::finding).toList();
  }

  private Finding finding(ByServer.Entry entry) {
    Tally tally = entry.tally();
    return new Finding(
        id(),
        entry.server(),
        null,
        null,
        tally.lookups(),
        tally.of(),
        tally.faulty(),
        List.of(
            "%s of %s with a truncated answer got nothing over TCP: %s lost in all."
                .formatted(
                    Counted.number(tally.lookups()),
                    Counted.of(tally.of(), "lookup", "lookups"),
                    Durations.text(tally.faulty().waitedNs()))),
        List.of(
            "Allow TCP port 53 to the server wherever UDP is allowed: NetworkPolicy, security"
                + " groups, firewalls, and the server itself."));
  }

  @Override
  public long forgotten() {
    return truncated.forgotten();
  }
}
