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

  /// How many findings name a similar one: each compares all names that exist.
  private static final int MAX_SIMILAR = 50;

  private static final String CLUSTER = ".cluster.local.";

  private record ClientName(Client client, String name) {}

  /// One client's lookups of one name that does not exist.
  private static final class Missing {
    /// Lookups that found it in this window, before.
    long foundBefore;

    final Case lookups = new Case();
  }

  private final ExampleBudget examples;
  private long forgotten;
  private final Lru<ClientName, Missing> missing = new Lru<>(Tallies.MAX_SUBJECTS, this::onEvicted);

  /// A client's lookups that found a name.
  ///
  /// @param firstNs when the first of them began, nanoseconds since the epoch
  private record Found(long firstNs, long lookups) {}

  private final Lru<ClientName, Found> found = new Lru<>(MAX_EXISTING);

  /// Names that were found by any client, in lower case.
  private final Lru<String, String> existing = new Lru<>(MAX_EXISTING);

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
      addFound(name, client, name.found().toLowerCase(Locale.ROOT));
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

  private void addFound(NameRow name, Client client, String lower) {
    existing.put(lower, lower);
    ClientName subject = new ClientName(client, lower);
    Found before = found.get(subject);
    int lookups = lookupsOf(name, lower).size();
    found.put(
        subject,
        before == null
            ? new Found(name.timestampNs(), lookups)
            : new Found(before.firstNs(), before.lookups() + lookups));
  }

  private void addMissing(Client client, String name, List<LookupRow> own) {
    Missing known = missing.computeIfAbsent(new ClientName(client, name), _ -> new Missing());
    Found before = found.get(new ClientName(client, name));
    if (before != null && before.firstNs() < own.getFirst().timestampNs()) {
      known.foundBefore = before.lookups();
    }
    known.lookups.add(client, own.getFirst(), own.size(), 0, example(known, own.getFirst()));
  }

  /// The lookups of this very name, without those that the search list made.
  private static List<LookupRow> lookupsOf(NameRow row, String name) {
    return row.lookups().stream().filter(lookup -> isOf(lookup, name)).toList();
  }

  private void onEvicted(Missing evicted) {
    forgotten++;
    examples.giveBack(evicted.lookups);
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
    List<Finding> findings = new ArrayList<>();
    missing.forEach((subject, known) ->
        finding(subject.name(), known, findings.size() < MAX_SIMILAR).ifPresent(findings::add));
    return findings;
  }

  private Optional<Finding> finding(String name, Missing known, boolean withSimilar) {
    long lookups = known.lookups.lookups();
    boolean existed = known.foundBefore > 0;
    if (lookups < (existed ? MIN_LOST : MIN_LOOKUPS) || isStepOfSearch(name)) {
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
    List<String> near = withSimilar ? NearNames.of(name, otherNames(name)) : List.of();
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

  /// Whether a suffix of a pod's search list made the name, and a further suffix found what was
  /// wanted: `web.prod.shop.svc.cluster.local.` before `web.prod.svc.cluster.local.`. Where the
  /// list is not known, each step counts as a name.
  private boolean isStepOfSearch(String name) {
    return name.endsWith(CLUSTER)
        && otherNames(name).stream()
            .anyMatch(other -> other.endsWith(CLUSTER) && isInsertedInto(other, name));
  }

  /// Whether a name is another one with further labels inside.
  private static boolean isInsertedInto(String other, String name) {
    for (int dot = other.indexOf('.'); dot > 0; dot = other.indexOf('.', dot + 1)) {
      String end = other.substring(dot);
      if (name.length() > other.length()
          && name.startsWith(other.substring(0, dot + 1))
          && name.endsWith(end)) {
        return true;
      }
    }
    return false;
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
