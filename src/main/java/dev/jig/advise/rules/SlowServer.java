package dev.jig.advise.rules;

import dev.jig.advise.ByServer;
import dev.jig.advise.Client;
import dev.jig.advise.Counted;
import dev.jig.advise.Durations;
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
import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.event.IpAddress;
import dev.jig.event.Lookup.Upstream;
import dev.jig.stats.Latencies;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A server takes much longer than the other servers of the same client. A client's only server is
/// compared with nothing: a far but steady server is no fault.
public final class SlowServer implements Rule {
  private static final double QUANTILE = 0.95;
  private static final long MIN_P95_NS = 200_000_000;
  private static final long MIN_RATIO = 5;
  private static final long MIN_ANSWERS = 20;
  private static final long MIN_ANSWERS_OF_OTHERS = 10;

  private record Speed(TallyKey subject, IpAddress server, Tally tally) {
    Latencies latencies() {
      return tally.facts().latencies(Fact.SERVER_LATENCY);
    }
  }

  /// Exports all servers of the clients with one that may be slow, since they are compared.
  private static final class Answers extends Tallies {
    Answers(int maxEvidence) {
      super(FindingId.SLOW_SERVER.text(), maxEvidence);
    }

    @Override
    public void export(TallySink sink) {
      byClient(this)
          .values()
          .forEach(speeds -> {
            if (speeds.stream().anyMatch(SlowServer::mayBeSlow)) {
              speeds.forEach(speed -> sink.accept(name(), speed.subject(), speed.tally()));
            }
          });
    }
  }

  private final int maxEvidence;

  /// A tally counts answers; those above 200 ms are examples.
  private final Tallies answers;

  public SlowServer(int maxEvidence) {
    this.maxEvidence = maxEvidence;
    this.answers = new Answers(maxEvidence);
  }

  @Override
  public FindingId id() {
    return FindingId.SLOW_SERVER;
  }

  @Override
  public void onLookup(Observation lookup) {
    if (lookup.row().isAnswered() && !lookup.row().dns().flags().isRecursionDesired()) {
      return; // a resolver asks the servers of different zones, which are no alternatives
    }
    for (Attempt attempt : lookup.attempts()) {
      IpAddress server = attempt.nameserver();
      if (server == null || !attempt.state().hasResponse()) {
        continue;
      }
      long ns = ownNs(lookup, attempt);
      Tally tally = answers.of(TallyKey.of(lookup.client(), server));
      tally.count();
      tally.facts().latencies(Fact.SERVER_LATENCY).add(ns);
      if (ns > MIN_P95_NS) {
        answers.addFaulty(tally, lookup, ns, null);
      }
    }
  }

  /// The time of the server itself: without that of the server it asked in turn, if it runs on this
  /// machine.
  private static long ownNs(Observation lookup, Attempt attempt) {
    Upstream upstream = lookup.row().lookup().upstream();
    boolean isAnswer = attempt.state() == AttemptState.ANSWERED;
    Long elsewhere = upstream == null || !isAnswer ? null : upstream.nextLatencyNs();
    return Math.max(0, attempt.durationNs() - (elsewhere == null ? 0 : elsewhere));
  }

  private static Map<Client, List<Speed>> byClient(Tallies answers) {
    Map<Client, List<Speed>> byClient = new LinkedHashMap<>();
    answers.forEach((subject, tally) -> {
      Client client = subject.client();
      IpAddress server = subject.server();
      if (client != null && server != null) {
        byClient
            .computeIfAbsent(client, _ -> new ArrayList<>())
            .add(new Speed(subject, server, tally));
      }
    });
    return byClient;
  }

  @Override
  public List<TallyTable> tables() {
    return List.of(answers);
  }

  @Override
  public List<Finding> findings() {
    ByServer servers = new ByServer(maxEvidence);
    Map<IpAddress, Latencies> others = new LinkedHashMap<>();
    byClient(answers)
        .forEach((_, speeds) -> {
          for (Speed speed : speeds) {
            Latencies rest = mayBeSlow(speed) ? othersOf(speed, speeds) : null;
            if (rest != null && isSlow(speed, rest)) {
              servers.add(speed.server(), speed.tally());
              others.computeIfAbsent(speed.server(), _ -> new Latencies()).add(rest);
            }
          }
        });
    return servers.entries().stream()
        .map(entry -> finding(entry, others.computeIfAbsent(entry.server(), _ -> new Latencies())))
        .toList();
  }

  private static Latencies othersOf(Speed one, List<Speed> all) {
    Latencies rest = new Latencies();
    all.stream()
        .filter(other -> !other.server().equals(one.server()))
        .forEach(other -> rest.add(other.latencies()));
    return rest;
  }

  private static boolean mayBeSlow(Speed speed) {
    return speed.latencies().count() >= MIN_ANSWERS
        && speed.latencies().quantileNs(QUANTILE) > MIN_P95_NS;
  }

  private static boolean isSlow(Speed speed, Latencies others) {
    long p95 = speed.latencies().quantileNs(QUANTILE);
    return others.count() >= MIN_ANSWERS_OF_OTHERS && p95 > MIN_RATIO * others.quantileNs(QUANTILE);
  }

  private Finding finding(ByServer.Entry entry, Latencies others) {
    Tally tally = entry.tally();
    Latencies slow = tally.facts().latencies(Fact.SERVER_LATENCY);
    return new Finding(
        id(),
        entry.server(),
        null,
        null,
        tally.lookups(),
        tally.of(),
        tally.faulty(),
        List.of(
            "p95 is %s, p50 %s, over %s; the other servers of the same clients have a p95 of %s."
                .formatted(
                    Durations.text(slow.quantileNs(QUANTILE)),
                    Durations.text(slow.quantileNs(0.5)),
                    Counted.of(slow.count(), "answer", "answers"),
                    Durations.text(others.quantileNs(QUANTILE)))),
        List.of(
            "Ask a nearer server first, or find out what the server waits for: its load, its"
                + " upstreams, the way to it."));
  }

  @Override
  public long forgotten() {
    return answers.forgotten();
  }
}
