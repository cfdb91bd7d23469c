package dev.jig.advise.rules;

import dev.jig.advise.Case;
import dev.jig.advise.Counted;
import dev.jig.advise.Durations;
import dev.jig.advise.Finding;
import dev.jig.advise.FindingId;
import dev.jig.advise.ServerUse;
import dev.jig.advise.ServerUses;
import dev.jig.advise.TryFault;
import dev.jig.event.IpAddress;
import java.util.List;
import java.util.Optional;

/// A server never answers, and another one then does: each lookup first waits for the dead one.
public final class DeadNameserver extends ServerRule {
  private static final long MIN_LOOKUPS = 3;
  private static final double MIN_ANSWERED_ELSEWHERE = 0.5;

  public DeadNameserver(ServerUses uses, int maxEvidence) {
    super(FindingId.DEAD_NAMESERVER, uses, maxEvidence);
  }

  @Override
  Optional<Finding> findingOf(IpAddress server, List<ServerUse> clients) {
    List<ServerUse> concerned =
        clients.stream().filter(client -> client.answeredElsewhere() > 0).toList();
    long elsewhere = concerned.stream().mapToLong(client -> client.answeredElsewhere()).sum();
    Case found = joinAll(concerned, List.of(TryFault.SILENT));
    if (answered(clients) > 0
        || found.lookups() == 0
        || elsewhere < MIN_LOOKUPS
        || elsewhere < MIN_ANSWERED_ELSEWHERE * found.lookups()) {
      return Optional.empty();
    }
    return Optional.of(
        finding(
            server,
            found,
            lookups(concerned),
            List.of(
                "It answered none of %s; another server then answered %s of them."
                    .formatted(
                        Counted.of(found.lookups(), "lookup", "lookups"),
                        Counted.number(elsewhere)),
                "Each waited %s for it first, %s in all."
                    .formatted(
                        Durations.text(found.waitedNs() / found.lookups()),
                        Durations.text(found.waitedNs()))),
            List.of(
                "Repair the server, or remove it from the clients' resolv.conf (in Kubernetes: the"
                    + " node's or the pod's dnsConfig).")));
  }
}
