package dev.jig.match;

import dev.jig.capture.Packet;
import dev.jig.dns.Rcode;
import dev.jig.event.AttemptState;
import dev.jig.event.Lookup;
import dev.jig.event.Lookup.Upstream;
import dev.jig.event.LookupRow;
import dev.jig.event.Protocol;
import dev.jig.event.Query;
import dev.jig.event.Response;
import dev.jig.event.Row;
import dev.jig.event.RowSize;
import dev.jig.event.State;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The state of one lookup: its attempts so far, its answer and its twin. Kept until its row is
/// emitted, and beyond that as long as one of its queries may get a late answer.
final class OpenLookup {
  /// Approximate heap size of a lookup, and of each attempt, without rows.
  static final int HEAP_BYTES = 220;

  static final int ATTEMPT_BYTES = 72;

  /// Resolvers wait for a response at least this long before they turn to the next server, or leave
  /// EDNS out.
  private static final long MIN_WAIT_NS = 200_000_000;

  enum Phase {
    /// At least one attempt waits for its answer.
    WAITING,
    /// No attempt waits, but the client may send another one.
    RETRY_WINDOW,
    /// The lookup has ended; its row waits for its twin's.
    COMPLETE,
    /// The row is emitted, or the lookup was dropped without one.
    EMITTED
  }

  final LookupKey key;

  /// False if the lookup is tracked only as an upstream of others; then it has no row.
  final boolean wanted;

  final long cgroupId;
  final Query firstQuery;
  final long firstBootNs;

  private final AttemptList attempts = new AttemptList();

  /// The query that was answered or ended last.
  private Query lastQuery;

  private @Nullable Response answer;
  private int answerCount;
  private long answeredNs;

  Phase phase = Phase.WAITING;

  /// How the lookup ended; valid from phase COMPLETE.
  State state = State.TIMEOUT;

  /// Boot clock; when the phase ends without a further message.
  long dueNs;

  /// Boot clock; when the lookup ended; valid from phase RETRY_WINDOW, unless another attempt
  /// comes.
  long endedNs;

  @Nullable OpenLookup twin;

  /// Whether this query was sent after its twin's.
  boolean isSecondTwin;

  @Nullable OpenLookup olderOfHash;
  @Nullable OpenLookup newerOfHash;

  /// The queue that it is in, with its neighbours there.
  @Nullable LookupQueue queue;

  @Nullable OpenLookup previousInQueue;
  @Nullable OpenLookup nextInQueue;

  /// What the answering process did; null if unknown.
  @Nullable Upstream upstream;

  OpenLookup(LookupKey key, boolean wanted, long cgroupId, Query first, long firstBootNs) {
    this.key = key;
    this.wanted = wanted;
    this.cgroupId = cgroupId;
    this.firstQuery = first;
    this.firstBootNs = firstBootNs;
    this.lastQuery = first;
  }

  /// Adds a transmission: of another query, or a retransmission.
  void addAttempt(PendingQuery query, Query row, long bootNs) {
    OpenAttempt before = attempts.lastOf(query);
    if (before != null && before.isWaiting()) {
      before.end(AttemptState.REPEATED, bootNs);
      before.ownCause = query.causeBefore();
    }
    if (phase != Phase.COMPLETE) {
      lastQuery = row;
    }
    attempts.add(new OpenAttempt(query, row, bootNs));
  }

  /// Adds a TCP connection that follows a truncated answer. It is the next attempt, until its query
  /// takes its place ([#removeConnection]).
  ///
  /// @param connect without a message; see [dev.jig.capture.PacketHandler#onConnect]
  OpenAttempt addConnection(Packet connect) {
    OpenAttempt added =
        new OpenAttempt(null, Rows.connection(firstQuery, lastQuery, connect), connect.bootNs());
    attempts.add(added);
    return added;
  }

  /// Removes a connection that has come about.
  void removeConnection(OpenAttempt connection) {
    if (attempts.last() == connection) {
      attempts.removeLast();
    } else {
      connection.end(AttemptState.CLOSED, connection.bootNs);
    }
  }

  /// Adds a response to one of its queries.
  ///
  /// @param more whether further messages of the same answer follow (zone transfers)
  void addResponse(PendingQuery query, Response response, boolean more, long bootNs) {
    OpenAttempt answered = attempts.lastOf(query);
    boolean first = answered == null || answered.messages == 0;
    if (answered != null) {
      answered.messages++;
      answered.rcode = response.dns().rcode();
      if (!more) {
        answered.end(stateAfter(query, response), bootNs);
      }
    }
    if (phase == Phase.COMPLETE && isAnswered()) {
      return; // glibc repeats both queries if only the twin's is unanswered
    }
    answer = response;
    answeredNs = bootNs;
    answerCount = response.dns().answerCount() + (first ? 0 : answerCount);
    lastQuery = answered == null ? lastQuery : answered.row;
  }

  private static AttemptState stateAfter(PendingQuery query, Response response) {
    return query.reported
        ? AttemptState.LATE
        : isTruncated(response) ? AttemptState.TRUNCATED : AttemptState.ANSWERED;
  }

  /// Ends the latest attempt of a query: it timed out, or its socket was closed.
  void endAttempt(PendingQuery query, AttemptState how, long bootNs) {
    OpenAttempt ended = attempts.lastOf(query);
    if (ended != null && ended.isWaiting()) {
      ended.end(how, bootNs);
      lastQuery = ended.row;
    }
  }

