package dev.jig.match;

import dev.jig.dns.DnsMessage;
import dev.jig.event.DnsEvent;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The queries without an answer yet, and those whose answer is under way in many messages (zone
/// transfers): found by key and question, by socket, and by age. Bounded: when full, the oldest
/// gives way and is counted.
public final class PendingQueries {
  private static final int BUCKETS = 1 << 16;
  private static final int MASK = BUCKETS - 1;
  private static final long HASH_MULTIPLIER = 0x9e3779b97f4a7c15L;

  /// Transfers under way at a time; the one that has been silent longest gives way.
  public static final int MAX_TRANSFERS = 1024;

  private int capacity;

  /// Newest first.
  private final @Nullable PendingQuery[] byQuestion = new @Nullable PendingQuery[BUCKETS];

  /// Newest first.
  private final @Nullable PendingQuery[] byFlow = new @Nullable PendingQuery[BUCKETS];

  private final TimeList waiting = new TimeList();
  private final TimeList reported = new TimeList();

  /// By their last message.
  private final TimeList transfers = new TimeList();

  private final Consumer<PendingQuery> onEvicted;
  private final byte[] scratch = new byte[DnsMessage.MAX_QUESTION_LENGTH];
  private long evicted;

  public PendingQueries(int capacity) {
    this(capacity, _ -> {});
  }

  /// @param onEvicted told of each query of which nothing more will be heard, although it was
  ///   neither answered to its end nor reported
  public PendingQueries(int capacity, Consumer<PendingQuery> forgotten) {
    this.capacity = capacity;
    this.onEvicted = forgotten;
  }

  /// From now on at most so many are kept.
  public void lowerCapacity(int queries) {
    capacity = Math.min(capacity, queries);
  }

  /// Queries still waiting, without those reported unanswered.
  public int waiting() {
    return waiting.size;
  }

  /// Queries whose answer is under way in many messages.
  public int transferring() {
    return transfers.size;
  }

  /// All that are kept, also those reported.
  public int size() {
    return waiting.size + reported.size + transfers.size;
  }

  /// Queries that gave way before answer and report.
  public long evicted() {
    return evicted;
  }

  /// Notes a query; if it still waits under the same key and question, it is sent once more.
  ///
  /// @return the one that waits
  public PendingQuery addQuery(QueryKey key, DnsMessage query, DnsEvent event, long cgroupId, long bootNs) {
    for (PendingQuery p = byQuestion[bucket(key, query.questionHash())]; p != null; p = p.nextInBucket) {
      if (!p.reported && !p.transferring && p.key.equals(key) && p.hasSameQuestion(query)) {
        p.tries++;
        return p;
      }
    }
    PendingQuery added = new PendingQuery(key, query, scratch, cgroupId, bootNs, event);
    add(added);
    return added;
  }

  private void add(PendingQuery added) {
    if (size() >= capacity) {
      evictOldest();
    }
    int bucket = bucket(added.key, added.questionHash);
    added.nextInBucket = byQuestion[bucket];
    byQuestion[bucket] = added;
    linkFlow(added);
    waiting.append(added);
  }

  /// The query a response answers; null if none is known to be it. It is taken out, unless the
  /// response is one of many and not the last.
  @Nullable
  public PendingQuery matchResponse(QueryKey key, DnsMessage response, long bootNs) {
    PendingQuery query = response.hasQuestion() ? matchByQuestion(key, response) : matchById(key);
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
      onEvicted.accept(remove(transfers.first));
    }
    return query;
  }

  /// Among those with its id and question the newest whose peer is the response's; one of another
  /// peer only if it is the only one (NAT changed the address).
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

  /// A response may come without question, as errors do. It is only taken for an answer if there is
  /// but one query it can answer, of its peer or else at all. Multicast DNS announces so what
  /// nobody asked (RFC 6762 section 6).
  private @Nullable PendingQuery matchById(QueryKey key) {
    PendingQuery ofPeer = null;
    PendingQuery ofAnother = null;
    int ofPeers = 0;
    int ofOthers = 0;
    for (PendingQuery p = byFlow[flowBucket(key.flow())]; p != null; p = p.nextOfFlow) {
      if (!p.key.hasSameFlowAndId(key) || p.isMulticast()) {
        continue;
      }
      if (p.key.equals(key)) {
        ofPeer = p;
        ofPeers++;
      } else {
        ofAnother = p;
        ofOthers++;
      }
    }
    if (ofPeers > 0) {
      return ofPeers == 1 ? ofPeer : null;
    }
    return ofOthers == 1 ? ofAnother : null;
  }

  /// Reports, oldest first, the queries asked at or before `deadlineNs`.
  public void expire(long deadlineNs, Consumer<PendingQuery> report) {
    while (waiting.first != null && waiting.first.firstBootNs <= deadlineNs) {
      PendingQuery expired = waiting.first;
      markReported(expired);
      report.accept(expired);
    }
  }

  /// Forgets the reported ones asked at or before `deadlineNs`: their late answers become orphans.
  /// So it does with transfers of which nothing has come since.
  public void evictOlderThan(long deadlineNs) {
    while (reported.first != null && reported.first.firstBootNs <= deadlineNs) {
      remove(reported.first);
    }
    while (transfers.first != null && transfers.first.lastBootNs <= deadlineNs) {
      onEvicted.accept(remove(transfers.first));
    }
  }

  /// Reports, oldest first, all queries a client's socket still waits for, or for the rest of their
  /// answer. They stay: an answer may be on its way into the socket while it is closed, and is a
  /// late one.
  public void closeFlow(long flow, Consumer<PendingQuery> report) {
    for (PendingQuery p : ofFlow(Role.CLIENT, flow)) {
      if (p.transferring) {
        report.accept(p);
      } else if (!p.reported) {
        markReported(p);
        report.accept(p);
      }
    }
  }

  /// Takes out the waiting queries of one side of a flow without a word: what came was not
  /// readable, and may have been the answer.
  public void discard(QueryKey key) {
    for (PendingQuery p : ofFlow(key.role(), key.flow())) {
      if (!p.transferring && !p.reported) {
        onEvicted.accept(remove(p));
      }
    }
  }

  /// Oldest first.
  private Iterable<PendingQuery> ofFlow(Role role, long flow) {
    ArrayDeque<PendingQuery> found = new ArrayDeque<>();
    for (PendingQuery p = byFlow[flowBucket(flow)]; p != null; p = p.nextOfFlow) {
      if (p.key.flow() == flow && p.key.role() == role) {
        found.addFirst(p);
      }
    }
    return found;
  }

  private void markReported(PendingQuery p) {
    waiting.remove(p);
    p.reported = true;
    reported.append(p);
  }

  private void evictOldest() {
    if (reported.first != null) {
      remove(reported.first);
    } else if (waiting.first != null) {
      evicted++;
      onEvicted.accept(remove(waiting.first));
    } else if (transfers.first != null) {
      onEvicted.accept(remove(transfers.first));
    }
  }

  private TimeList listOf(PendingQuery p) {
    return p.transferring ? transfers : p.reported ? reported : waiting;
  }

  private PendingQuery remove(PendingQuery gone) {
    unlinkQuestion(gone);
    unlinkFlow(gone);
    listOf(gone).remove(gone);
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

  /// The question is part of it, so that one socket with many queries of one id makes no long
  /// chain.
  private static int bucket(QueryKey key, long questionHash) {
    long role = key.role() == Role.SERVER ? 1 << 16 : 0;
    long mixed = (key.flow() + questionHash) * HASH_MULTIPLIER + key.id() + role;
    return (int) (mixed * HASH_MULTIPLIER >>> 40) & MASK;
  }

  private static int flowBucket(long flow) {
    return (int) (flow * HASH_MULTIPLIER >>> 40) & MASK;
  }

  /// Pending queries in the order they were asked.
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
