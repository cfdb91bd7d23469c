package dev.jig.advise;

import static dev.jig.advise.FindingId.BLOCKED;
import static dev.jig.advise.FindingId.DEAD_NAMESERVER;
import static dev.jig.advise.FindingId.LOST_TWIN;
import static dev.jig.advise.FindingId.PORT_CLOSED;
import static dev.jig.advise.FindingId.SERVER_FAILURE;
import static dev.jig.advise.FindingId.TCP_BLOCKED;
import static dev.jig.advise.FindingId.UNANSWERED;
import static dev.jig.advise.FindingId.UNREACHABLE;

import dev.jig.event.Owner;
import dev.jig.event.Subject;
import java.util.EnumSet;
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
          BLOCKED, EnumSet.of(PORT_CLOSED, UNREACHABLE),
          DEAD_NAMESERVER, EnumSet.of(PORT_CLOSED, UNREACHABLE, BLOCKED),
          UNANSWERED,
              EnumSet.of(
                  PORT_CLOSED, UNREACHABLE, BLOCKED, DEAD_NAMESERVER, LOST_TWIN, TCP_BLOCKED));

  /// What makes a resolver on this machine fail: the server that it asks does not answer it.
  private static final Set<FindingId> FAILED_UPSTREAM =
      EnumSet.of(PORT_CLOSED, UNREACHABLE, BLOCKED, UNANSWERED, DEAD_NAMESERVER);

  private Consequences() {}

  /// How that shows at the resolver's own clients.
  private static final Set<FindingId> FAILED_RESOLVER =
      EnumSet.of(SERVER_FAILURE, UNANSWERED, DEAD_NAMESERVER);

  /// The findings without those that others explain.
  static List<Finding> remove(List<Finding> findings) {
    return findings.stream()
        .filter(finding -> findings.stream().noneMatch(other -> explains(other, finding)))
        .toList();
  }

  private static boolean explains(Finding cause, Finding finding) {
    boolean sameServer = Objects.equals(cause.nameserver(), finding.nameserver());
    if (sameServer) {
      return EXPLAINED_BY.getOrDefault(finding.id(), Set.of()).contains(cause.id())
          && cause.clients().containsAll(finding.clients());
    }
    return FAILED_RESOLVER.contains(finding.id())
        && FAILED_UPSTREAM.contains(cause.id())
        && isAnsweredBy(finding, cause.evidence().pids());
  }

  /// Whether all examples were sent to one of these processes.
  private static boolean isAnsweredBy(Finding finding, List<Integer> pids) {
    List<Evidence> examples = finding.evidence().evidence();
    return !examples.isEmpty()
        && examples.stream().allMatch(example -> isOf(example.row().peer(), pids));
  }

  private static boolean isOf(@Nullable Subject peer, List<Integer> pids) {
    Owner owner = peer == null ? null : peer.owner();
    return owner != null && pids.contains(owner.pid());
  }
}
