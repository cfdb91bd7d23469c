package dev.jig.advise.rules;

import dev.jig.advise.ByServer;
import dev.jig.advise.Client;
import dev.jig.advise.Finding;
import dev.jig.advise.FindingId;
import dev.jig.advise.Observation;
import dev.jig.advise.Rule;
import dev.jig.advise.Tallies;
import dev.jig.advise.Tally;
import dev.jig.advise.TallyKey;
import dev.jig.advise.TallyTable;
import dev.jig.event.Cause;
import dev.jig.event.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A rule that counts, for each client and server, how many lookups could show a fault and how many
/// do.
abstract class TallyRule implements Rule {
  private final FindingId id;
  private final long minLookups;
  private final double minShare;
  private final int maxEvidence;
  private final Tallies tallies;

  /// @param minLookups with the fault
  /// @param minShare of those that could show it
  TallyRule(FindingId id, long minLookups, double minShare, int maxEvidence) {
    this.id = id;
    this.minLookups = minLookups;
    this.minShare = minShare;
    this.maxEvidence = maxEvidence;
    this.tallies = new Tallies(id.text(), maxEvidence);
  }

  @Override
  public final FindingId id() {
    return id;
  }

  final Tally tally(Observation lookup, IpAddress server) {
    return tally(lookup.client(), server);
  }

  final Tally tally(Client client, IpAddress server) {
    return tallies.of(TallyKey.of(client, server));
  }

  /// Whether a client has the fault at a server.
  boolean isFault(Tally tally) {
    return tally.isAtLeast(minLookups, minShare);
  }

  final void addFaulty(Tally tally, Observation lookup, long waitedNs, @Nullable Cause cause) {
    tallies.addFaulty(tally, lookup, waitedNs, cause);
  }

  @Override
  public final List<TallyTable> tables() {
    return List.of(tallies);
  }

  @Override
  public final List<Finding> findings() {
    ByServer servers = new ByServer(maxEvidence);
    tallies.forEach((subject, tally) -> {
      IpAddress server = subject.server();
      if (server != null && tally.lookups() > 0 && isFault(tally)) {
        servers.add(server, tally);
      }
    });
    return servers.entries().stream().map(this::finding).toList();
  }

  private Finding finding(ByServer.Entry entry) {
    Tally tally = entry.tally();
    return new Finding(
        id,
        entry.server(),
        null,
        null,
        tally.lookups(),
        tally.of(),
        tally.faulty(),
        summary(tally),
        List.of(advice()));
  }

  abstract List<String> summary(Tally tally);

  abstract String advice();

  @Override
  public final long forgotten() {
    return tallies.forgotten();
  }
}