  /// Ends the latest attempt of a query with a response that came when the client no longer waited
  /// for it.
  void endAbandoned(PendingQuery query, Response response, long bootNs) {
    OpenAttempt ended = attempts.lastOf(query);
    if (ended != null && ended.isWaiting()) {
      ended.messages++;
      ended.rcode = response.dns().rcode();
      ended.end(AttemptState.LATE, bootNs);
    }
  }

  /// Approximate heap size of the answer's variable parts.
  int answerBytes() {
    return answer == null ? 0 : RowSize.of(answer.dns());
  }

  /// Drops the answer: the row is emitted, only a late answer makes another.
  void dropAnswer() {
    answer = null;
  }

  /// Whether an attempt waits for its answer.
  boolean isWaiting() {
    return attempts.isAnyWaiting();
  }

  /// Whether the answer is a server failure ([Rcode#isServerFailure]).
  boolean isFailed() {
    return answer != null && Rcode.isServerFailure(answer.dns().rcode());
  }

  /// Whether the answer came over UDP with TC set, which asks for a retry over TCP (RFC 7766
  /// section 5).
  boolean isTruncated() {
    return answer != null && isTruncated(answer);
  }

  private static boolean isTruncated(Response response) {
    return response.flow().protocol() == Protocol.UDP && response.dns().flags().isTruncated();
  }

  /// Whether a query of the same key is a further attempt of this lookup and not a lookup of its
  /// own: the socket of the attempt before was closed; or its answer was truncated and the query
  /// goes to the same server over TCP; or the server did not respond to EDNS, or refused it, and
  /// the query has none; or the query has the id of an earlier attempt. Resolvers use one id for
  /// several nameservers, for the next nameserver, and when they repeat both twins because one of
  /// them is unanswered.
  boolean isRetriedBy(PendingQuery query) {
    return switch (phase) {
      case RETRY_WINDOW ->
          answer == null
              || isTcpRetryAfter(answer, query)
              || Rcode.mayRefuseEdns(answer.dns().rcode()) && isWithoutEdns(query)
              || hasSameId(query);
      case WAITING -> hasSameId(query) || isWithoutEdns(query) && hasWaited(query);
      case COMPLETE -> twin != null && hasSameId(query);
      case EMITTED -> false;
    };
  }

  private static boolean isTcpRetryAfter(Response answer, PendingQuery query) {
    return isTruncated(answer)
        && query.row.flow().protocol() == Protocol.TCP
        && Objects.equals(answer.flow().nameserver(), query.row.flow().nameserver());
  }

  /// Whether the query repeats the last one without EDNS, to the same server.
  private boolean isWithoutEdns(PendingQuery query) {
    OpenAttempt last = attempts.last();
    return last != null
        && last.query != null
        && last.query.hasEdns
        && !query.hasEdns
        && Objects.equals(last.row.flow().nameserver(), query.row.flow().nameserver());
  }

  /// Whether the last attempt has waited for longer than a client that asks twice at once.
  private boolean hasWaited(PendingQuery query) {
    OpenAttempt last = attempts.last();
    return last != null && query.firstBootNs - last.bootNs >= MIN_WAIT_NS;
  }

  /// Whether the client has given up waiting for a query when its response comes: it has sent a
  /// later attempt from another socket, not at once as a race of several servers, and waits for
  /// that. glibc does so: it reads one server's socket at a time.
  boolean isAbandoned(PendingQuery query) {
    OpenAttempt own = attempts.lastOf(query);
    OpenAttempt last = attempts.last();
    return own != null
        && last != null
        && last != own
        && last.isWaiting()
        && last.query != null
        && last.query.key.flow() != query.key.flow()
        && last.bootNs - own.bootNs >= MIN_WAIT_NS;
  }

  /// Whether the client that connects would get the answer that was truncated.
  boolean isTruncatedFor(Packet connect, long processHash) {
    return phase == Phase.RETRY_WINDOW
        && key.processHash() == processHash
        && answer != null
        && isTruncated(answer)
        && Objects.equals(answer.flow().nameserver(), connect.nameserver());
  }

  /// Some clients always send id 0, which counts only from the same socket.
  private boolean hasSameId(PendingQuery query) {
    for (OpenAttempt attempt = attempts.first(); attempt != null; attempt = attempt.next) {
      QueryKey key = attempt.query == null ? null : attempt.query.key;
      if (key != null
          && key.id() == query.key.id()
          && (key.id() != 0 || key.flow() == query.key.flow())) {
        return true;
      }
    }
    return false;
  }

  boolean isAnswered() {
    return state == State.ANSWERED || state == State.LATE;
  }

  /// Boot clock; when the answer came.
  long answeredNs() {
    return answeredNs;
  }

  /// The row as of now.
  LookupRow toRow() {
    OpenLookup other = twin;
    OpenAttempt last = attempts.last();
    boolean twinEnded =
        other != null && (other.phase == Phase.COMPLETE || other.phase == Phase.EMITTED);
    return Rows.lookup(
        firstQuery,
        lastQuery,
        isAnswered() ? answer : null,
        isAnswered() || last == null ? null : last.cause(),
        last == null || last.query == null ? null : last.query.receiver,
        isAnswered() ? answeredNs - firstBootNs : Row.NO_LATENCY,
        isAnswered() ? answerCount : 0,
        state,
        new Lookup(
            attempts.count(),
            attempts.toAttempts(),
            other != null && twinEnded ? other.state : null,
            isAnswered() ? upstream : null,
            other != null && twinEnded ? pairNs(other) : null));
  }

  private long pairNs(OpenLookup other) {
    return Math.max(endedNs, other.endedNs) - Math.min(firstBootNs, other.firstBootNs);
  }
}
