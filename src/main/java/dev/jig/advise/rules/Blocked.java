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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The kernel says that netfilter drops a client's packets; or a server answers others, but never
/// this client.
public final class Blocked extends ServerRule {
  private static final long MIN_DROPPED = 3;
  private static final double MIN_SHARE = 0.01;

  /// Without the kernel's word.
  private static final long MIN_SILENT = 5;

  private static final long MIN_OTHERS_ANSWERED = 5;

  public Blocked(ServerUses uses, int maxEvidence) {
    super(FindingId.BLOCKED, uses, maxEvidence);
  }

  @Override
  Optional<Finding> findingOf(IpAddress server, List<ServerUse> clients) {
    List<ServerUse> blocked = new ArrayList<>();
    List<Case> cases = new ArrayList<>();
    boolean byNetfilter = false;
    long answeredToAll = answered(clients);
    long lastAnsweredNs = lastAnsweredNs(clients);
    for (ServerUse client : clients) {
      boolean dropped = isDropped(client);
      if (dropped || isSilentForOne(client, answeredToAll, lastAnsweredNs)) {
        blocked.add(client);
        byNetfilter |= dropped;
        client.addAll(
            cases,
            dropped ? List.of(TryFault.NETFILTER, TryFault.SILENT) : List.of(TryFault.SILENT));
      }
    }
    if (blocked.isEmpty()) {
      return Optional.empty();
    }
    Case found = join(cases);
    return Optional.of(
        finding(
            server,
            found,
            lookups(blocked),
            summary(found, blocked, clients),
            advice(byNetfilter)));
  }

  private static boolean isDropped(ServerUse use) {
    long dropped = use.count(TryFault.NETFILTER);
    return dropped >= MIN_DROPPED && dropped >= MIN_SHARE * use.lookups();
  }

  private static boolean isSilentForOne(ServerUse use, long answeredToAll, long lastAnsweredNs) {
    return use.answered() == 0
        && use.count(TryFault.SILENT) >= MIN_SILENT
        && answeredToAll >= MIN_OTHERS_ANSWERED
        && lastAnsweredNs > use.firstFaultNs(TryFault.SILENT);
  }

  private static List<String> summary(
      Case found, List<ServerUse> blocked, List<ServerUse> clients) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s of %s got no answer; clients waited %s in all."
            .formatted(
                Counted.number(found.lookups()),
                Counted.of(lookups(blocked), "lookup", "lookups"),
                Durations.text(found.waitedNs())));
    long others = answered(clients) - answered(blocked);
    if (others > 0) {
      lines.add(
          "The server answered %s of other clients, so it is well."
              .formatted(Counted.of(others, "lookup", "lookups")));
    }
    return lines;
  }

  private static List<String> advice(boolean byNetfilter) {
    return List.of(
        byNetfilter
            ? "Allow UDP and TCP port 53 to the server: look at NetworkPolicies, and at nft list"
                + " ruleset or iptables-save where the packets were dropped."
            : "Look for what differs for this client: NetworkPolicies, firewalls on the way, and"
                + " access lists of the server.");
  }
}
