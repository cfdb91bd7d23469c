package dev.jig.advise.rules;

import dev.jig.advise.Case;
import dev.jig.advise.Client;
import dev.jig.advise.Counted;
import dev.jig.advise.Evidence;
import dev.jig.advise.Finding;
import dev.jig.advise.FindingId;
import dev.jig.advise.Observation;
import dev.jig.advise.Rule;
import dev.jig.advise.Tallies;
import dev.jig.advise.Tally;
import dev.jig.advise.TallyKey;
import dev.jig.advise.TallySink;
import dev.jig.advise.TallyTable;
import dev.jig.dns.EdnsOption.ExtendedError;
import dev.jig.dns.Rcode;
import dev.jig.event.Attempt;
import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.Outcome;
import dev.jig.event.Question;
import dev.jig.names.Zones;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A server answers SERVFAIL or REFUSED: for one zone, or for most of what it is asked.
public final class FailingRcode implements Rule {
  private static final long MIN_LOOKUPS = 5;
  private static final double MIN_SHARE = 0.05;

  /// With this share of all its lookups, and more than one zone, the server itself fails.
  private static final double MIN_SHARE_OF_SERVER = 0.5;

  /// Exports also the zones without a fault, which count for a server's share.
  private static final class AllTallies extends Tallies {
    AllTallies(String name, int maxEvidence) {
      super(name, maxEvidence);
    }

    @Override
    public void export(TallySink sink) {
      forEach((key, tally) -> sink.accept(name(), key, tally));
    }
  }

  private final FindingId id;
  private final int rcode;
  private final String name;
  private final String advice;
  private final Zones zones;
  private final int maxEvidence;
  private final Tallies byZone;

  private FailingRcode(
      FindingId id, int rcode, String name, String advice, Zones zones, int maxEvidence) {
    this.id = id;
    this.rcode = rcode;
    this.name = name;
    this.advice = advice;
    this.zones = zones;
    this.maxEvidence = maxEvidence;
    this.byZone = new AllTallies(id.text(), maxEvidence);
  }

  public static FailingRcode serverFailure(Zones zones, int maxEvidence) {
    return new FailingRcode(
        FindingId.SERVER_FAILURE,
        Rcode.SERV_FAIL,
        "SERVFAIL",
        "Look at the server's log and at the servers it asks: it cannot get, or cannot verify, an"
            + " answer.",
        zones,
        maxEvidence);
  }

  public static FailingRcode refused(Zones zones, int maxEvidence) {
    return new FailingRcode(
        FindingId.REFUSED_BY_SERVER,
        Rcode.REFUSED,
        "REFUSED",
        "Allow the client in the server's access list, or ask a server that serves the zone.",
        zones,
        maxEvidence);
  }

  @Override
  public FindingId id() {
    return id;
  }

  /// Each server that answered counts once.
  @Override
  public void onLookup(Observation lookup) {
    String zone = null;
    List<Attempt> attempts = lookup.attempts();
    for (int i = 0; i < attempts.size(); i++) {
      Attempt attempt = attempts.get(i);
      IpAddress server = attempt.nameserver();
      Integer answer = attempt.rcode();
      if (server == null || answer == null || isAnsweredLater(server, attempts, i)) {
        continue;
      }
      zone = zone == null ? zones.of(lookup.name()) : zone;
      Tally tally = byZone.of(TallyKey.of(server, zone));
      tally.count();
      if (answer == rcode) {
        byZone.addFaulty(tally, lookup, attempt.durationNs(), null);
      }
    }
  }

  @Override
  public void onLateAnswer(LookupRow late, Client client) {
    IpAddress server = late.flow().nameserver();
    Question question = late.dns().question();
    if (server == null || question == null) {
      return;
    }
    Tally tally = byZone.of(TallyKey.of(server, zones.of(question.name())));
    tally.count();
    if (late.dns().rcode() == rcode) {
      Observation lookup = new Observation(late, client, Outcome.TIMEOUT, null, false);
      byZone.addFaulty(tally, lookup, late.latencyNs(), null);
    }
  }

  /// Whether the same server answered a later try: that answer counts.
  private static boolean isAnsweredLater(IpAddress server, List<Attempt> attempts, int index) {
    for (int i = index + 1; i < attempts.size(); i++) {
      Attempt later = attempts.get(i);
      if (later.rcode() != null && server.equals(later.nameserver())) {
        return true;
      }
    }
    return false;
  }

  @Override
  public List<TallyTable> tables() {
    return List.of(byZone);
  }

  @Override
  public List<Finding> findings() {
    Map<IpAddress, Map<String, Tally>> servers = new LinkedHashMap<>();
    byZone.forEach((key, tally) -> {
      if (key.server() != null && key.name() != null) {
        servers.computeIfAbsent(key.server(), _ -> new LinkedHashMap<>()).put(key.name(), tally);
      }
    });
    List<Finding> found = new ArrayList<>();
    servers.forEach((server, tallies) -> addFindings(server, tallies, found));
    return found;
  }

  private void addFindings(IpAddress server, Map<String, Tally> tallies, List<Finding> found) {
    Tally all = new Tally();
    tallies.values().forEach(tally -> all.add(tally, maxEvidence));
    long failing = tallies.values().stream().filter(tally -> tally.lookups() > 0).count();
    if (failing > 1 && all.isAtLeast(MIN_LOOKUPS, MIN_SHARE_OF_SERVER)) {
      found.add(finding(server, null, Counted.number(failing) + " zones", all));
      return;
    }
    tallies.forEach((zone, tally) -> {
      if (tally.isAtLeast(MIN_LOOKUPS, MIN_SHARE)) {
        found.add(finding(server, zone, zone, tally));
      }
    });
  }

  private Finding finding(IpAddress server, @Nullable String zone, String where, Tally tally) {
    List<String> summary = new ArrayList<>();
    summary.add(
        "%s of %s of %s got %s."
            .formatted(
                Counted.number(tally.lookups()),
                Counted.of(tally.of(), "lookup", "lookups"),
                where,
                name));
    String reason = reason(tally.faulty());
    if (reason != null) {
      summary.add("The server says: " + reason + ".");
    }
    return new Finding(
        id,
        server,
        zone,
        null,
        tally.lookups(),
        tally.of(),
        tally.faulty(),
        summary,
        List.of(advice));
  }

  /// The Extended DNS Error of an example; null without one.
  private static @Nullable String reason(Case faulty) {
    ExtendedErrors errors = new ExtendedErrors();
    for (Evidence example : faulty.evidence()) {
      ExtendedError error = errors.of(example.row());
      if (error != null) {
        return ExtendedErrors.text(error);
      }
    }
    return null;
  }

  @Override
  public long forgotten() {
    return byZone.forgotten();
  }
}
