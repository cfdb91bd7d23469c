package dev.jig.advise.rules;

import dev.jig.advise.Client;
import dev.jig.advise.Counted;
import dev.jig.advise.FindingId;
import dev.jig.advise.Observation;
import dev.jig.advise.Tally;
import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.Outcome;
import java.util.List;

/// A query gets two answers that differ: id, question and source fit both. Another host answers in
/// the server's place, or two servers have its address. A tally counts answered lookups.
public final class ConflictingAnswers extends TallyRule {
  private static final long MIN_LOOKUPS = 3;
  private static final double MIN_SHARE = 0.01;

  public ConflictingAnswers(int maxEvidence) {
    super(FindingId.CONFLICTING_ANSWERS, MIN_LOOKUPS, MIN_SHARE, maxEvidence);
  }

  @Override
  public void onLookup(Observation lookup) {
    IpAddress server = lookup.server();
    if (server != null && lookup.row().isAnswered()) {
      tally(lookup.client(), server).count();
    }
  }

  @Override
  public void onConflict(LookupRow further, Client client) {
    IpAddress server = further.flow().nameserver();
    if (server != null) {
      Observation lookup = new Observation(further, client, Outcome.OK, null, false);
      addFaulty(tally(client, server), lookup, 0, null);
    }
  }

  @Override
  List<String> summary(Tally tally) {
    return List.of(
        "%s of %s got a second answer that differs from the first: clients took whichever came first."
            .formatted(
                Counted.number(tally.lookups()), Counted.of(tally.of(), "lookup", "lookups")));
  }

  @Override
  String advice() {
    return "Look for a second host with the server's address, and for a device on the way that"
        + " answers in its place: compare the TTL and the link-layer source of both answers (ig trace"
        + " dns -o pcapng).";
  }
}
