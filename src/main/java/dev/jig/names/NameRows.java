package dev.jig.names;

import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.Outcome;
import dev.jig.event.Row;
import dev.jig.event.SearchSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes the rows of a walk that is over.
final class NameRows {
  private NameRows() {}

  /// One row of a walk of a search list; of other names one each.
  static List<NameRow> of(Walk walk) {
    Reading reading = walk.reading();
    if (reading != null) {
      return List.of(row(walk.steps(), reading.wanted(), reading.source()));
    }
    List<NameRow> rows = new ArrayList<>();
    for (Step step : walk.steps()) {
      rows.add(row(List.of(step), step.name, null));
    }
    return rows;
  }

  /// The row of a name that its only lookup found.
  static NameRow ofFound(LookupRow row) {
    String name = Step.nameOf(row);
    return new NameRow(
        row.timestampNs(),
        row.subject(),
        row.flow(),
        row.dns(),
        name,
        name,
        Outcome.OK,
        row.lookup().tries(),
        0,
        0,
        row.latencyNs(),
        row.dns().addresses(),
        null,
        List.of(row));
  }

  private static NameRow row(List<Step> steps, String wanted, @Nullable SearchSource source) {
    List<LookupRow> lookups =
        steps.stream()
            .flatMap(step -> step.lookups.stream())
            .sorted(Comparator.comparingLong(LookupRow::timestampNs))
            .toList();
    Step found = steps.stream().filter(Step::isFound).findFirst().orElse(null);
    LookupRow main = found == null ? lookups.getLast() : firstOk(found);
    int queries = steps.stream().mapToInt(Step::queries).sum();
    return new NameRow(
        lookups.getFirst().timestampNs(),
        lookups.getLast().subject(),
        main.flow(),
        main.dns(),
        wanted,
        found == null ? null : found.name,
        found == null ? worst(lookups) : Outcome.OK,
        queries,
        queries - needed(steps, wanted, found).queries(),
        queries - queriesFor(wanted, steps),
        latencyNs(lookups),
        found == null ? List.of() : addresses(found),
        source,
        lookups);
  }

  /// The step that a name with a trailing dot needs too. Of a walk without an answer that is the
  /// name itself; if its resolver gave up before it asked that, the step it gave up at.
  private static Step needed(List<Step> steps, String wanted, @Nullable Step found) {
    if (found != null) {
      return found;
    }
    return steps.stream()
        .filter(step -> DomainNames.isSame(step.name, wanted))
        .findFirst()
        .orElse(steps.getLast());
  }

  private static int queriesFor(String wanted, List<Step> steps) {
    return steps.stream()
        .filter(step -> DomainNames.isSame(step.name, wanted))
        .mapToInt(Step::queries)
        .sum();
  }

  private static LookupRow firstOk(Step found) {
    return found.lookups.stream()
        .filter(lookup -> lookup.outcome() == Outcome.OK)
        .findFirst()
        .orElseThrow();
  }

  /// The outcome of a name that was not found. That one lookup had no answer, or a failure, hides
  /// whether the name exists; and one name that exists says more than those that do not.
  private static Outcome worst(List<LookupRow> lookups) {
    Outcome worst = Outcome.NXDOMAIN;
    for (LookupRow lookup : lookups) {
      Outcome outcome = lookup.outcome();
      if (outcome != null && rank(outcome) > rank(worst)) {
        worst = outcome;
      }
    }
    return worst;
  }

  private static int rank(Outcome outcome) {
    return switch (outcome) {
      case OK, NXDOMAIN -> 0;
      case NODATA -> 1;
      case SERVFAIL, REFUSED, ERROR -> 2;
      case TIMEOUT, CLOSED, UNREACHABLE -> 3;
    };
  }

  private static long latencyNs(List<LookupRow> lookups) {
    long end = Long.MIN_VALUE;
    for (LookupRow lookup : lookups) {
      if (lookup.isAnswered()) {
        end = Math.max(end, Step.endOf(lookup));
      }
    }
    return end == Long.MIN_VALUE ? Row.NO_LATENCY : end - lookups.getFirst().timestampNs();
  }

  private static List<IpAddress> addresses(Step found) {
    Set<IpAddress> addresses = new LinkedHashSet<>();
    found.lookups.forEach(lookup -> addresses.addAll(lookup.dns().addresses()));
    return List.copyOf(addresses);
  }
}
