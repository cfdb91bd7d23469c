package dev.jig.advise.rules;

import dev.jig.advise.Case;
import dev.jig.advise.Finding;
import dev.jig.advise.FindingId;
import dev.jig.advise.Observation;
import dev.jig.advise.Rule;
import dev.jig.advise.ServerUse;
import dev.jig.advise.ServerUses;
import dev.jig.advise.TallyTable;
import dev.jig.advise.TryFault;
import dev.jig.event.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A rule about a server that does not answer, by what each client got from it.
abstract class ServerRule implements Rule {
  private final FindingId id;
  private final ServerUses uses;
  private final int maxEvidence;

  /// @param uses receives the lookups before the rules; all rules of this kind share it
  ServerRule(FindingId id, ServerUses uses, int maxEvidence) {
    this.id = id;
    this.uses = uses;
    this.maxEvidence = maxEvidence;
  }

  @Override
  public final FindingId id() {
    return id;
  }

  @Override
  public final void onLookup(Observation lookup) {
    // the shared table has it
  }

  /// The shared table has it.
  @Override
  public final List<TallyTable> tables() {
    return List.of();
  }

  @Override
  public final List<Finding> findings() {
    return uses.byServer().entrySet().stream()
        .flatMap(server -> findingOf(server.getKey(), server.getValue()).stream())
        .toList();
  }

  /// What is wrong with a server.
  abstract Optional<Finding> findingOf(IpAddress server, List<ServerUse> clients);

  @Override
  public final long forgotten() {
    return uses.forgotten();
  }

  /// Joins the lookups with faults of these kinds.
  final Case joinAll(List<ServerUse> clients, List<TryFault> kinds) {
    List<Case> cases = new ArrayList<>();
    clients.forEach(client -> client.addAll(cases, kinds));
    return join(cases);
  }

  final Case join(List<Case> cases) {
    Case joined = new Case();
    cases.forEach(each -> joined.add(each, maxEvidence));
    return joined;
  }

  /// Lookups in which these clients asked the server.
  static long lookups(List<ServerUse> clients) {
    return clients.stream().mapToLong(client -> client.lookups()).sum();
  }

  /// Lookups in which the server answered these clients.
  static long answered(List<ServerUse> clients) {
    return clients.stream().mapToLong(client -> client.answered()).sum();
  }

  /// When the newest query that the server answered was sent; 0 if none.
  static long lastAnsweredNs(List<ServerUse> clients) {
    return clients.stream().mapToLong(client -> client.lastAnsweredNs()).max().orElse(0);
  }

  final Finding finding(
      IpAddress server, Case found, long of, List<String> summary, List<String> advice) {
    return new Finding(id, server, null, null, found.lookups(), of, found, summary, advice);
  }
}
