package dev.jig.advise;

import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.Outcome;
import dev.jig.event.Owner;
import dev.jig.event.Row;
import dev.jig.event.State;
import dev.jig.names.NameFolder;
import dev.jig.names.SearchLists;
import dev.jig.stats.DistinctCounter;
import dev.jig.table.Hash64;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Watches lookups with all rules. One thread.
public final class Advisor {
  private static final int MAX_PROCESSES = 100_000;
  static final int MAX_SERVERS = 100_000;

  private final RuleSet rules;
  private final NameFolder names;
  private final TwinJoin twins = new TwinJoin(this::observe);
  private final DistinctCounter processes = new DistinctCounter(MAX_PROCESSES);
  private final DistinctCounter servers = new DistinctCounter(MAX_SERVERS);

  private final Clients clients = new Clients();

  private long lookups;
  private long firstNs = Long.MAX_VALUE;
  private long lastNs;

  /// @param lists search lists that are known besides what the names asked show
  public Advisor(RuleSet rules, SearchLists lists) {
    this.rules = rules;
    this.names = new NameFolder(lists, this::onName);
  }

  /// Takes a row; what is neither a lookup nor an answer of a client is ignored.
  ///
  /// @param nowNs any monotonic clock
  public void onRow(Row row, long nowNs) {
    if (!(row instanceof LookupRow lookup)) {
      return;
    }
    if (lookup.outcome() != null) {
      twins.onRow(lookup, nowNs);
      names.onLookup(lookup);
    } else if (lookup.state() == State.LATE) {
      rules.onLateAnswer(lookup, clientOf(lookup));
    } else if (lookup.state() == State.CONFLICTING) {
      rules.onConflict(lookup, clientOf(lookup));
    }
  }

  /// Hands on what has waited long enough; now and then.
  ///
  /// @param nowNs as of [#onRow]
  public void tick(long nowNs) {
    twins.tick(nowNs);
    names.tick(lastNs);
  }

  private void onName(NameRow name) {
    rules.onName(name, clientOf(name));
  }

  private void observe(LookupRow row, @Nullable LookupRow twin, boolean isSecond) {
    Outcome outcome = row.outcome();
    if (outcome == null) {
      return;
    }
    Observation lookup = new Observation(row, clientOf(row), outcome, twin, isSecond);
    lookups++;
    firstNs = Math.min(firstNs, row.timestampNs());
    lastNs = Math.max(lastNs, row.timestampNs());
    Owner owner = row.subject().owner();
    if (owner != null) {
      processes.add(Hash64.mix(owner.processKey()));
    }
    IpAddress server = lookup.server();
    if (server != null) {
      servers.add(Hash64.mix(Hash64.mix(server.high()) ^ server.low()));
    }
    rules.onLookup(lookup);
  }

  private Client clientOf(Row row) {
    return clients.of(row.subject(), row.flow().source().address());
  }

  /// The lookups so far.
  public long lookups() {
    return lookups;
  }

  /// What is wrong, worst first.
  public List<Finding> findings(Set<FindingId> wanted) {
    return rules.findings(wanted);
  }

  /// Takes what has waited; before the last [#findings].
  public void finish() {
    twins.finish();
    names.finish();
  }

  /// Hands over what can be added up with other nodes' counts; after [#finish].
  public void export(TallySink sink) {
    rules.export(sink);
  }

  /// The window, for [NodeSum]; after [#finish].
  public NodeWindow nodeWindow() {
    List<Long> hashes = new ArrayList<>(servers.count());
    servers.forEach(hashes::add);
    return new NodeWindow(window(), hashes);
  }

  /// The window as its lookups show it.
  public Window window() {
    return new Window(
        lookups == 0 ? 0 : firstNs,
        lastNs,
        lookups,
        processes.count(),
        servers.count(),
        0,
        rules.forgotten());
  }
}
