package dev.jig.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A cluster trace in this process that collects its rows.
final class TraceClient implements ClusterTrace.Viewer, AutoCloseable {
  static final String VERSION = "0.1.0";

  private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);

  private final String title;
  private final ClusterTrace trace;
  private final Thread thread;
  private final CountDownLatch reads;
  private final List<Row> rows = new ArrayList<>();
  private final StringBuilder messages = new StringBuilder();
  private boolean begun;
  private long lost;
  private ClusterTrace.@Nullable Summary summary;

  private TraceClient(
      AgentTransport road, String title, ClusterTrace.Request request, boolean reads) {
    this.title = title;
    this.trace = new ClusterTrace(road, request, VERSION, this);
    this.reads = new CountDownLatch(reads ? 0 : 1);
    trace.open();
    thread = Thread.ofPlatform().name(title).start(this::run);
  }

  /// Starts a client.
  static TraceClient start(AgentTransport road, String title, ClusterTrace.Request request) {
    return new TraceClient(road, title, request, true);
  }

  /// Starts a client that takes no row before [#startReading].
  static TraceClient startWithoutReading(
      AgentTransport road, String title, ClusterTrace.Request request) {
    return new TraceClient(road, title, request, false);
  }

  private void run() {
    try {
      ClusterTrace.Summary over = trace.run(0);
      synchronized (this) {
        summary = over;
        notifyAll();
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  /// Waits until its streams have started.
  void awaitStarted() throws InterruptedException {
    await("begun", () -> begun);
    assertThat(messages()).as(title).isEmpty();
  }

  /// Waits until this many rows have arrived or are known to be lost.
  void await(long wanted) throws InterruptedException {
    await(wanted + " rows", () -> rows.size() + lost >= wanted);
  }

  private synchronized void await(String what, BooleanSupplier condition)
      throws InterruptedException {
    long deadlineNs = System.nanoTime() + TIMEOUT_NS;
    while (!condition.getAsBoolean()) {
      long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
      assertThat(leftMs)
          .as("%s: not %s, but %d rows, %d lost. %s", title, what, rows.size(), lost, messages)
          .isPositive();
      wait(leftMs);
    }
  }

  /// Takes rows from now on.
  void startReading() {
    reads.countDown();
  }

  /// Ends the trace, as Ctrl-C does.
  ClusterTrace.Summary stop() throws InterruptedException {
    trace.stop();
    await("ended", () -> summary != null);
    synchronized (this) {
      return Objects.requireNonNull(summary);
    }
  }

  @Override
  public String toString() {
    return title;
  }

  synchronized List<Row> rows() {
    return List.copyOf(rows);
  }

  synchronized String messages() {
    return messages.toString();
  }

  @Override
  public void onEvent(Row event) {
    try {
      reads.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    synchronized (this) {
      rows.add(event);
    }
  }

  @Override
  public synchronized void onStarted() {
    begun = true;
    notifyAll();
  }

  @Override
  public synchronized void onLost(long count) {
    lost += count;
  }

  @Override
  public synchronized void flush() {
    notifyAll();
  }

  @Override
  public synchronized void inform(String sentence) {
    messages.append(sentence).append('\n');
  }

  @Override
  public void debug(String sentence) {
    inform(sentence);
  }

  @Override
  public void close() {
    startReading();
    trace.stop();
    thread.interrupt();
  }
}
