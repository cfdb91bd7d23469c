package dev.jig.advise.rules;

import dev.jig.advise.Counted;
import dev.jig.advise.Fact;
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
import dev.jig.event.IpAddress;
import dev.jig.names.Zones;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A resolver answers SERVFAIL since a zone fails DNSSEC validation: it says so (RFC 8914), or it
/// answers with checking disabled (CD, RFC 4035 section 3.2.2). A tally counts answered lookups
/// with checking.
public final class Bogus implements Rule {
  private static final long MIN_LOOKUPS = 5;
  private static final double MIN_SHARE = 0.05;
  private static final double MIN_SAID = 0.5;

  /// DNSSEC Bogus to NSEC Missing.
  private static final int FIRST_DNSSEC_ERROR = 6;

  private static final int LAST_DNSSEC_ERROR = 12;

  /// Exports also zones that are answered only with checking disabled.
  private static final class ByZone extends Tallies {
    ByZone(int maxEvidence) {
      super(FindingId.BOGUS.text(), maxEvidence);
    }

    @Override
    public void export(TallySink sink) {
      forEach((key, tally) -> {
        if (tally.lookups() > 0 || tally.fact(Fact.ANSWERED_UNCHECKED) > 0) {
          sink.accept(name(), key, tally);
        }
      });
    }
  }

  private final Zones zones;
  private final Tallies byZone;
  private final ExtendedErrors errors = new ExtendedErrors();

  public Bogus(Zones zones, int maxEvidence) {
    this.zones = zones;
    this.byZone = new ByZone(maxEvidence);
  }

  @Override
  public FindingId id() {
    return FindingId.BOGUS;
  }

  @Override
  public void onLookup(Observation lookup) {
    IpAddress server = lookup.server();
    if (server == null || !lookup.row().isAnswered()) {
      return;
    }
    boolean failed = lookup.row().dns().rcode() == Rcode.SERV_FAIL;
    boolean isChecked = !lookup.row().dns().flags().isCheckingDisabled();
    Tally tally = byZone.of(TallyKey.of(server, zones.of(lookup.name())));
    if (isChecked) {
      tally.count();
    }
    if (isChecked && failed) {
      byZone.addFaulty(tally, lookup, Math.max(0, lookup.row().latencyNs()), null);
      ExtendedError error = errors.of(lookup.row());
      if (error != null && isOfDnssec(error)) {
        tally.facts().add(Fact.VALIDATION_FAILED, 1);
        tally.facts().add(Fact.SERVER_SAYS, ExtendedErrors.text(error));
      }
    } else if (!isChecked && !failed) {
      tally.facts().add(Fact.ANSWERED_UNCHECKED, 1);
    }
  }

  private static boolean isOfDnssec(ExtendedError error) {
    return error.infoCode() >= FIRST_DNSSEC_ERROR && error.infoCode() <= LAST_DNSSEC_ERROR;
  }

  @Override
  public List<TallyTable> tables() {
    return List.of(byZone);
  }

  @Override
  public List<Finding> findings() {
    List<Finding> found = new ArrayList<>();
    byZone.forEach((key, tally) -> {
      if (tally.isAtLeast(MIN_LOOKUPS, MIN_SHARE) && isBogus(tally)) {
        found.add(finding(key, tally));
      }
    });
    return found;
  }

  private static boolean isBogus(Tally tally) {
    return tally.fact(Fact.VALIDATION_FAILED) >= MIN_SAID * tally.lookups()
        || tally.fact(Fact.ANSWERED_UNCHECKED) > 0;
  }

  private static Finding finding(TallyKey key, Tally tally) {
    List<String> summary = new ArrayList<>();
    summary.add(
        "%s of %s of %s got SERVFAIL: the zone fails DNSSEC validation."
            .formatted(
                Counted.number(tally.lookups()),
                Counted.of(tally.of(), "lookup", "lookups"),
                key.name()));
    Set<String> said = tally.hasFacts() ? tally.facts().texts(Fact.SERVER_SAYS) : Set.of();
    said.stream().findFirst().ifPresent(text -> summary.add("The server says: " + text + "."));
    long unchecked = tally.fact(Fact.ANSWERED_UNCHECKED);
    if (unchecked > 0) {
      summary.add(
          "With checking disabled (CD) it answered %s."
              .formatted(Counted.of(unchecked, "lookup", "lookups")));
    }
    return new Finding(
        FindingId.BOGUS,
        key.server(),
        key.name(),
        null,
        tally.lookups(),
        tally.of(),
        tally.faulty(),
        summary,
        List.of(
            "Repair the zone's signatures or the DS record at its parent, and check the resolver's"
                + " clock and trust anchor: delv "
                + key.name()
                + " shows what fails."));
  }

  @Override
  public long forgotten() {
    return byZone.forgotten();
  }
}
