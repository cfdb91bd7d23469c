package dev.jig.match;

import dev.jig.dns.Rcode;
import dev.jig.event.Attempt;
import dev.jig.event.Attempt.Outcome;
import dev.jig.event.DnsEvent;
import dev.jig.event.Lookup;
import dev.jig.event.Lookup.Hop;
import dev.jig.event.Protocol;
import dev.jig.event.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A lookup that has no row yet, or whose late answer may still come: its tries so far.
final class OpenLookup {
  enum Phase {
    /// A try waits for its answer.
    ASKED,
    /// The next try may be about to come.
    BETWEEN,
    /// Over, but its row waits for its twin's.
    OVER,
    /// Its row is out, or there will be none.
    TOLD
  }

  /// One time a query was sent.
  private static final class Try {
    final Pending query;
    final DnsEvent event;
    final long bootNs;
    Outcome outcome = Outcome.WAITING;
    long tookNs;
    int messages;
    @Nullable Integer rcode;

    Try(Pending query, DnsEvent event, long bootNs) {
      this.query = query;
      this.event = event;
      this.bootNs = bootNs;
    }

    void end(Outcome how, long atNs) {
      outcome = how;
      tookNs = atNs - bootNs;
    }

    Attempt attempt() {
      return new Attempt(
          event.timestampNs(),
          event.protocol(),
          event.nameserver(),
          event.id(),
          outcome,
          tookNs,
          rcode,
          messages);
    }
  }

  final LookupKey key;

  /// Whether its row is wanted; else it only tells of others what happened behind them.
  final boolean wanted;

  final long cgroupId;
  final DnsEvent first;
  final long firstBootNs;

  private final List<Try> tries = new ArrayList<>(1);
  private int count;

  /// The query that was answered or given up last.
  private DnsEvent last;

  private @Nullable DnsEvent answer;
  private int answerRecords;
  private long answeredNs;

  Phase phase = Phase.ASKED;

  /// What it is, once it is over.
  State state = State.TIMEOUT;

  /// When it goes on by itself.
  long dueNs;

  @Nullable OpenLookup twin;

  /// Asked after its twin.
  boolean isSecondTwin;

  @Nullable OpenLookup olderOfKey;
  @Nullable OpenLookup newerOfKey;

  /// What happened behind its answer, if that is known.
  @Nullable Hop hop;

  OpenLookup(LookupKey key, boolean wanted, long cgroupId, DnsEvent first, long firstBootNs) {
    this.key = key;
    this.wanted = wanted;
    this.cgroupId = cgroupId;
    this.first = first;
    this.firstBootNs = firstBootNs;
    this.last = first;
  }

  /// A query was sent for it: another one, or the same once more.
  void asked(Pending query, DnsEvent event, long bootNs) {
    Try before = lastTryOf(query);
    if (before != null && before.outcome == Outcome.WAITING) {
      before.end(Outcome.REPEATED, bootNs);
    }
    count++;
    if (phase != Phase.OVER) {
      last = event;
    }
    if (tries.size() == Lookup.MAX_ATTEMPTS) {
      tries.removeLast(); // the first ones tell how it began, the last one how it ends
    }
    tries.add(new Try(query, event, bootNs));
  }

  /// A message came for a query of it.
  ///
  /// @param more whether others follow, as in a zone transfer
  void answered(Pending query, DnsEvent response, boolean more, long bootNs) {
    Try answered = lastTryOf(query);
    boolean first = answered == null || answered.messages == 0;
    if (answered != null) {
      answered.messages++;
      answered.rcode = response.rcode();
      if (!more) {
        answered.end(outcome(query, response), bootNs);
      }
    }
    if (phase == Phase.OVER && isAnswered()) {
      return; // asked once more only for its twin's sake
    }
    answer = response;
    answeredNs = bootNs;
    answerRecords = response.answerCount() + (first ? 0 : answerRecords);
    last = answered == null ? last : answered.event;
  }

  private static Outcome outcome(Pending query, DnsEvent response) {
    return query.reported
        ? Outcome.LATE
        : isTruncated(response) ? Outcome.TRUNCATED : Outcome.ANSWERED;
  }

  /// A query of it was given up.
  void ended(Pending query, Outcome how, long bootNs) {
    Try ended = lastTryOf(query);
    if (ended != null && ended.outcome == Outcome.WAITING) {
      ended.end(how, bootNs);
      last = ended.event;
    }
  }

  private @Nullable Try lastTryOf(Pending query) {
    for (int i = tries.size() - 1; i >= 0; i--) {
      if (tries.get(i).query.equals(query)) {
        return tries.get(i);
      }
    }
    return null;
  }

  /// Whether a query of it is still to be answered.
  boolean isWaiting() {
    return tries.stream().anyMatch(it -> it.outcome == Outcome.WAITING);
  }

  /// Whether it was answered by a server that could not help.
  boolean isFailed() {
    Integer rcode = answer == null ? null : answer.rcode();
    return rcode != null && Rcode.isServerFailure(rcode);
  }

  /// Whether its answer asks to come again over TCP.
  boolean isTruncated() {
    return answer != null && isTruncated(answer);
  }

  private static boolean isTruncated(DnsEvent response) {
    return response.protocol() == Protocol.UDP && response.flags() != null && response.flags().tc();
  }

  /// Whether the query is one more try of it, and not a lookup of its own: what was asked before is
  /// given up; or truncated, and it asks the same server over TCP; or it goes out under the same
  /// id, as from resolvers that ask several nameservers, or the next one, or both twins again
  /// although only one of them has no answer.
  boolean isTriedAgainBy(Pending query) {
    return switch (phase) {
      case BETWEEN -> answer == null || isOverTcpInsteadOf(answer, query) || isSameMessage(query);
      case ASKED -> isSameMessage(query);
      case OVER -> twin != null && isSameMessage(query);
      case TOLD -> false;
    };
  }

  private static boolean isOverTcpInsteadOf(DnsEvent answer, Pending query) {
    return isTruncated(answer)
        && query.event.protocol() == Protocol.TCP
        && Objects.equals(answer.nameserver(), query.event.nameserver());
  }

  /// Some always send id 0: then only what comes from the same socket.
  private boolean isSameMessage(Pending query) {
    return tries.stream()
        .map(it -> it.query.key)
        .anyMatch(
            it -> it.id() == query.key.id() && (it.id() != 0 || it.flow() == query.key.flow()));
  }

  boolean isAnswered() {
    return state == State.ANSWERED || state == State.LATE;
  }

  /// Its row, as of now.
  DnsEvent row() {
    OpenLookup other = twin;
    boolean told = other != null && (other.phase == Phase.OVER || other.phase == Phase.TOLD);
    return Rows.lookup(
        first,
        last,
        isAnswered() ? answer : null,
        isAnswered() ? answeredNs - firstBootNs : null,
        isAnswered() ? answerRecords : 0,
        state,
        new Lookup(
            count,
            tries.stream().map(Try::attempt).toList(),
            other != null && told ? other.state : null,
            isAnswered() ? hop : null));
  }
}
