package dev.jig.advise.rules;

import dev.jig.advise.Case;
import dev.jig.advise.Counted;
import dev.jig.advise.Durations;
import dev.jig.advise.Finding;
import dev.jig.advise.FindingId;
import dev.jig.advise.ServerUse;
import dev.jig.advise.ServerUses;
import dev.jig.event.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A server answers no query, or has answered none since some moment.
public final class Unanswered extends ServerRule {
  private static final long MIN_LOOKUPS = 5;

  public Unanswered(ServerUses uses, int maxEvidence) {
    super(FindingId.UNANSWERED, uses, maxEvidence);
  }

  @Override
  Optional<Finding> findingOf(IpAddress server, List<ServerUse> clients) {
    long lastAnsweredNs = lastAnsweredNs(clients);
    List<ServerUse> silent = new ArrayList<>();
    List<Case> cases = new ArrayList<>();
    for (ServerUse client : clients) {
      Case since = client.silentSinceAnswer();
      if (since != null && since.firstNs() > lastAnsweredNs) {
        silent.add(client);
        cases.add(since);
      }
    }
    Case found = join(cases);
    if (found.lookups() < MIN_LOOKUPS) {
      return Optional.empty();
    }
    String since =
        lastAnsweredNs == 0
            ? "It answered none of %s".formatted(Counted.of(found.lookups(), "lookup", "lookups"))
            : "It has answered none of the last %s; before, it answered %s"
                .formatted(
                    Counted.of(found.lookups(), "lookup", "lookups"),
                    Counted.number(answered(clients)));
    return Optional.of(
        finding(
            server,
            found,
            lookups(silent),
            List.of(since + ": clients waited " + Durations.text(found.waitedNs()) + " in all."),
            List.of(
                "Check that the server runs and that packets reach it: on its host, ig trace dns"
                    + " --host shows whether queries arrive and answers leave.")));
  }
}
