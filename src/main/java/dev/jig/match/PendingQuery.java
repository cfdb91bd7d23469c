package dev.jig.match;

import dev.jig.capture.Drop;
import dev.jig.dns.DnsMessage;
import dev.jig.dns.ZoneTransfer;
import dev.jig.event.Attempt;
import dev.jig.event.Cause;
import dev.jig.event.Endpoint;
import dev.jig.event.Flow;
import dev.jig.event.IpAddress;
import dev.jig.event.Protocol;
import dev.jig.event.Query;
import dev.jig.event.RowSize;
import dev.jig.event.Subject;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A query that waits for its response, linked into the lists of [PendingQueries].
public final class PendingQuery {
  /// The query itself and its key, without its question.
  private static final int QUERY_BYTES = 200;

  /// LLMNR, RFC 4795.
  private static final int LLMNR_PORT = 5355;

  /// RFC 6762. A query from this port too is multicast DNS, also if it goes to a unicast address.
  private static final int MDNS_PORT = 5353;

  private static final IpAddress BROADCAST = IpAddress.v4(-1);

  public final QueryKey key;
  public final long cgroupId;
  public final long firstBootNs;

  /// The query's row, with its container as known when the query was sent.
  public final Query row;

  /// Canonical form, of [DnsMessage#copyQuestion]; empty if the message has no question.
  final byte[] question;

  final long questionHash;

  /// Whether the name has upper-case letters, which [#question] has not.
  final boolean upperCaseQuestion;

  /// Reported unanswered; kept so that a late answer still gets its latency.
  boolean reported;

  /// Whether the response may be among data that could not be read, or that was lost.
  boolean answerLost;

  /// Whether the first message of a zone transfer has come and the last has not.
  public boolean transferring;

  /// When the last message of the transfer came.
  long lastBootNs;

  /// The lookup that this query is an attempt of; null without `--lookups`.
  @Nullable OpenLookup lookup;

  /// Approximate heap size; with lookup rows also of its attempts and its lookup.
  int heapBytes;

  /// The process of this machine that it was seen to reach; null if it was seen at none.
  @Nullable Subject receiver;

  /// Why its latest transmission got no response; null where unknown.
  private @Nullable Cause cause;

  private @Nullable Cause causeBefore;

  /// What reported the cause.
  private Drop.@Nullable Hook causeHook;

  /// How often the query was sent again before its response.
  int resent;

  int repetitions;

  /// Whether it has an OPT record.
  final boolean hasEdns;

  /// As [Attempt#ednsSize].
  final int ednsSize;

  private final @Nullable ZoneTransfer transfer;

  @Nullable PendingQuery nextInBucket;
  @Nullable PendingQuery previousOfFlow;
  @Nullable PendingQuery nextOfFlow;
  @Nullable PendingQuery previousInTime;
  @Nullable PendingQuery nextInTime;

  /// @param message the query, of which the question is copied
  /// @param scratch buffer of [DnsMessage#MAX_QUESTION_LENGTH] bytes
  PendingQuery(
      QueryKey key,
      DnsMessage message,
      byte[] scratch,
      long cgroupId,
      long firstBootNs,
      Query row) {
    this.key = key;
    this.question = Arrays.copyOf(scratch, message.copyQuestion(scratch, 0));
    this.questionHash = message.questionHash();
    this.upperCaseQuestion = message.hasUpperCaseQuestion();
    this.hasEdns = message.hasEdns();
    this.ednsSize = message.hasEdns() ? message.udpSize() : Attempt.NO_EDNS;
    this.cgroupId = cgroupId;
    this.firstBootNs = firstBootNs;
    this.row = row;
    this.heapBytes = QUERY_BYTES + question.length + RowSize.of(row);
    this.transfer =
        row.flow().protocol() == Protocol.TCP ? ZoneTransfer.requestedBy(message) : null;
  }

  /// Whether it was reported as unanswered.
  public boolean isReported() {
    return reported;
  }

  /// Whether it requests a zone transfer, which has several answers.
  boolean isTransfer() {
    return transfer != null;
  }

  /// Whether further messages of the same zone transfer follow this response.
  boolean isPartialAnswer(DnsMessage response) {
    return transfer != null && !transfer.onResponse(response);
  }

  /// Whether the message's question section equals the query's.
  boolean hasSameQuestion(DnsMessage message) {
    return questionHash == message.questionHash()
        && (message.hasQuestion()
            ? message.questionEquals(question, 0, question.length)
            : question.length == 0);
  }

  /// Its process and container; null on the server's side, where a response's own count.
  @Nullable Subject client() {
    return key.role() == Role.CLIENT ? row.subject() : null;
  }

  /// The process of this machine that it was seen to reach; null if it was seen at none.
  public @Nullable Subject receiver() {
    return receiver;
  }

  /// Why its latest transmission got no response; null where unknown.
  public @Nullable Cause cause() {
    return cause;
  }

  /// Sets why its latest transmission got no response. The drop of a packet says more than the ICMP
  /// message that it caused, and that more than the error that the client's socket got from it.
  public void setCause(Drop.Hook hook, Cause newCause) {
    boolean vague = newCause.reason().equals(Cause.UNKNOWN);
    if (causeHook == null || hook.compareTo(causeHook) <= 0 && !vague) {
      cause = newCause;
      causeHook = hook;
    }
  }

  /// It is sent again: the cause is that of the transmission before.
  void onSentAgain() {
    causeBefore = cause;
    cause = null;
    causeHook = null;
  }

  /// Why the transmission before the latest got no response; null where unknown.
  @Nullable Cause causeBefore() {
    return causeBefore;
  }

  /// Whether it was sent to a multicast address.
  boolean isMulticast() {
    return row.flow().destination().address().isMulticast();
  }

  /// False for multicast DNS, LLMNR, multicast and broadcast, where only a host that has the name
  /// responds: such a query may legitimately stay without a response.
  public boolean expectsAnswer() {
    Flow flow = row.flow();
    int from = flow.source().port();
    Endpoint to = flow.destination();
    return !isMulticast()
        && !to.address().equals(BROADCAST)
        && to.port() != LLMNR_PORT
        && !(from == MDNS_PORT && to.port() == MDNS_PORT);
  }
}
