package dev.jig.trace;

import dev.jig.dns.DnsMessage;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The queries without an answer yet: found by key and question, by socket, and by age. Bounded:
/// when full, the oldest gives way and is counted.
final class PendingQueries {
  private static final int BUCKETS = 1 << 14;
  private static final int MASK = BUCKETS - 1;

  private final int capacity;
  private final @Nullable Pending[] byKey = new @Nullable Pending[BUCKETS];
  private final @Nullable Pending[] byFlow = new @Nullable Pending[BUCKETS];
  private final TimeList waiting = new TimeList();
  private final TimeList reported = new TimeList();
  private final byte[] question = new byte[512];
  private int size;
  private long evicted;

  PendingQueries(int capacity) {
    this.capacity = capacity;
  }

  /// Queries still waiting, without those reported unanswered.
  int waiting() {
    return waiting.size;
  }

  /// Queries that gave way before their time.
  long evicted() {
    return evicted;
  }

  /// The same query sent before and not answered yet: same key, same server, same question.
  @Nullable Pending same(QueryKey key, DnsMessage message) {
    for (Pending p = byKey[key.bucket(MASK)]; p != null; p = p.nextInBucket) {
      if (p.key.equals(key) && hasQuestionOf(p, message)) {
        return p;
      }
    }
    return null;
  }

  Pending add(Pending added) {
    if (size == capacity) {
      evictOldest();
    }
    size++;
    int bucket = added.key.bucket(MASK);
    added.nextInBucket = byKey[bucket];
    byKey[bucket] = added;
    linkFlow(added);
    waiting.append(added);
    return added;
  }

  /// The message's question for a new entry.
  byte[] copyQuestion(DnsMessage message) {
    return Arrays.copyOf(question, message.copyQuestion(question, 0));
  }

  /// The query a response answers, taken out. Among several with its id and question the one whose
  /// peer is the response's; another one only if it is the only candidate (NAT changed the
  /// address).
  @Nullable Pending take(QueryKey key, DnsMessage response) {
    Pending candidate = null;
    boolean only = true;
    for (Pending p = byKey[key.bucket(MASK)]; p != null; p = p.nextInBucket) {
      if (!sameSocketAndId(p.key, key) || !hasQuestionOf(p, response)) {
        continue;
      }
      if (p.key.equals(key)) {
        return remove(p);
      }
      only = candidate == null;
      candidate = p;
    }
    return candidate != null && only && key.role() != Role.BOTH ? remove(candidate) : null;
  }

  /// Reports, oldest first, the queries asked at or before `deadlineNs`.
  void expire(long deadlineNs, Consumer<Pending> report) {
    while (waiting.first != null && waiting.first.firstBootNs <= deadlineNs) {
      Pending expired = waiting.first;
      markReported(expired);
      report.accept(expired);
    }
  }

  /// Forgets the reported ones asked at or before `deadlineNs`: their late answers become orphans.
  void forget(long deadlineNs) {
    while (reported.first != null && reported.first.firstBootNs <= deadlineNs) {
      remove(reported.first);
    }
  }

  /// Reports all queries a client's socket still waits for. An answer may be on its way into the
  /// socket while it is closed: it is a late one.
  void close(long flow, Consumer<Pending> report) {
    for (Pending p = byFlow[flowBucket(flow)]; p != null; p = p.nextOfFlow) {
      if (p.key.flow() == flow && p.key.role() == Role.CLIENT && !p.reported) {
        markReported(p);
        report.accept(p);
      }
    }
  }

  private void markReported(Pending p) {
    waiting.remove(p);
    p.reported = true;
    reported.append(p);
  }

  private boolean hasQuestionOf(Pending p, DnsMessage message) {
    // A response without a question (RFC 1035 allows it in errors) can only be known by its id.
    return !message.hasQuestion() || message.questionEquals(p.question, 0, p.question.length);
  }

  private static boolean sameSocketAndId(QueryKey a, QueryKey b) {
    return a.flow() == b.flow() && a.id() == b.id() && a.role() == b.role();
  }

  private void evictOldest() {
    if (reported.first != null) {
      remove(reported.first);
    } else if (waiting.first != null) {
      evicted++;
      remove(waiting.first);
    }
  }

  private Pending remove(Pending gone) {
    size--;
    unlinkKey(gone);
    unlinkFlow(gone);
    (gone.reported ? reported : waiting).remove(gone);
    return gone;
  }

  private void unlinkKey(Pending gone) {
    int bucket = gone.key.bucket(MASK);
    Pending p = byKey[bucket];
    if (p == gone) {
      byKey[bucket] = gone.nextInBucket;
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

  private static int flowBucket(long flow) {
    return (int) (flow * 0x9e3779b97f4a7c15L >>> 40) & MASK;
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
