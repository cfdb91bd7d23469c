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

/// The kernel or ICMP says why a server does not answer: its port is closed, it cannot be reached,
/// or its receive buffer is full.
public final class KernelCause extends ServerRule {
  private static final long MIN_LOOKUPS = 3;
  private static final double MIN_SHARE = 0.05;

  private final TryFault fault;
  private final String what;
  private final String advice;

  private KernelCause(
      FindingId id, ServerUses uses, int maxEvidence, TryFault fault, String what, String advice) {
    super(id, uses, maxEvidence);
    this.fault = fault;
    this.what = what;
    this.advice = advice;
  }

  public static KernelCause portClosed(ServerUses uses, int maxEvidence) {
    return new KernelCause(
        FindingId.PORT_CLOSED,
        uses,
        maxEvidence,
        TryFault.PORT_CLOSED,
        "got no answer: nothing listens on the port",
        "Start the server, or correct the address: a Service without ready endpoints and a firewall"
            + " that rejects look the same.");
  }

  public static KernelCause unreachable(ServerUses uses, int maxEvidence) {
    return new KernelCause(
        FindingId.UNREACHABLE,
        uses,
        maxEvidence,
        TryFault.UNREACHABLE,
        "got no answer: the server cannot be reached",
        "Check the address, the route to it and the devices on the way: ip route get ADDRESS, ip"
            + " neigh, ip link.");
  }

  public static KernelCause overloaded(ServerUses uses, int maxEvidence) {
    return new KernelCause(
        FindingId.OVERLOADED_SERVER,
        uses,
        maxEvidence,
        TryFault.OVERLOADED,
        "lost a query: the receive buffer of the server's socket was full",
        "Give the server more CPU, threads or replicas, or larger buffers (net.core.rmem_max and its"
            + " own option, such as unbound's so-rcvbuf); ss -uamn shows the drops.");
  }

  @Override
  Optional<Finding> findingOf(IpAddress server, List<ServerUse> clients) {
    boolean known = clients.stream().anyMatch(client -> client.count(fault) > 0);
    if (!known) {
      return Optional.empty();
    }
    // Hosts limit how many ICMP errors they send: if there was no answer at all, they mean all.
    List<TryFault> kinds =
        answered(clients) == 0 ? List.of(fault, TryFault.SILENT) : List.of(fault);
    List<ServerUse> concerned =
        clients.stream()
            .filter(client -> kinds.stream().anyMatch(kind -> client.count(kind) > 0))
            .toList();
    Case found = joinAll(concerned, kinds);
    long of = lookups(concerned);
    if (found.lookups() < MIN_LOOKUPS || found.lookups() < MIN_SHARE * of) {
      return Optional.empty();
    }
    String first =
        "%s of %s %s."
            .formatted(Counted.number(found.lookups()), Counted.of(of, "lookup", "lookups"), what);
    String second = "Clients waited %s in all.".formatted(Durations.text(found.waitedNs()));
    return Optional.of(finding(server, found, of, List.of(first, second), List.of(advice)));
  }
}
