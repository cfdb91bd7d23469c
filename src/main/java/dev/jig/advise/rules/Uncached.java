package dev.jig.advise.rules;

import dev.jig.advise.Client;
import dev.jig.advise.Counted;
import dev.jig.advise.Finding;
import dev.jig.advise.FindingId;
import dev.jig.advise.Observation;
import dev.jig.advise.Rule;
import dev.jig.advise.Tallies;
import dev.jig.advise.Tally;
import dev.jig.advise.TallyKey;
import dev.jig.advise.TallyTable;
import dev.jig.dns.Dialect;
import dev.jig.dns.MessageDecoder;
import dev.jig.dns.ResourceRecord;
import dev.jig.event.LookupRow;
import dev.jig.event.Outcome;
import dev.jig.event.Owner;
import dev.jig.event.Question;
import dev.jig.event.WireMessage;
import dev.jig.table.Lru;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// One process asks again for what it was answered, within the answer's TTL. A tally counts a
/// client's lookups of one name that were answered.
public final class Uncached implements Rule {
  private static final long MIN_REPEATED = 5;
  private static final long MIN_PER_SECOND = 1;
  private static final int MAX_ANSWERS = 4_096;
  private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

  /// What a process has been answered.
  private record Asked(long process, String name, int type) {}

  /// Until when the answer may be cached, nanoseconds since the epoch.
  private static final class Answer {
    long expiresNs;

    /// Whether its own lookup counts, too: it does once there is another.
    boolean isCounted;
  }

  private final int maxEvidence;
  private final MessageDecoder decoder = new MessageDecoder();
  private final Lru<Asked, Answer> answers = new Lru<>(MAX_ANSWERS);
  private final Tallies byName;

  public Uncached(int maxEvidence) {
    this.maxEvidence = maxEvidence;
    this.byName = new Tallies(FindingId.UNCACHED.text(), maxEvidence);
  }

  @Override
  public FindingId id() {
    return FindingId.UNCACHED;
  }

  /// A resolver's own queries, without RD, are not asked of a cache.
  @Override
  public void onLookup(Observation lookup) {
    LookupRow row = lookup.row();
    Owner owner = row.subject().owner();
    Question question = row.dns().question();
    if (owner == null
        || question == null
        || lookup.outcome() != Outcome.OK
        || !row.dns().flags().isRecursionDesired()) {
      return;
    }
    String name = question.name().toLowerCase(Locale.ROOT);
    Answer answer =
        answers.computeIfAbsent(
            new Asked(owner.processKey(), name, question.type()), _ -> new Answer());
    if (row.timestampNs() < answer.expiresNs) {
      Tally tally = byName.of(TallyKey.of(lookup.client(), name));
      tally.count(answer.isCounted ? 1 : 2);
      answer.isCounted = true;
      byName.addFaulty(tally, lookup, Math.max(0, row.latencyNs()), null);
      return;
    }
    answer.expiresNs = row.timestampNs() + TimeUnit.SECONDS.toNanos(ttlSeconds(row));
    answer.isCounted = false;
  }

  /// The least TTL of the answer's records (RFC 2181 section 5.2); 0 if it is not known.
  private long ttlSeconds(LookupRow row) {
    WireMessage message = row.dns().message();
    long least = Long.MAX_VALUE;
    if (message != null) {
      for (ResourceRecord record : message.decode(decoder, Dialect.DNS).answers()) {
        least = Math.min(least, record.ttl());
      }
    }
    return least == Long.MAX_VALUE ? 0 : least;
  }

  @Override
  public List<TallyTable> tables() {
    return List.of(byName);
  }

  @Override
  public List<Finding> findings() {
    Map<Client, List<Map.Entry<String, Tally>>> byClient = new LinkedHashMap<>();
    byName.forEach((key, tally) -> {
      if (key.client() != null && key.name() != null && isFault(tally)) {
        byClient
            .computeIfAbsent(key.client(), _ -> new ArrayList<>())
            .add(Map.entry(key.name(), tally));
      }
    });
    return byClient.values().stream().map(this::finding).toList();
  }

  private static boolean isFault(Tally tally) {
    if (tally.lookups() < MIN_REPEATED) {
      return false;
    }
    long spanNs = tally.faulty().lastNs() - tally.faulty().firstNs();
    return tally.lookups() * SECOND_NS >= MIN_PER_SECOND * spanNs;
  }

  private Finding finding(List<Map.Entry<String, Tally>> names) {
    Tally all = new Tally();
    names.forEach(name -> all.add(name.getValue(), maxEvidence));
    boolean isOne = names.size() == 1;
    String what = isOne ? names.getFirst().getKey() : Counted.of(names.size(), "name", "names");
    return new Finding(
        FindingId.UNCACHED,
        null,
        null,
        isOne ? what : null,
        all.lookups(),
        all.of(),
        all.faulty(),
        List.of(
            "%s of %s of %s asked for what the process had been answered, within the answer's TTL."
                .formatted(
                    Counted.number(all.lookups()),
                    Counted.of(all.of(), "lookup", "lookups"),
                    what)),
        List.of(
            "Cache in the application, or on its host (systemd-resolved, nscd, NodeLocal DNSCache):"
                + " saves "
                + Counted.percent(all.lookups(), all.of())
                + " of these lookups."));
  }

  @Override
  public long forgotten() {
    return byName.forgotten();
  }
}
