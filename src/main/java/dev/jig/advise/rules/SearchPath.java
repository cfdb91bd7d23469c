package dev.jig.advise.rules;

import dev.jig.advise.Case;
import dev.jig.advise.Client;
import dev.jig.advise.Counted;
import dev.jig.advise.Durations;
import dev.jig.advise.Evidence;
import dev.jig.advise.ExampleBudget;
import dev.jig.advise.Finding;
import dev.jig.advise.FindingId;
import dev.jig.advise.Observation;
import dev.jig.advise.Rule;
import dev.jig.advise.Tallies;
import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.Row;
import dev.jig.names.SearchList;
import dev.jig.names.SearchLists;
import dev.jig.table.Lru;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Most queries of a client ask for names that its search list makes and that do not exist. What
/// the search list finds at once is no waste.
public final class SearchPath implements Rule {
  private static final long MIN_QUERIES = 20;

  /// With a search list of one, or with a name that the second of three suffixes finds, half of the
  /// queries are wasted.
  private static final double MIN_WASTED = 0.6;

  /// What the names of one client cost.
  private static final class Cost {
    long names;
    long queries;
    long wasted;
    int ndots = SearchList.NDOTS_UNKNOWN;
    @Nullable Case searched;
  }

  private final SearchLists lists;
  private final ExampleBudget examples;
  private long forgotten;
  private final Lru<Client, Cost> costs = new Lru<>(Tallies.MAX_SUBJECTS, this::onEvicted);

  /// @param lists gives ndots, where it is known
  public SearchPath(SearchLists lists, int maxEvidence) {
    this.lists = lists;
    this.examples = new ExampleBudget(maxEvidence);
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
    Cost cost = costs.computeIfAbsent(client, _ -> new Cost());
    cost.names++;
    cost.queries += name.queries();
    if (name.wasted() == 0) {
      return;
    }
    cost.wasted += name.wasted();
    SearchList list = lists.of(name.subject());
    cost.ndots = list == null ? cost.ndots : list.ndots();
    LookupRow first = name.lookups().getFirst();
    Case searched = cost.searched == null ? new Case() : cost.searched;
    cost.searched = searched;
    searched.add(client, first, name.wasted(), latencyNs(name), example(searched, name, first));
  }

  private void onEvicted(Cost evicted) {
    if (evicted.searched != null) {
      forgotten++;
      examples.giveBack(evicted.searched);
    }
  }

  /// How long the name took in all, if it was found.
  private static long latencyNs(NameRow name) {
    return name.latencyNs() == Row.NO_LATENCY ? 0 : name.latencyNs();
  }

  private @Nullable Evidence example(Case searched, NameRow name, LookupRow first) {
    if (!examples.take(searched)) {
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
  public List<Finding> findings() {
    List<Finding> found = new ArrayList<>();
    costs.forEach((_, cost) -> finding(cost).ifPresent(found::add));
    return found;
  }

  private Optional<Finding> finding(Cost cost) {
    Case searched = cost.searched;
    if (searched == null || cost.queries < MIN_QUERIES || cost.wasted < MIN_WASTED * cost.queries) {
      return Optional.empty();
    }
    String percent = Counted.percent(cost.wasted, cost.queries);
    List<String> summary = new ArrayList<>();
    summary.add(
        "%s cost %s; %s of them (%s) asked for names that the search list made."
            .formatted(
                Counted.of(cost.names, "name", "names"),
                Counted.of(cost.queries, "query", "queries"),
                Counted.number(cost.wasted),
                percent));
    if (cost.ndots != SearchList.NDOTS_UNKNOWN) {
      summary.add("Its resolv.conf has ndots " + cost.ndots + ".");
    }
    return Optional.of(
        new Finding(
            id(),
            null,
            null,
            null,
            cost.wasted,
            cost.queries,
            searched,
            summary,
            List.of(
                "End the name with a dot"
                    + (cost.ndots == 0 || cost.ndots == 1 ? "" : ", or set ndots:1")
                    + " (saves "
                    + percent
                    + ").")));
  }

  @Override
  public long forgotten() {
    return forgotten;
  }
}
