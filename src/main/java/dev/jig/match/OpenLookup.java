package dev.jig.match;

import dev.jig.dns.Rcode;
import dev.jig.event.Attempt;
import dev.jig.event.Attempt.Outcome;
import dev.jig.event.DnsEvent;
import dev.jig.event.Lookup;
import dev.jig.event.Lookup.Upstream;
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
    WAITING,
    /// The next try may be about to come.
    RETRY_WINDOW,
    /// Over, but its row waits for its twin's.
    COMPLETE,
    /// Its row is out, or there will be none.
    EMITTED
  }

  /// One time a query was sent.
  private static final class OpenAttempt {
    final PendingQuery query;
    final DnsEvent event;
    final long bootNs;
    Outcome state = Outcome.WAITING;
    long durationNs;
    int messages;
    @Nullable Integer rcode;

    OpenAttempt(PendingQuery query, DnsEvent event, long bootNs) {
      this.query = query;
      this.event = event;
      this.bootNs = bootNs;
    }

    void end(Outcome how, long atNs) {
      state = how;
      durationNs = atNs - bootNs;
    }

    Attempt toAttempt() {
      return new Attempt(
          event.timestampNs(),
          event.protocol(),
          event.nameserver(),
          event.id(),
          state,
          durationNs,
          rcode,
          messages);
    }
  }

  final LookupKey key;

  /// Whether its row is wanted; else it only tells of others what happened behind them.
  final boolean wanted;

  final long cgroupId;
  final DnsEvent firstQuery;
  final long firstBootNs;

  private final List<OpenAttempt> attempts = new ArrayList<>(1);
  private int attemptCount;

  /// The query that was answered or given up last.
  private DnsEvent lastQuery;

  private @Nullable DnsEvent answer;
  private int answerCount;
  private long answeredNs;

  Phase phase = Phase.WAITING;

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
  @Nullable Upstream upstream;

  OpenLookup(LookupKey key, boolean wanted, long cgroupId, DnsEvent first, long firstBootNs) {
    this.key = key;
    this.wanted = wanted;
    this.cgroupId = cgroupId;
    this.firstQuery = first;
    this.firstBootNs = firstBootNs;
    this.lastQuery = first;
  }

  /// A query was sent for it: another one, or the same once more.
  void addAttempt(PendingQuery query, DnsEvent event, long bootNs) {
    OpenAttempt before = lastAttemptOf(query);
    if (before != null && before.state == Outcome.WAITING) {
      before.end(Outcome.REPEATED, bootNs);
    }
    attemptCount++;
    if (phase != Phase.COMPLETE) {
      lastQuery = event;
    }
    if (attempts.size() == Lookup.MAX_ATTEMPTS) {
      attempts.removeLast(); // the first ones tell how it began, the last one how it ends
    }
    attempts.add(new OpenAttempt(query, event, bootNs));
  }

  /// A message came for a query of it.
  ///
  /// @param more whether others follow, as in a zone transfer
  void addResponse(PendingQuery query, DnsEvent response, boolean more, long bootNs) {
    OpenAttempt answered = lastAttemptOf(query);
    boolean first = answered == null || answered.messages == 0;
    if (answered != null) {
      answered.messages++;
      answered.rcode = response.rcode();
      if (!more) {
        answered.end(stateAfter(query, response), bootNs);
      }
    }
    if (phase == Phase.COMPLETE && isAnswered()) {
      return; // asked once more only for its twin's sake
    }
    answer = response;
    answeredNs = bootNs;
    answerCount = response.answerCount() + (first ? 0 : answerCount);
    lastQuery = answered == null ? lastQuery : answered.event;
  }

  private static Outcome stateAfter(PendingQuery query, DnsEvent response) {
    return query.reported
        ? Outcome.LATE
        : isTruncated(response) ? Outcome.TRUNCATED : Outcome.ANSWERED;
  }

  /// A query of it was given up.
  void endAttempt(PendingQuery query, Outcome how, long bootNs) {
    OpenAttempt ended = lastAttemptOf(query);
    if (ended != null && ended.state == Outcome.WAITING) {
      ended.end(how, bootNs);
      lastQuery = ended.event;
    }
  }

  private @Nullable OpenAttempt lastAttemptOf(PendingQuery query) {
    for (int i = attempts.size() - 1; i >= 0; i--) {
      if (attempts.get(i).query.equals(query)) {
        return attempts.get(i);
      }
    }
    return null;
  }

  /// Whether a query of it is still to be answered.
  boolean isWaiting() {
    return attempts.stream().anyMatch(it -> it.state == Outcome.WAITING);
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
  boolean isRetriedBy(PendingQuery query) {
    return switch (phase) {
      case RETRY_WINDOW -> answer == null || isTcpRetryAfter(answer, query) || hasSameId(query);
      case WAITING -> hasSameId(query);
      case COMPLETE -> twin != null && hasSameId(query);
      case EMITTED -> false;
    };
  }

  private static boolean isTcpRetryAfter(DnsEvent answer, PendingQuery query) {
    return isTruncated(answer)
        && query.event.protocol() == Protocol.TCP
        && Objects.equals(answer.nameserver(), query.event.nameserver());
  }

  /// Some always send id 0: then only what comes from the same socket.
  private boolean hasSameId(PendingQuery query) {
    return attempts.stream()
        .map(it -> it.query.key)
        .anyMatch(
            it -> it.id() == query.key.id() && (it.id() != 0 || it.flow() == query.key.flow()));
  }

  boolean isAnswered() {
    return state == State.ANSWERED || state == State.LATE;
  }

  /// Its row, as of now.
  DnsEvent toRow() {
    OpenLookup other = twin;
    boolean told = other != null && (other.phase == Phase.COMPLETE || other.phase == Phase.EMITTED);
    return Rows.lookup(
        firstQuery,
        lastQuery,
        isAnswered() ? answer : null,
        isAnswered() ? answeredNs - firstBootNs : null,
        isAnswered() ? answerCount : 0,
        state,
        new Lookup(
            attemptCount,
            attempts.stream().map(OpenAttempt::toAttempt).toList(),
            other != null && told ? other.state : null,
            isAnswered() ? upstream : null));
  }
}
