package dev.jig.advise.rules;

import dev.jig.advise.Case;
import dev.jig.advise.Client;
import dev.jig.advise.Counted;
import dev.jig.advise.Evidence;
import dev.jig.advise.ExampleBudget;
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

  private record ClientName(Client client, String name) {}

  /// One client's lookups of one name that does not exist.
  private static final class Missing {
    /// Lookups that found it in this window, before.
    long foundBefore;

    final Case lookups = new Case();
  }

  private final ExampleBudget examples;
  private long forgotten;
  private final Lru<ClientName, Missing> missing =
      new Lru<>(Tallies.MAX_SUBJECTS, _ -> forgotten++);

  /// Names that were found, in lower case, with the number of lookups.
  private final Lru<String, Long> existing = new Lru<>(MAX_EXISTING);

  public NoSuchName(int maxEvidence) {
    this.examples = new ExampleBudget(maxEvidence);
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
    if (name.found() != null) {
      String found = name.found().toLowerCase(Locale.ROOT);
      Long before = existing.get(found);
      existing.put(found, (before == null ? 0 : before) + lookupsOf(name, found).size());
    } else if (name.outcome() == Outcome.NXDOMAIN) {
      String wanted = name.name().toLowerCase(Locale.ROOT);
      List<LookupRow> own =
          lookupsOf(name, wanted).stream()
              .filter(row -> row.outcome() == Outcome.NXDOMAIN)
              .toList();
      if (!own.isEmpty()) {
        addMissing(client, wanted, own);
      }
    }
  }

  private void addMissing(Client client, String name, List<LookupRow> own) {
    Missing known = missing.computeIfAbsent(new ClientName(client, name), _ -> new Missing());
    Long found = existing.get(name);
    known.foundBefore = found == null ? known.foundBefore : found;
    known.lookups.add(client, own.getFirst(), own.size(), 0, example(known, own.getFirst()));
  }

  /// The lookups of this very name, without those that the search list made.
  private static List<LookupRow> lookupsOf(NameRow row, String name) {
    return row.lookups().stream().filter(lookup -> isOf(lookup, name)).toList();
  }

  private static boolean isOf(LookupRow row, String name) {
    Question question = row.dns().question();
    return question != null && question.name().equalsIgnoreCase(name);
  }

  private @Nullable Evidence example(Missing known, LookupRow row) {
    if (!examples.take(known.lookups)) {
      return null;
    }
    return new Evidence(row, null, null);
  }

  @Override
  public List<Finding> findings() {
    List<Finding> found = new ArrayList<>();
    missing.forEach((subject, known) -> finding(subject.name(), known).ifPresent(found::add));
    return found;
  }

  private Optional<Finding> finding(String name, Missing known) {
    long lookups = known.lookups.lookups();
    boolean existed = known.foundBefore > 0;
    if (lookups < (existed ? MIN_LOST : MIN_LOOKUPS)) {
      return Optional.empty();
    }
    List<String> summary = new ArrayList<>();
    summary.add(
        "%s of %s of %s got NXDOMAIN%s."
            .formatted(
                Counted.number(lookups),
                Counted.of(lookups + known.foundBefore, "lookup", "lookups"),
                name,
                existed ? "; before, it resolved" : ""));
    List<String> near = NearNames.of(name, otherNames(name));
    if (!near.isEmpty()) {
      summary.add("A similar name exists: " + near.getFirst());
    }
    return Optional.of(
        new Finding(
            id(),
            null,
            null,
            name,
            lookups,
            lookups + known.foundBefore,
            known.lookups,
            summary,
            List.of(
                existed
                    ? "Find out who removed the name: its Service, record or zone."
                    : "Correct the name in the client's configuration, or create it.")));
  }

  private List<String> otherNames(String name) {
    List<String> others = new ArrayList<>();
    existing.forEach((other, _) -> {
      if (!other.equals(name)) {
        others.add(other);
      }
    });
    return others;
  }

  @Override
  public long forgotten() {
    return forgotten;
  }
}
