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
import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.Outcome;
import dev.jig.event.Question;
import dev.jig.fields.NearNames;
import dev.jig.table.Lru;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A client asks for one name again and again, and it does not exist. What the search list makes of
/// names does not count.
public final class NoSuchName implements Rule {
  private static final long MIN_LOOKUPS = 20;

  /// If the name had resolved before.
  private static final long MIN_LOST = 3;

  private static final int MAX_EXISTING = 4_096;
  private static final int MAX_EXAMPLES = 1_024;

  private record ClientName(Client client, String name) {}

  /// What became of one client's lookups of one name.
  private static final class Asked {
    long lookups;
    boolean resolved;
    boolean resolvedBefore;
    final Case missing = new Case();
  }

  private final int maxEvidence;
  private long forgotten;
  private int examples;
  private final Lru<ClientName, Asked> asked = new Lru<>(Tallies.MAX_SUBJECTS, _ -> forgotten++);

  /// Names that were found, as they were wanted.
  private final Lru<String, String> existing = new Lru<>(MAX_EXISTING);

  public NoSuchName(int maxEvidence) {
    this.maxEvidence = maxEvidence;
  }

  @Override
  public FindingId id() {
    return FindingId.NO_SUCH_NAME;
  }

  @Override
  public void onLookup(Observation lookup) {
    // names have all their lookups
  }

  @Override
  public void onName(NameRow name, Client client) {
    String lower = name.name().toLowerCase(Locale.ROOT);
    Asked known = asked.computeIfAbsent(new ClientName(client, lower), _ -> new Asked());
    List<LookupRow> own = name.lookups().stream().filter(row -> isOf(row, lower)).toList();
    known.lookups += own.size();
    if (name.found() != null) {
      known.resolved = true;
      existing.put(name.found().toLowerCase(Locale.ROOT), name.found());
    } else if (name.outcome() == Outcome.NXDOMAIN) {
      List<LookupRow> missing =
          own.stream().filter(row -> row.outcome() == Outcome.NXDOMAIN).toList();
      if (!missing.isEmpty()) {
        known.resolvedBefore |= known.resolved;
        known.missing.add(
            client, missing.getFirst(), missing.size(), 0, example(known, missing.getFirst()));
      }
    }
  }

  /// Whether it asks for the wanted name itself.
  private static boolean isOf(LookupRow row, String name) {
    Question question = row.dns().question();
    return question != null && question.name().equalsIgnoreCase(name);
  }

  private @Nullable Evidence example(Asked known, LookupRow row) {
    if (known.missing.evidence().size() >= maxEvidence || examples >= MAX_EXAMPLES) {
      return null;
    }
    examples++;
    return new Evidence(row, null, null);
  }

  @Override
  public List<Finding> findings() {
    List<Finding> found = new ArrayList<>();
    asked.forEach((subject, known) -> finding(subject.name(), known).ifPresent(found::add));
    return found;
  }

  private Optional<Finding> finding(String name, Asked known) {
    long missing = known.missing.lookups();
    if (missing < (known.resolvedBefore ? MIN_LOST : MIN_LOOKUPS)) {
      return Optional.empty();
    }
    List<String> summary = new ArrayList<>();
    summary.add(
        "%s of %s of %s got NXDOMAIN%s."
            .formatted(
                Counted.number(missing),
                Counted.of(known.lookups, "lookup", "lookups"),
                name,
                known.resolvedBefore ? "; before, it resolved" : ""));
    List<String> near =
        NearNames.of(name, existing.values().stream().filter(it -> !it.equals(name)).toList());
    if (!near.isEmpty()) {
      summary.add("A similar name exists: " + near.getFirst());
    }
    return Optional.of(
        new Finding(
            id(),
            null,
            null,
            name,
            missing,
            known.lookups,
            known.missing,
            summary,
            List.of(
                known.resolvedBefore
                    ? "Find out who removed the name: its Service, record or zone."
                    : "Correct the name in the client's configuration, or create it.")));
  }

  @Override
  public long forgotten() {
    return forgotten;
  }
}
