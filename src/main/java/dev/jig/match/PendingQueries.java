package dev.jig.match;

import dev.jig.dns.DnsMessage;
import dev.jig.event.Lookup;
import dev.jig.event.Protocol;
import dev.jig.event.Query;
import dev.jig.event.RowSize;
import dev.jig.event.Subject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Matches responses to queries: holds the queries that wait for a response and the zone transfers
/// under way, indexed by key and question, by flow and by age.
///
/// Bounded: when full, the oldest query is evicted and counted. One thread.
public final class PendingQueries {
  private static final long HASH_MULTIPLIER = 0x9e3779b97f4a7c15L;

  /// Bound of zone transfers under way; beyond it the one without a message for longest is evicted.
  public static final int MAX_TRANSFERS = 1024;

  /// Small indexes stay in the processor's cache.
  private static final int INITIAL_BUCKETS = 1024;

  private static final int GROWTH = 8;
  private static final int CLIENT_ID_BITS = 14;

  /// Heap size of what does not grow.
  public static final int TABLE_BYTES = Integer.BYTES << CLIENT_ID_BITS;

  private final int capacity;
  private final boolean withLookups;
  private final int maxBuckets;
  private int mask;

  /// Newest first.
  private @Nullable PendingQuery[] byQuestion;

  /// Newest first.
  private @Nullable PendingQuery[] byFlow;

  /// How many queries of clients have each id, by its lowest bits.
  private final int[] clientsById = new int[1 << CLIENT_ID_BITS];

  private int tcpClients;
  private final TimeList waiting = new TimeList();
  private final TimeList reported = new TimeList();

  /// In the order of their last messages.
  private final TimeList transfers = new TimeList();

  private final Listener listener;
  private final byte[] scratch = new byte[DnsMessage.MAX_QUESTION_LENGTH];
  private long evicted;
  private long lostUntilNs = Long.MIN_VALUE;
  private long heapBytes;

  /// Takes what happens to queries besides their responses.
  public interface Listener {
    /// A query is about to be reported as unanswered: the last time for [#markAnswerLost] and
    /// [#markAllAnswersLost].
    void beforeReport();

    /// A query is removed that would be reported as unanswered, but its response may be lost.
    void onAnswerLost(PendingQuery query);

    /// A query is removed although it was neither reported nor fully answered.
    void onEvicted(PendingQuery query);
  }

  /// @param buckets the most that each index may have, a power of two; it grows with the queries
  /// @param withLookups whether each query has an [OpenLookup]
  public PendingQueries(int capacity, int buckets, boolean withLookups, Listener listener) {
    this.capacity = capacity;
    this.withLookups = withLookups;
    this.maxBuckets = buckets;
    this.mask = Math.min(INITIAL_BUCKETS, buckets) - 1;
    this.byQuestion = new @Nullable PendingQuery[mask + 1];
    this.byFlow = new @Nullable PendingQuery[mask + 1];
    this.listener = listener;
  }

  /// Approximate heap size of all queries held, without the indexes.
  public long heapBytes() {
    return heapBytes;
  }

  private void onRepeated(PendingQuery query, Query row) {
    if (withLookups && query.repetitions < Lookup.MAX_ATTEMPTS) {
      query.repetitions++;
      int bytes = OpenLookup.ATTEMPT_BYTES + RowSize.of(row);
      query.heapBytes += bytes;
      heapBytes += bytes;
    }
  }

  /// Queries that wait for a response and are not reported yet.
  public int waiting() {
    return waiting.size;
  }

  /// Zone transfers under way.
  public int transferring() {
    return transfers.size;
  }

  /// All queries held: waiting, reported and transferring.
  public int size() {
    return waiting.size + reported.size + transfers.size;
  }

  /// Queries evicted while they waited.
  public long evicted() {
    return evicted;
  }

  /// Adds a query, unless the same key and question already wait: then it is a retransmission.
  ///
  /// @return the query that waits, for a retransmission the first one
  public PendingQuery addQuery(
      QueryKey key, DnsMessage query, Query row, long cgroupId, long bootNs) {
    for (PendingQuery p = byQuestion[bucket(key, query.questionHash())];
        p != null;
        p = p.nextInBucket) {
      if (!p.reported && !p.transferring && p.key.equals(key) && p.hasSameQuestion(query)) {
        p.resent++;
        p.onSentAgain();
        onRepeated(p, row);
        return p;
      }
    }
    PendingQuery added = new PendingQuery(key, query, scratch, cgroupId, bootNs, row);
    added.answerLost = bootNs <= lostUntilNs;
    add(added);
    return added;
  }

