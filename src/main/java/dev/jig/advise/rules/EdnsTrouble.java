package dev.jig.advise.rules;

import dev.jig.advise.Counted;
import dev.jig.advise.Durations;
import dev.jig.advise.Fact;
import dev.jig.advise.FindingId;
import dev.jig.advise.Observation;
import dev.jig.advise.Tally;
import dev.jig.advise.Tries;
import dev.jig.dns.Rcode;
import dev.jig.event.Attempt;
import dev.jig.event.IpAddress;
import java.util.List;

/// Queries with EDNS (RFC 6891) are answered with FORMERR or BADVERS, or not at all, and those
/// without are. A tally counts lookups that asked the server.
public final class EdnsTrouble extends TallyRule {
  private static final long MIN_LOOKUPS = 3;
  private static final double MIN_REJECTED = 0.5;

  public EdnsTrouble(int maxEvidence) {
    super(FindingId.EDNS_TROUBLE, MIN_LOOKUPS, 0, maxEvidence);
  }

  @Override
  public void onLookup(Observation lookup) {
    List<Attempt> attempts = lookup.attempts();
    IpAddress server = attempts.isEmpty() ? null : attempts.getFirst().nameserver();
    if (server == null) {
      return;
    }
    Tally tally = tally(lookup.client(), server);
    tally.count();
    Attempt first = attempts.getFirst();
    if (!first.hasEdns()) {
      if (isAnswered(first)) {
        tally.facts().add(Fact.PLAIN_ANSWERED, 1);
      }
    } else if (isAnswered(first)) {
      tally.facts().add(Fact.EDNS_ANSWERED, 1);
    } else if (isAnsweredWithout(attempts, server)) {
      tally.facts().add(Fact.EDNS_REJECTED, 1);
      addFaulty(tally, lookup, Tries.waitedNs(attempts, 0), first.cause());
    } else if (first.rcode() != null || Tries.isUnanswered(attempts, 0)) {
      addFaulty(tally, lookup, Tries.waitedNs(attempts, 0), first.cause());
    }
  }

  /// Whether the server understood the query.
  private static boolean isAnswered(Attempt attempt) {
    Integer rcode = attempt.rcode();
    return rcode != null && rcode != Rcode.FORM_ERR && rcode != Rcode.BAD_VERS;
  }

  private static boolean isAnsweredWithout(List<Attempt> attempts, IpAddress server) {
    return attempts.stream()
        .anyMatch(attempt ->
            !attempt.hasEdns() && server.equals(attempt.nameserver()) && isAnswered(attempt));
  }

  @Override
  boolean isFault(Tally tally) {
    long rejected = tally.fact(Fact.EDNS_REJECTED);
    long answered = tally.fact(Fact.EDNS_ANSWERED);
    boolean isRejected =
        rejected >= MIN_LOOKUPS && rejected >= MIN_REJECTED * (rejected + answered);
    boolean isNeverAnswered =
        answered == 0
            && tally.lookups() >= MIN_LOOKUPS
            && tally.fact(Fact.PLAIN_ANSWERED) >= MIN_LOOKUPS;
    return isRejected || isNeverAnswered;
  }

  @Override
  List<String> summary(Tally tally) {
    return List.of(
        "%s of %s asked with EDNS and got no usable answer; without EDNS they are answered."
            .formatted(
                Counted.number(tally.lookups()), Counted.of(tally.of(), "lookup", "lookups")),
        "That cost clients %s.".formatted(Durations.text(tally.faulty().waitedNs())));
  }

  @Override
  String advice() {
    return "Update the server, or the firewall that inspects DNS; until then ask without EDNS (glibc:"
        + " remove \"options edns0\" and trust-ad).";
  }
}
