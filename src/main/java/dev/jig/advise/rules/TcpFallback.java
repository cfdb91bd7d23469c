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
import java.util.List;

/// Answers do not fit into UDP, and clients ask again over TCP (RFC 7766 section 5), which works. A
/// tally counts answered lookups.
public final class TcpFallback extends TallyRule {
  private static final long MIN_LOOKUPS = 5;
  private static final double MIN_SHARE = 0.2;

  public TcpFallback(int maxEvidence) {
    super(FindingId.TCP_FALLBACK, MIN_LOOKUPS, MIN_SHARE, maxEvidence);
  }

  @Override
  public void onLookup(Observation lookup) {
    List<Attempt> attempts = lookup.attempts();
    int truncated = Tries.truncated(attempts);
    IpAddress server = truncated < 0 ? lookup.server() : attempts.get(truncated).nameserver();
    if (server == null || !lookup.row().isAnswered()) {
      return;
    }
    Tally tally = tally(lookup.client(), server);
    tally.count();
    for (int i = truncated + 1; truncated >= 0 && i < attempts.size(); i++) {
      if (Tries.isTcpAfterTruncation(attempts, i) && attempts.get(i).state().hasResponse()) {
        addFaulty(tally, lookup, attempts.get(truncated).durationNs(), null);
        tally.facts().add(Fact.EDNS_SIZE, Math.max(0, attempts.get(truncated).ednsSize()));
        return;
      }
    }
  }

  @Override
  List<String> summary(Tally tally) {
    long size = tally.fact(Fact.EDNS_SIZE);
    return List.of(
        "%s of %s were asked again over TCP: their answers are longer than what the client accepts"
                .formatted(
                    Counted.number(tally.lookups()), Counted.of(tally.of(), "lookup", "lookups"))
            + " over UDP, "
            + (size == 0 ? "512 bytes (no EDNS)." : Counted.number(size) + " bytes."),
        "That cost them %s.".formatted(Durations.text(tally.faulty().waitedNs())));
  }

  @Override
  String advice() {
    return "Use EDNS with 1,232 bytes (glibc: \"options edns0\"), make the answers shorter, or accept"
        + " the second round trip.";
  }
}
