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
  private static final long ODD = 0x9e3779b97f4a7c15L;

  /// Transfers under way at a time; the one that has been silent longest gives way.
  public static final int MAX_TRANSFERS = 1024;

  private int capacity;

  /// Newest first.
  private final @Nullable Pending[] byQuestion = new @Nullable Pending[BUCKETS];

  /// Newest first.
  private final @Nullable Pending[] byFlow = new @Nullable Pending[BUCKETS];

  private final TimeList waiting = new TimeList();
  private final TimeList reported = new TimeList();

  /// By their last message.
  private final TimeList transfers = new TimeList();

  private final Consumer<Pending> forgotten;
  private final byte[] scratch = new byte[DnsMessage.MAX_QUESTION_LENGTH];
  private long evicted;

  public PendingQueries(int capacity) {
    this(capacity, _ -> {});
  }

  /// @param forgotten told of each query of which nothing more will be heard, although it was
  ///   neither answered to its end nor reported
  public PendingQueries(int capacity, Consumer<Pending> forgotten) {
    this.capacity = capacity;
    this.forgotten = forgotten;
  }

  /// From now on at most so many are kept.
  public void keepAtMost(int queries) {
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
  public Pending asked(QueryKey key, DnsMessage query, DnsEvent event, long cgroupId, long bootNs) {
    for (Pending p = byQuestion[bucket(key, query.questionHash())]; p != null; p = p.nextInBucket) {
      if (!p.reported && !p.transferring && p.key.equals(key) && p.hasQuestionOf(query)) {
        p.tries++;
        return p;
      }
    }
    Pending added = new Pending(key, query, scratch, cgroupId, bootNs, event);
    add(added);
    return added;
  }

  private void add(Pending added) {
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
  public Pending answered(QueryKey key, DnsMessage response, long bootNs) {
    Pending query = response.hasQuestion() ? byQuestion(key, response) : byIdAlone(key);
    if (query == null) {
      return null;
    }
    if (!query.isAnsweredOnlyInPart(response)) {
      remove(query);
      query.transferring = false;
      return query;
    }
    listOf(query).remove(query);
    query.transferring = true;
    query.lastBootNs = bootNs;
    transfers.append(query);
    if (transfers.size > MAX_TRANSFERS && transfers.first != null) {
      forgotten.accept(remove(transfers.first));
    }
    return query;
  }

  /// Among those with its id and question the newest whose peer is the response's; one of another
  /// peer only if it is the only one (NAT changed the address).
  private @Nullable Pending byQuestion(QueryKey key, DnsMessage response) {
    Pending candidate = null;
    int candidates = 0;
    for (Pending p = byQuestion[bucket(key, response.questionHash())];
        p != null;
        p = p.nextInBucket) {
      if (!p.key.isSameSocketAndId(key) || !p.hasQuestionOf(response)) {
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
  private @Nullable Pending byIdAlone(QueryKey key) {
    Pending ofPeer = null;
    Pending ofAnother = null;
    int ofPeers = 0;
    int ofOthers = 0;
    for (Pending p = byFlow[flowBucket(key.flow())]; p != null; p = p.nextOfFlow) {
      if (!p.key.isSameSocketAndId(key) || p.isMulticast()) {
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
  public void expire(long deadlineNs, Consumer<Pending> report) {
    while (waiting.first != null && waiting.first.firstBootNs <= deadlineNs) {
      Pending expired = waiting.first;
      markReported(expired);
      report.accept(expired);
    }
  }

  /// Forgets the reported ones asked at or before `deadlineNs`: their late answers become orphans.
  /// So it does with transfers of which nothing has come since.
  public void forget(long deadlineNs) {
    while (reported.first != null && reported.first.firstBootNs <= deadlineNs) {
      remove(reported.first);
    }
    while (transfers.first != null && transfers.first.lastBootNs <= deadlineNs) {
      forgotten.accept(remove(transfers.first));
    }
  }

  /// Reports, oldest first, all queries a client's socket still waits for, or for the rest of their
  /// answer. They stay: an answer may be on its way into the socket while it is closed, and is a
  /// late one.
  public void close(long flow, Consumer<Pending> report) {
    for (Pending p : of(Role.CLIENT, flow)) {
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
  public void abandon(QueryKey key) {
    for (Pending p : of(key.role(), key.flow())) {
      if (!p.transferring && !p.reported) {
        forgotten.accept(remove(p));
      }
    }
  }

  /// Oldest first.
  private Iterable<Pending> of(Role role, long flow) {
    ArrayDeque<Pending> found = new ArrayDeque<>();
    for (Pending p = byFlow[flowBucket(flow)]; p != null; p = p.nextOfFlow) {
      if (p.key.flow() == flow && p.key.role() == role) {
        found.addFirst(p);
      }
    }
    return found;
  }

  private void markReported(Pending p) {
    waiting.remove(p);
    p.reported = true;
    reported.append(p);
  }

  private void evictOldest() {
    if (reported.first != null) {
      remove(reported.first);
    } else if (waiting.first != null) {
      evicted++;
      forgotten.accept(remove(waiting.first));
    } else if (transfers.first != null) {
      forgotten.accept(remove(transfers.first));
    }
  }

  private TimeList listOf(Pending p) {
    return p.transferring ? transfers : p.reported ? reported : waiting;
  }

  private Pending remove(Pending gone) {
    unlinkQuestion(gone);
    unlinkFlow(gone);
    listOf(gone).remove(gone);
    return gone;
  }

  private void unlinkQuestion(Pending gone) {
    int bucket = bucket(gone.key, gone.questionHash);
    Pending p = byQuestion[bucket];
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

  private void linkFlow(Pending added) {
    int bucket = flowBucket(added.key.flow());
    Pending head = byFlow[bucket];
    added.nextOfFlow = head;
    if (head != null) {
      head.previousOfFlow = added;
    }
    byFlow[bucket] = added;
  }

  private void unlinkFlow(Pending gone) {
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
    long mixed = (key.flow() + questionHash) * ODD + key.id() + role;
    return (int) (mixed * ODD >>> 40) & MASK;
  }

  private static int flowBucket(long flow) {
    return (int) (flow * ODD >>> 40) & MASK;
  }

  /// Pending queries in the order they were asked.
  private static final class TimeList {
    @Nullable Pending first;
    @Nullable Pending last;
    int size;

    void append(Pending added) {
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

    void remove(Pending gone) {
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