  private void add(PendingQuery added) {
    if (size() >= capacity) {
      evictOldest();
    }
    if (size() > mask && mask + 1 < maxBuckets) {
      grow();
    }
    linkQuestion(added);
    linkFlow(added);
    waiting.append(added);
    countClient(added, 1);
    added.heapBytes += withLookups ? OpenLookup.HEAP_BYTES + OpenLookup.ATTEMPT_BYTES : 0;
    heapBytes += added.heapBytes;
  }

  /// Makes the indexes larger. In a chain the newest query stays the first.
  private void grow() {
    int buckets = Math.min(maxBuckets, GROWTH * (mask + 1));
    mask = buckets - 1;
    byQuestion = new @Nullable PendingQuery[buckets];
    byFlow = new @Nullable PendingQuery[buckets];
    for (TimeList list : List.of(reported, transfers, waiting)) {
      for (PendingQuery p = list.first; p != null; p = p.nextInTime) {
        p.previousOfFlow = null;
        linkQuestion(p);
        linkFlow(p);
      }
    }
  }

  /// Finds the query that a response answers and removes it, unless further messages of a zone
  /// transfer follow. Null if no query matches, or several do.
  @Nullable
  public PendingQuery matchResponse(QueryKey key, DnsMessage response, long bootNs) {
    PendingQuery query = response.hasQuestion() ? matchByQuestion(key, response) : matchById(key);
    if (query == null && response.hasQuestion()) {
      query = matchUnreadable(key);
    }
    if (query == null) {
      return null;
    }
    if (!query.isPartialAnswer(response)) {
      remove(query);
      query.transferring = false;
      return query;
    }
    listOf(query).remove(query);
    query.transferring = true;
    query.lastBootNs = bootNs;
    transfers.append(query);
    if (transfers.size > MAX_TRANSFERS && transfers.first != null) {
      listener.onEvicted(remove(transfers.first));
    }
    return query;
  }

  /// Of the queries with this flow, id and question the newest with the same peer. NAT may have
  /// changed the peer's address: a query with another peer matches if it is the only one.
  private @Nullable PendingQuery matchByQuestion(QueryKey key, DnsMessage response) {
    PendingQuery candidate = null;
    int candidates = 0;
    for (PendingQuery p = byQuestion[bucket(key, response.questionHash())];
        p != null;
        p = p.nextInBucket) {
      if (!p.key.hasSameFlowAndId(key) || !p.hasSameQuestion(response)) {
        continue;
      }
      if (p.key.equals(key)) {
        return p;
      }
      candidate = p;
      candidates++;
    }
    return candidates == 1 && key.role() != Role.BOTH ? candidate : null;
  }

  /// Matches a response to the only query of this flow, id and peer, if the name in that query was
  /// not readable: the server may have read it, or sent back a readable part.
  private @Nullable PendingQuery matchUnreadable(QueryKey key) {
    PendingQuery only = null;
    for (PendingQuery p = byFlow[flowBucket(key.flow())]; p != null; p = p.nextOfFlow) {
      if (p.key.equals(key) && !p.isMulticast()) {
        if (only != null) {
          return null;
        }
        only = p;
      }
    }
    return only != null && only.question.length == 0 ? only : null;
  }

  /// Matches a response without a question section, as error responses may be: to the only query of
  /// this flow and id with the same peer, else to the only one at all. Multicast DNS responses
  /// carry no question either (RFC 6762 section 6) and never match.
  private @Nullable PendingQuery matchById(QueryKey key) {
    PendingQuery samePeer = null;
    PendingQuery otherPeer = null;
    int samePeers = 0;
    int otherPeers = 0;
    for (PendingQuery p = byFlow[flowBucket(key.flow())]; p != null; p = p.nextOfFlow) {
      if (!p.key.hasSameFlowAndId(key) || p.isMulticast()) {
        continue;
      }
      if (p.key.equals(key)) {
        samePeer = p;
        samePeers++;
      } else {
        otherPeer = p;
        otherPeers++;
      }
    }
    if (samePeers > 0) {
      return samePeers == 1 ? samePeer : null;
    }
    return otherPeers == 1 ? otherPeer : null;
  }

