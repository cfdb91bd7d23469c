package dev.jig.agent;

import com.google.protobuf.ByteString;
import dev.jig.event.Row;
import dev.jig.wire.proto.FromAgent;
import dev.jig.wire.proto.Report;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The reports of a gadget. Those that the client has not acknowledged are kept, at most 8; while
/// there are so many, the gadget is not asked for more.
final class ReportContent implements StreamContent {
  private static final int MAX_KEPT = 8;
  private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

  private final NodeGadget gadget;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Report> kept = new ArrayDeque<>();
  private Iterator<ByteString> made = Collections.emptyIterator();
  private long newest;

  /// Sequence number of the last report that this call was sent.
  private long sent;

  private long dueNs = System.nanoTime() + INTERVAL_NS;
  private boolean isLastAsked;
  private boolean woken;
  private boolean closed;

  ReportContent(NodeGadget gadget) {
    this.gadget = gadget;
  }

  NodeGadget gadget() {
    return gadget;
  }

  @Override
  public void accept(Row row) {
    gadget.accept(row);
  }

  @Override
  public @Nullable Part take(boolean last, long timeoutMs, BooleanSupplier mayTake)
      throws InterruptedException {
    lock.lock();
    try {
      Report next = next(last);
      if (next == null && !isOver()) {
        await(timeoutMs);
        next = next(last);
      }
      if (!mayTake.getAsBoolean()) {
        return null;
      }
      if (next == null) {
        return new Part(null, 0, isOver());
      }
      sent = next.getSequence();
      return new Part(FromAgent.newBuilder().setReport(next).build(), 0, false);
    } finally {
      lock.unlock();
    }
  }

  /// Whether all reports were sent, and there will be no more.
  private boolean isOver() {
    return closed || isLastAsked && !made.hasNext() && sent == newest;
  }

  /// The next report to send; null if there is none now.
  private @Nullable Report next(boolean last) {
    for (Report report : kept) {
      if (report.getSequence() > sent) {
        return report;
      }
    }
    if (kept.size() >= MAX_KEPT || closed) {
      return null;
    }
    boolean isDue = last || System.nanoTime() - dueNs >= 0;
    if (!made.hasNext() && isDue && !isLastAsked) {
      dueNs = System.nanoTime() + INTERVAL_NS;
      isLastAsked = last;
      made = gadget.reports(last);
    }
    if (!made.hasNext()) {
      return null;
    }
    newest++;
    Report report = Report.newBuilder().setSequence(newest).setContent(made.next()).build();
    kept.add(report);
    return report;
  }

  private void await(long timeoutMs) throws InterruptedException {
    long leftNs = TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    while (!woken && leftNs > 0) {
      leftNs = changed.awaitNanos(leftNs);
    }
    woken = false;
  }

  @Override
  public void pause() {
    // reports are rare
  }

  @Override
  public void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void acknowledge(long sequence) {
    lock.lock();
    try {
      while (!kept.isEmpty() && kept.getFirst().getSequence() <= sequence) {
        kept.removeFirst();
      }
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void rewind(long sequence) {
    acknowledge(sequence);
    lock.lock();
    try {
      sent = sequence;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isKeptAfterStop() {
    return true;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      kept.clear();
      made = Collections.emptyIterator();
    } finally {
      lock.unlock();
    }
  }

  /// No row is sent.
  @Override
  public long newestSequence() {
    return 0;
  }

  @Override
  public Map<String, Object> counters() {
    Map<String, Object> figures = new LinkedHashMap<>(gadget.counters());
    lock.lock();
    try {
      figures.put("reports", newest);
    } finally {
      lock.unlock();
    }
    return figures;
  }
}
