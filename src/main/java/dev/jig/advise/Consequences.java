package dev.jig.advise;

import static dev.jig.advise.FindingId.BLOCKED;
import static dev.jig.advise.FindingId.BOGUS;
import static dev.jig.advise.FindingId.DEAD_NAMESERVER;
import static dev.jig.advise.FindingId.EDNS_TROUBLE;
import static dev.jig.advise.FindingId.LATE_ANSWERS;
import static dev.jig.advise.FindingId.LOOP;
import static dev.jig.advise.FindingId.LOST_TWIN;
import static dev.jig.advise.FindingId.OVERLOADED_SERVER;
import static dev.jig.advise.FindingId.PORT_CLOSED;
import static dev.jig.advise.FindingId.REFUSED_BY_SERVER;
import static dev.jig.advise.FindingId.SERVER_FAILURE;
import static dev.jig.advise.FindingId.SLOW_SERVER;
import static dev.jig.advise.FindingId.SLOW_UPSTREAM;
import static dev.jig.advise.FindingId.TCP_BLOCKED;
import static dev.jig.advise.FindingId.UNANSWERED;
import static dev.jig.advise.FindingId.UNREACHABLE;

import dev.jig.event.IpAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Removes findings that another finding explains, so that one cause is one finding. All rules
/// about that are here; those about single tries are in [ServerUses].
final class Consequences {
  /// For each kind the kinds that explain it, if they concern the same server and all its clients.
  private static final Map<FindingId, Set<FindingId>> EXPLAINED_BY =
      Map.of(
          BLOCKED, EnumSet.of(PORT_CLOSED, UNREACHABLE, OVERLOADED_SERVER),
          DEAD_NAMESERVER, EnumSet.of(PORT_CLOSED, UNREACHABLE, OVERLOADED_SERVER, BLOCKED),
          UNANSWERED,
              EnumSet.of(
                  PORT_CLOSED,
                  UNREACHABLE,
                  OVERLOADED_SERVER,
                  BLOCKED,
                  DEAD_NAMESERVER,
                  EDNS_TROUBLE,
                  LOST_TWIN,
                  TCP_BLOCKED),
          SERVER_FAILURE, EnumSet.of(BOGUS),
          LATE_ANSWERS, EnumSet.of(OVERLOADED_SERVER, SLOW_SERVER, SLOW_UPSTREAM));

  /// What makes a resolver on this machine fail: the server that it asks does not answer it.
  private static final Set<FindingId> FAILED_UPSTREAM =
      EnumSet.of(PORT_CLOSED, UNREACHABLE, OVERLOADED_SERVER, BLOCKED, UNANSWERED, DEAD_NAMESERVER);

  private Consequences() {}

  /// How that shows at the resolver's own clients.
  private static final Set<FindingId> FAILED_RESOLVER =
      EnumSet.of(
          SERVER_FAILURE,
          REFUSED_BY_SERVER,
          UNANSWERED,
          DEAD_NAMESERVER,
          SLOW_UPSTREAM,
          LATE_ANSWERS);

  /// How a loop shows at its servers and their clients.
  private static final Set<FindingId> FAILED_IN_LOOP =
      EnumSet.of(
          SERVER_FAILURE, REFUSED_BY_SERVER, UNANSWERED, DEAD_NAMESERVER, BLOCKED, LATE_ANSWERS);

  /// The findings without those that others explain.
  static List<Finding> remove(List<Finding> findings) {
    Map<IpAddress, List<Finding>> byServer = new HashMap<>();
    Map<NodeProcess, Finding> upstreamByProcess = new HashMap<>();
    for (Finding finding : findings) {
      if (finding.nameserver() != null) {
        byServer.computeIfAbsent(finding.nameserver(), _ -> new ArrayList<>()).add(finding);
      }
      if (FAILED_UPSTREAM.contains(finding.id())) {
        finding
            .evidence()
            .processes()
            .forEach(process -> upstreamByProcess.putIfAbsent(process, finding));
      }
    }
    return findings.stream()
        .filter(finding -> !isExplainedAtServer(finding, byServer))
        .filter(finding -> !isExplainedByUpstream(finding, upstreamByProcess))
        .filter(finding -> findings.stream().noneMatch(other -> isOfLoop(finding, other)))
        .toList();
  }

  private static boolean isExplainedAtServer(
      Finding finding, Map<IpAddress, List<Finding>> byServer) {
    Set<FindingId> causes = EXPLAINED_BY.getOrDefault(finding.id(), Set.of());
    IpAddress server = finding.nameserver();
    return server != null
        && !causes.isEmpty()
        && byServer.getOrDefault(server, List.of()).stream()
            .anyMatch(other ->
                causes.contains(other.id())
                    && isOfZone(other, finding)
                    && other.clients().containsAll(finding.clients()));
  }

  /// Whether a server does not answer since it is part of a loop: at the loop's server, or where a
  /// process of the loop asks, or is asked.
  private static boolean isOfLoop(Finding finding, Finding loop) {
    if (loop.id() != LOOP || !FAILED_IN_LOOP.contains(finding.id())) {
      return false;
    }
    Set<NodeProcess> processes = new HashSet<>(loop.evidence().processes());
    processes.addAll(loop.evidence().servedBy());
    Set<NodeProcess> servedBy = finding.evidence().servedBy();
    return Objects.equals(loop.nameserver(), finding.nameserver())
        || processes.containsAll(finding.evidence().processes())
        || !servedBy.isEmpty() && processes.containsAll(servedBy);
  }

  /// Whether a finding about a zone concerns another one: about the same zone, or about nothing
  /// else, if as many lookups show it.
  private static boolean isOfZone(Finding cause, Finding other) {
    return cause.zone() == null
        || cause.zone().equals(other.zone())
        || other.zone() == null && cause.lookups() >= other.lookups();
  }

  /// Of resolvers that ask each other each explains the other: then both stay.
  @SuppressWarnings("ReferenceEquality") // the very finding
  private static boolean isExplainedByUpstream(
      Finding finding, Map<NodeProcess, Finding> upstreamByProcess) {
    Finding cause = upstreamOf(finding, upstreamByProcess);
    return cause != null && upstreamOf(cause, upstreamByProcess) != finding;
  }

  /// The finding about the server that the process asks which this finding is about; null if there
  /// is none.
  @SuppressWarnings("ReferenceEquality") // the very finding
  private static @Nullable Finding upstreamOf(
      Finding finding, Map<NodeProcess, Finding> upstreamByProcess) {
    Set<NodeProcess> servedBy = finding.evidence().servedBy();
    if (!FAILED_RESOLVER.contains(finding.id()) || servedBy.isEmpty()) {
      return null;
    }
    Finding cause = null;
    for (NodeProcess process : servedBy) {
      Finding upstream = upstreamByProcess.get(process);
      if (upstream == null || upstream == finding) {
        return null;
      }
      cause = upstream;
    }
    return cause;
  }
}