  /// Reports, oldest first, the waiting queries sent at or before `deadlineNs`. They stay until
  /// [#evictOlderThan], for late responses.
  public void expire(long deadlineNs, Consumer<PendingQuery> report) {
    while (waiting.first != null && waiting.first.firstBootNs <= deadlineNs) {
      reportUnlessAnswerLost(waiting.first, report);
    }
  }

  private void reportUnlessAnswerLost(PendingQuery query, Consumer<PendingQuery> report) {
    listener.beforeReport();
    if (query.answerLost && query.cause() == null) {
      listener.onAnswerLost(remove(query));
    } else {
      markReported(query);
      report.accept(query);
    }
  }

  /// Removes the reported queries sent at or before `deadlineNs`, so that their responses become
  /// orphans, and the transfers without a message since.
  public void evictOlderThan(long deadlineNs) {
    while (reported.first != null && reported.first.firstBootNs <= deadlineNs) {
      remove(reported.first);
    }
    while (transfers.first != null && transfers.first.lastBootNs <= deadlineNs) {
      listener.onEvicted(remove(transfers.first));
    }
  }

  /// Reports, oldest first, the queries and transfers of a client's socket that was closed. The
  /// queries stay: a response may reach the socket while it is closed, and is a late one.
  public void closeFlow(long flow, Consumer<PendingQuery> report) {
    for (PendingQuery p : ofFlow(Role.CLIENT, flow)) {
      if (p.transferring) {
        report.accept(p);
      } else if (!p.reported) {
        reportUnlessAnswerLost(p, report);
      }
    }
  }

  /// Data of a flow's server are missing: they may have been the response to any query that waits.
  /// Such a query still finds its response, but is not reported unanswered.
  ///
  /// @param key of one side of the flow; its id does not matter
  /// @param beforeNs a query sent later is not concerned
  public void markAnswerLost(QueryKey key, long beforeNs) {
    for (PendingQuery p : ofFlow(key.role(), key.flow())) {
      if (p.firstBootNs <= beforeNs) {
        p.answerLost = true;
      }
    }
  }

  /// Packets were lost until a time: the response to any query that waits may be among them, and so
  /// may that to a query which was sent until then and is added later.
  ///
  /// @param untilNs on the packets' clock
  public void markAllAnswersLost(long untilNs) {
    lostUntilNs = Math.max(lostUntilNs, untilNs);
    for (TimeList list : List.of(waiting, transfers)) {
      for (PendingQuery p = list.first; p != null; p = p.nextInTime) {
        p.answerLost = true;
      }
    }
  }

  /// A client's query was seen to arrive.
  ///
  /// @param flow the client's socket
  /// @param message the query
  /// @param receiver the process that it reached
  public void setReceiver(long flow, DnsMessage message, Subject receiver) {
    for (PendingQuery p = byFlow[flowBucket(flow)]; p != null; p = p.nextOfFlow) {
      if (p.key.flow() == flow
          && p.key.role() == Role.CLIENT
          && p.key.id() == message.id()
          && p.hasSameQuestion(message)) {
        p.receiver = receiver;
      }
    }
  }

  /// Reports a query at once, as if its socket were closed; does nothing if it was reported before.
  public void close(PendingQuery query, Consumer<PendingQuery> report) {
    if (!query.reported && !query.transferring) {
      reportUnlessAnswerLost(query, report);
    }
  }

  /// Whether a client's query may have this id. Most packets that get lost are of none.
  boolean mayHaveClientId(int id) {
    return clientsById[id & clientsById.length - 1] != 0;
  }

  /// Whether a client's query went over TCP.
  boolean hasTcpClient() {
    return tcpClients != 0;
  }

  /// The queries that were sent last, newest first: those that wait, then those that were reported.
  ///
  /// @param most the most of each
  List<PendingQuery> newest(int most) {
    List<PendingQuery> found = new ArrayList<>();
    for (TimeList list : List.of(waiting, reported)) {
      int count = 0;
      for (PendingQuery p = list.last; p != null && count < most; p = p.previousInTime) {
        found.add(p);
        count++;
      }
    }
    return found;
  }

  private void countClient(PendingQuery query, int change) {
    if (query.key.role() == Role.CLIENT) {
      clientsById[query.key.id() & clientsById.length - 1] += change;
      tcpClients += query.row.flow().protocol() == Protocol.TCP ? change : 0;
    }
  }

