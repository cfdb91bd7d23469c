package dev.jig.export;

import dev.jig.dns.Rcode;
import dev.jig.dns.RecordType;
import dev.jig.event.LookupRow;
import dev.jig.event.Outcome;
import dev.jig.event.Question;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The data points of one client at one server, made when first counted. What has no place in the
/// budget is not kept here: it goes to the data points beyond it.
final class ServerSeries {
  private static final double NS_PER_SECOND = 1e9;
  private static final int NO_RCODE = 0xffff;

  private final Families families;
  private final String[] labels;
  private final boolean isBeyond;
  private final List<Runnable> removals = new ArrayList<>();
  private final Map<Outcome, DistributionDataPoint> durations = new EnumMap<>(Outcome.class);

  /// By question type and rcode.
  private final Map<Outcome, Map<Long, CounterDataPoint>> lookups = new EnumMap<>(Outcome.class);

  private final Map<String, CounterDataPoint> unanswered = new HashMap<>();
  private @Nullable CounterDataPoint tries;
  private @Nullable CounterDataPoint tcpFallbacks;
  private @Nullable CounterDataPoint lostTwins;
  long usedNs;

  /// The data points beyond the budget: of no client.
  static ServerSeries beyond(Families families) {
    return new ServerSeries(families, new ClientKey(SubjectLabels.NONE, null), true);
  }

  static ServerSeries of(Families families, ClientKey key) {
    return new ServerSeries(families, key, false);
  }

  private ServerSeries(Families families, ClientKey key, boolean isBeyond) {
    SubjectLabels subject = key.subject();
    this.families = families;
    this.isBeyond = isBeyond;
    this.labels =
        new String[] {
          subject.node(),
          subject.namespace(),
          subject.pod(),
          subject.container(),
          key.nameserver() == null ? "" : key.nameserver().toString()
        };
  }

  void countTry() {
    if (tries == null) {
      tries = point(families.tries, labels);
    }
    tries.inc();
  }

  void countTcpFallback() {
    if (tcpFallbacks == null) {
      tcpFallbacks = point(families.tcpFallbacks, labels);
    }
    tcpFallbacks.inc();
  }

  void countLostTwin() {
    if (lostTwins == null) {
      lostTwins = point(families.lostTwins, labels);
    }
    lostTwins.inc();
  }

  void countLookup(LookupRow row, Outcome outcome) {
    lookupsOf(row, outcome).inc();
    DistributionDataPoint duration = durations.get(outcome);
    if (duration == null) {
      duration = point(families.duration, with(text(outcome)));
      keepIfOwn(families.duration, durations, outcome, duration);
    }
    duration.observe(row.waitedNs() / NS_PER_SECOND);
    if (outcome.isUnanswered()) {
      countUnanswered(row.cause() == null ? "" : row.cause().text());
    }
  }

  private CounterDataPoint lookupsOf(LookupRow row, Outcome outcome) {
    Question question = row.dns().question();
    int type = question == null ? -1 : question.type();
    int rcode = row.isAnswered() ? row.dns().rcode() : NO_RCODE;
    Map<Long, CounterDataPoint> ofOutcome = lookups.computeIfAbsent(outcome, _ -> new HashMap<>());
    Long key = (long) type << 32 | rcode;
    CounterDataPoint known = ofOutcome.get(key);
    if (known != null) {
      return known;
    }
    CounterDataPoint created =
        point(
            families.lookups,
            with(
                question == null ? "" : RecordType.mnemonic(type),
                rcode == NO_RCODE ? "" : Rcode.mnemonic(rcode),
                text(outcome)));
    keepIfOwn(families.lookups, ofOutcome, key, created);
    return created;
  }

  private void countUnanswered(String cause) {
    CounterDataPoint known = unanswered.get(cause);
    if (known == null) {
      known = point(families.unanswered, with(cause));
      keepIfOwn(families.unanswered, unanswered, cause, known);
    }
    known.inc();
  }

  private <P extends DataPoint> P point(Family<P> family, String... values) {
    return isBeyond ? family.beyond() : family.point(this, values);
  }

  /// The tables stay as small as the budget: a data point beyond it is looked up again.
  private static <K, P extends DataPoint> void keepIfOwn(
      Family<P> family, Map<K, P> table, K key, P created) {
    if (!family.isBeyond(created)) {
      table.put(key, created);
    }
  }

  private String[] with(String... more) {
    String[] all = new String[labels.length + more.length];
    System.arraycopy(labels, 0, all, 0, labels.length);
    System.arraycopy(more, 0, all, labels.length, more.length);
    return all;
  }

  private static String text(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }

  void onPoint(Family<?> family, String... values) {
    removals.add(() -> family.remove(values));
  }

  void remove() {
    removals.forEach(Runnable::run);
  }
}
