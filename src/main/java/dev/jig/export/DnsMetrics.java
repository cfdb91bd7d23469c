package dev.jig.export;

import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.Outcome;
import dev.jig.event.Protocol;
import dev.jig.event.Row;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Lookups as metrics, in bounded memory: data points for new clients and servers are made while
/// the budget of lines lasts, and removed when they have counted nothing for 10 minutes.
///
/// The ring thread counts and any thread takes snapshots. Both hold the lock, so that the metrics
/// of one snapshot agree; the text is made without it.
public final class DnsMetrics {
  /// The smallest budget: what the exporter says of itself, and what goes beyond the budget.
  public static final int MIN_SERIES = 200;

  private static final long MAX_IDLE_NS = TimeUnit.MINUTES.toNanos(10);

  /// Lines of [SelfMetrics], rounded up, and `jig_lookups_total`.
  private static final int FIXED_LINES = 40;

  private final WorkloadNames workloads;
  private final SeriesBudget budget;
  private final Families families;
  private final ServerSeries beyond;
  private final LostTwins twins = new LostTwins();

  /// Those used longest ago first.
  private final LinkedHashMap<ClientKey, ServerSeries> series =
      new LinkedHashMap<>(16, 0.75f, true);

  private long lookups;
  private long nowNs;

  /// @param maxSeries bound of the lines of a scrape, at least [#MIN_SERIES]
  /// @param nowNs monotonic
  public DnsMetrics(int maxSeries, WorkloadNames workloads, long nowNs) {
    this.workloads = workloads;
    this.nowNs = nowNs;
    this.budget = new SeriesBudget(maxSeries - FIXED_LINES - Families.overflowLines());
    this.families = new Families(budget);
    this.beyond = ServerSeries.beyond(families);
  }

  /// Counts a lookup; other rows and responses beside lookups are none.
  public synchronized void onRow(Row row) {
    Outcome outcome = row.outcome();
    if (outcome == null || !(row instanceof LookupRow lookup)) {
      return;
    }
    lookups++;
    SubjectLabels subject = SubjectLabels.of(row.subject(), workloads);
    List<Attempt> attempts = lookup.lookup().attempts();
    IpAddress last = attempts.isEmpty() ? null : attempts.getLast().nameserver();
    IpAddress address = last == null ? row.flow().nameserver() : last;
    ServerSeries server = seriesOf(subject, address);
    server.countLookup(lookup, outcome);
    countTries(subject, lookup, server, address);
    IpAddress lossy = twins.onLookup(lookup);
    if (lossy != null) {
      seriesOf(subject, lossy).countLostTwin();
    }
  }

  /// Tries that the row does not list count for the last server.
  private void countTries(
      SubjectLabels subject, LookupRow row, ServerSeries last, @Nullable IpAddress lastAddress) {
    List<Attempt> attempts = row.lookup().attempts();
    boolean isTruncated = false;
    boolean isFallback = false;
    for (Attempt attempt : attempts) {
      IpAddress address = attempt.nameserver();
      boolean isLast = address == null || address.equals(lastAddress);
      (isLast ? last : seriesOf(subject, address)).countTry();
      isFallback |= isTruncated && attempt.protocol() == Protocol.TCP;
      isTruncated |= attempt.state() == AttemptState.TRUNCATED;
    }
    for (int i = attempts.size(); i < row.lookup().tries(); i++) {
      last.countTry();
    }
    if (isFallback) {
      last.countTcpFallback();
    }
  }

  private ServerSeries seriesOf(SubjectLabels subject, @Nullable IpAddress nameserver) {
    ClientKey key = new ClientKey(subject, nameserver);
    ServerSeries known = series.get(key);
    if (known == null) {
      if (budget.isSpent()) {
        return beyond;
      }
      known = ServerSeries.of(families, key);
      series.put(key, known);
    }
    known.usedNs = nowNs;
    return known;
  }

  /// Removes what has counted nothing for 10 minutes.
  ///
  /// @param timeNs now, monotonic
  public synchronized void tick(long timeNs) {
    nowNs = timeNs;
    Map.Entry<ClientKey, ServerSeries> eldest = series.firstEntry();
    while (eldest != null && nowNs - eldest.getValue().usedNs >= MAX_IDLE_NS) {
      eldest.getValue().remove();
      series.pollFirstEntry();
      eldest = series.firstEntry();
    }
  }

  /// The metrics at one moment; from any thread.
  synchronized List<MetricSnapshot> snapshots() {
    List<MetricSnapshot> all = new ArrayList<>();
    for (Family<?> family : families.all()) {
      all.add(family.snapshot());
    }
    all.add(
        SelfMetrics.counter(
            "jig_lookups", "Lookups, exact whatever else is capped.", (double) lookups));
    return all;
  }
}