  /// The queries of a client's socket, oldest first.
  public Iterable<PendingQuery> ofClient(long flow) {
    return ofFlow(Role.CLIENT, flow);
  }

  /// Oldest first.
  Iterable<PendingQuery> ofFlow(Role role, long flow) {
    ArrayDeque<PendingQuery> found = null; // most sockets are closed when all is answered
    for (PendingQuery p = byFlow[flowBucket(flow)]; p != null; p = p.nextOfFlow) {
      if (p.key.flow() == flow && p.key.role() == role) {
        found = found == null ? new ArrayDeque<>() : found;
        found.addFirst(p);
      }
    }
    return found == null ? List.of() : found;
  }

  private void markReported(PendingQuery p) {
    waiting.remove(p);
    p.reported = true;
    reported.append(p);
  }

  /// Evicts the oldest query; one that waits is counted.
  public void evictOldest() {
    if (reported.first != null) {
      remove(reported.first);
    } else if (waiting.first != null) {
      evicted++;
      listener.onEvicted(remove(waiting.first));
    } else if (transfers.first != null) {
      listener.onEvicted(remove(transfers.first));
    }
  }

  private TimeList listOf(PendingQuery p) {
    return p.transferring ? transfers : p.reported ? reported : waiting;
  }

  /// Forgets a query: nothing that comes later is matched with it.
  public void discard(PendingQuery query) {
    remove(query);
  }

  private PendingQuery remove(PendingQuery gone) {
    unlinkQuestion(gone);
    unlinkFlow(gone);
    listOf(gone).remove(gone);
    countClient(gone, -1);
    heapBytes -= gone.heapBytes;
    return gone;
  }

  private void unlinkQuestion(PendingQuery gone) {
    int bucket = bucket(gone.key, gone.questionHash);
    PendingQuery p = byQuestion[bucket];
    if (p == gone) {
      byQuestion[bucket] = gone.nextInBucket;
      return;
    }
    while (p != null && p.nextInBucket != gone) {
      p = p.nextInBucket;
    }
    if (p != null) {
      p.nextInBucket = gone.nextInBucket;
    }
  }

  private void linkQuestion(PendingQuery added) {
    int bucket = bucket(added.key, added.questionHash);
    added.nextInBucket = byQuestion[bucket];
    byQuestion[bucket] = added;
  }

  private void linkFlow(PendingQuery added) {
    int bucket = flowBucket(added.key.flow());
    PendingQuery head = byFlow[bucket];
    added.nextOfFlow = head;
    if (head != null) {
      head.previousOfFlow = added;
    }
    byFlow[bucket] = added;
  }

  private void unlinkFlow(PendingQuery gone) {
    if (gone.previousOfFlow == null) {
      byFlow[flowBucket(gone.key.flow())] = gone.nextOfFlow;
    } else {
      gone.previousOfFlow.nextOfFlow = gone.nextOfFlow;
    }
    if (gone.nextOfFlow != null) {
      gone.nextOfFlow.previousOfFlow = gone.previousOfFlow;
    }
  }

  /// Includes the question, so that many queries of one socket and id do not share a chain.
  private int bucket(QueryKey key, long questionHash) {
    long role = key.role() == Role.SERVER ? 1 << 16 : 0;
    long mixed = (key.flow() + questionHash) * HASH_MULTIPLIER + key.id() + role;
    return (int) (mixed * HASH_MULTIPLIER >>> 40) & mask;
  }

  private int flowBucket(long flow) {
    return (int) (flow * HASH_MULTIPLIER >>> 40) & mask;
  }

  /// A doubly linked list in the order of insertion.
  private static final class TimeList {
    @Nullable PendingQuery first;
    @Nullable PendingQuery last;
    int size;

    void append(PendingQuery added) {
      size++;
      added.previousInTime = last;
      added.nextInTime = null;
      if (last == null) {
        first = added;
      } else {
        last.nextInTime = added;
      }
      last = added;
    }

    void remove(PendingQuery gone) {
      size--;
      if (gone.previousInTime == null) {
        first = gone.nextInTime;
      } else {
        gone.previousInTime.nextInTime = gone.nextInTime;
      }
      if (gone.nextInTime == null) {
        last = gone.previousInTime;
      } else {
        gone.nextInTime.previousInTime = gone.previousInTime;
      }
      gone.previousInTime = null;
      gone.nextInTime = null;
    }
  }
}
