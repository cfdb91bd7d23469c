package dev.jig.advise.rules;

import dev.jig.advise.Client;
import dev.jig.advise.Counted;
import dev.jig.advise.Evidence;
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

  /// A tally counts a client's lookups of a name that does not exist, and those that found it
  /// before, in this window.
  private final Missing missing;

  /// Exports what no search list made, with the similar name: only this node knows the names that
  /// exist.
  private final class Missing extends Tallies {
    Missing(int maxEvidence) {
      super(FindingId.NO_SUCH_NAME.text(), maxEvidence);
    }

    @Override
    public void export(TallySink sink) {
      int[] exported = {0};
      forEach((key, known) -> {
        String name = key.name();
        if (name != null && isFault(known) && !isStepOfSearch(name)) {
          similar(name, known, exported[0]++ < MAX_SIMILAR)
              .ifPresent(similar -> known.facts().add(Fact.SIMILAR_NAME, similar));
          sink.accept(name(), key, known);
        }
      });
    }
  }

  /// A client's lookups that found a name.
  private static final class Found {
    /// When the first of them began, nanoseconds since the epoch.
    final long firstNs;

    long lookups;

    Found(long firstNs) {
      this.firstNs = firstNs;
    }
  }

  private final Lru<TallyKey, Found> found = new Lru<>(MAX_EXISTING);

  /// Names that were found by any client, in lower case.
  private final Lru<String, String> existing = new Lru<>(MAX_EXISTING);

  public NoSuchName(int maxEvidence) {
    this.missing = new Missing(maxEvidence);
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
    if (existing.get(lower) == null) {
      existing.put(lower, lower);
    }
    Found of =
        found.computeIfAbsent(TallyKey.of(client, lower), _ -> new Found(name.timestampNs()));
    for (LookupRow lookup : name.lookups()) {
      of.lookups += isOf(lookup, lower) ? 1 : 0;
    }
  }

  private void addMissing(Client client, String name, List<LookupRow> own) {
    TallyKey subject = TallyKey.of(client, name);
    Tally known = missing.of(subject);
    Found before = found.get(subject);
    if (before != null && before.firstNs < own.getFirst().timestampNs()) {
      known.facts().add(Fact.FOUND_BEFORE, before.lookups);
    }
    known.faulty().add(client, own.getFirst(), own.size(), 0, example(known, own.getFirst()));
  }

  /// The lookups of this very name, without those that the search list made.
  private static List<LookupRow> lookupsOf(NameRow row, String name) {
    return row.lookups().stream().filter(lookup -> isOf(lookup, name)).toList();
  }

  private static boolean isOf(LookupRow row, String name) {
    Question question = row.dns().question();
    return question != null && question.name().equalsIgnoreCase(name);
  }

  private @Nullable Evidence example(Tally known, LookupRow row) {
    return missing.takeExample(known) ? new Evidence(row, null, null) : null;
  }

  @Override
  public List<TallyTable> tables() {
    return List.of(missing);
  }

  @Override
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    missing.forEach((subject, known) -> {
      String name = subject.name();
      if (name != null && isFault(known) && !isStepOfSearch(name)) {
        findings.add(finding(name, known, findings.size() < MAX_SIMILAR));
      }
    });
    return findings;
  }

  private static boolean isFault(Tally known) {
    boolean existed = known.fact(Fact.FOUND_BEFORE) > 0;
    return known.lookups() >= (existed ? MIN_LOST : MIN_LOOKUPS);
  }

  private Finding finding(String name, Tally known, boolean withSimilar) {
    long lookups = known.lookups();
    long of = lookups + known.fact(Fact.FOUND_BEFORE);
    boolean existed = of > lookups;
    List<String> summary = new ArrayList<>();
    summary.add(
        "%s of %s of %s got NXDOMAIN%s."
            .formatted(
                Counted.number(lookups),
                Counted.of(of, "lookup", "lookups"),
                name,
                existed ? "; before, it resolved" : ""));
    similar(name, known, withSimilar)
        .ifPresent(similar -> summary.add("A similar name exists: " + similar));
    return new Finding(
        id(),
        null,
        null,
        name,
        lookups,
        of,
        known.faulty(),
        summary,
        List.of(
            existed
                ? "Find out who removed the name: its Service, record or zone."
                : "Correct the name in the client's configuration, or create it."));
  }

  /// The most similar name that exists, as far as this node or the client's has seen.
  private Optional<String> similar(String name, Tally known, boolean compare) {
    Optional<String> exported = known.facts().texts(Fact.SIMILAR_NAME).stream().findFirst();
    return exported.isPresent() || !compare
        ? exported
        : NearNames.of(name, otherNames(name)).stream().findFirst();
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
    return missing.forgotten();
  }
}
