package dev.jig.advise.rules;

import dev.jig.advise.Client;
import dev.jig.advise.Counted;
import dev.jig.advise.Durations;
import dev.jig.advise.Evidence;
import dev.jig.advise.Fact;
import dev.jig.advise.Finding;
import dev.jig.advise.FindingId;
import dev.jig.advise.Observation;
import dev.jig.advise.Rule;
import dev.jig.advise.Tallies;
import dev.jig.advise.Tally;
import dev.jig.advise.TallyKey;
import dev.jig.advise.TallyTable;
import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.Row;
import dev.jig.names.SearchList;
import dev.jig.names.SearchLists;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Most queries of a client ask for names that its search list makes and that do not exist. What
/// the search list finds at once is no waste.
public final class SearchPath implements Rule {
  private static final long MIN_QUERIES = 20;

  /// With a search list of one, or with a name that the second of three suffixes finds, half of the
  /// queries are wasted.
  private static final double MIN_WASTED = 0.6;

  private final SearchLists lists;

  /// A tally counts the queries of a client, its lookups those that were wasted.
  private final Tallies costs;

  /// @param lists gives ndots, where it is known
  public SearchPath(SearchLists lists, int maxEvidence) {
    this.lists = lists;
    this.costs = new Tallies(FindingId.SEARCH_PATH.text(), maxEvidence);
  }

  @Override
  public FindingId id() {
    return FindingId.SEARCH_PATH;
  }

  @Override
  public void onLookup(Observation lookup) {
    // names have all their lookups
  }

  @Override
  public void onName(NameRow name, Client client) {
    Tally cost = costs.of(TallyKey.of(client));
    cost.count(name.queries());
    cost.facts().add(Fact.NAMES, 1);
    if (name.wasted() == 0) {
      return;
    }
    SearchList list = lists.of(name.subject());
    if (list != null && list.ndots() != SearchList.NDOTS_UNKNOWN) {
      cost.facts().add(Fact.NDOTS, list.ndots());
    }
    LookupRow first = name.lookups().getFirst();
    cost.faulty().add(client, first, name.wasted(), latencyNs(name), example(cost, name, first));
  }

  /// How long the name took in all, if it was found.
  private static long latencyNs(NameRow name) {
    return name.latencyNs() == Row.NO_LATENCY ? 0 : name.latencyNs();
  }

  private @Nullable Evidence example(Tally cost, NameRow name, LookupRow first) {
    if (!costs.takeExample(cost)) {
      return null;
    }
    String time =
        name.latencyNs() == Row.NO_LATENCY
            ? ""
            : ", " + Durations.text(name.latencyNs()) + " in all";
    String text =
        "%s  →  %s, %s of them wasted%s"
            .formatted(
                name.name(),
                Counted.of(name.queries(), "query", "queries"),
                Counted.number(name.wasted()),
                time);
    return new Evidence(first, null, text);
  }

  @Override
  public List<TallyTable> tables() {
    return List.of(costs);
  }

  @Override
  public List<Finding> findings() {
    List<Finding> found = new ArrayList<>();
    costs.forEach((_, cost) -> {
      if (cost.of() >= MIN_QUERIES && cost.isAtLeast(1, MIN_WASTED)) {
        found.add(finding(cost));
      }
    });
    return found;
  }

  private Finding finding(Tally cost) {
    String percent = Counted.percent(cost.lookups(), cost.of());
    long ndots = cost.facts().number(Fact.NDOTS, SearchList.NDOTS_UNKNOWN);
    List<String> summary = new ArrayList<>();
    summary.add(
        "%s cost %s; %s of them (%s) asked for names that the search list made."
            .formatted(
                Counted.of(cost.fact(Fact.NAMES), "name", "names"),
                Counted.of(cost.of(), "query", "queries"),
                Counted.number(cost.lookups()),
                percent));
    if (ndots != SearchList.NDOTS_UNKNOWN) {
      summary.add("Its resolv.conf has ndots " + ndots + ".");
    }
    return new Finding(
        id(),
        null,
        null,
        null,
        cost.lookups(),
        cost.of(),
        cost.faulty(),
        summary,
        List.of(
            "End the name with a dot"
                + (ndots == 0 || ndots == 1 ? "" : ", or set ndots:1")
                + " (saves "
                + percent
                + ")."));
  }

  @Override
  public long forgotten() {
    return costs.forgotten();
  }
}
