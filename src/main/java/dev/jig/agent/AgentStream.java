package dev.jig.agent;

import dev.jig.event.Row;
import dev.jig.trace.Subscription;
import dev.jig.wire.proto.Ended;
import dev.jig.wire.proto.FromAgent;
import dev.jig.wire.proto.Progress;
import dev.jig.wire.proto.Started;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One client's stream: its subscription, its content, and the gRPC call it is attached to, if any.
/// A thread per call sends, so that a slow client blocks neither the ring thread nor others.
final class AgentStream implements Consumer<Row> {
  private static final long PROGRESS_MS = 1_000;

  private final String id;
  private final LongSupplier lost;
  private final long lostBefore;
  private final StreamContent content;
  private final AtomicReference<@Nullable ServerCallStreamObserver<FromAgent>> attached =
      new AtomicReference<>();
  private final Object readiness = new Object();
  private volatile long detachedNs = System.nanoTime();
  private volatile boolean stopping;
  private volatile boolean over;
  private volatile String reason = "";
  private volatile @Nullable Subscription subscription;

  /// @param lost packets lost on the node since the agent started
  AgentStream(String id, LongSupplier lost, StreamContent content) {
    this.id = id;
    this.content = content;
    this.lost = lost;
    this.lostBefore = lost.getAsLong();
  }

  String id() {
    return id;
  }

  boolean hasGadget() {
    return content instanceof ReportContent;
  }

  /// As [NodeGadget#maxHeapMb]; 0 for rows.
  int gadgetHeapMb() {
    return content instanceof ReportContent reports ? reports.gadget().maxHeapMb() : 0;
  }

  void setSubscription(Subscription opened) {
    subscription = opened;
  }

  @Nullable Subscription subscription() {
    return subscription;
  }

  /// Takes an event of the subscription. Ring thread.
  @Override
  public void accept(Row event) {
    content.accept(event);
  }

  /// Sends the stream over this call, from the event after `after` on, in place of the call it was
  /// attached to, which is ended.
  void attach(ServerCallStreamObserver<FromAgent> call, Started started, long after) {
    attached.set(call); // before rewind: the previous call's thread takes no more events
    content.rewind(after);
    onReady();
    Thread.ofVirtual().name("stream-" + id).start(() -> send(call, started));
  }

  void acknowledge(long sequence) {
    content.acknowledge(sequence);
  }

  /// The call can send again or is over.
  void onReady() {
    synchronized (readiness) {
      readiness.notifyAll();
    }
    content.wake();
  }

  /// Detaches the stream from a call that is over, so that it can be resumed.
  ///
  /// @return whether it was attached to this call
  boolean detach(ServerCallStreamObserver<FromAgent> call) {
    boolean detached = attached.compareAndSet(call, null);
    if (detached) {
      detachedNs = System.nanoTime();
    }
    onReady();
    return detached;
  }

  boolean isDetachedLongerThan(long timeNs) {
    return attached.get() == null && System.nanoTime() - detachedNs > timeNs;
  }

  /// Sends what the buffer still holds and ends the stream. Called once the subscription is closed.
  ///
  /// @param why empty: the client asked for it
  void finish(String why) {
    reason = why;
    stopping = true;
    onReady();
    closeIfOver();
  }

  /// Gives back the content's memory once no call sends the rest.
  private void closeIfOver() {
    if (over || stopping && attached.get() == null && !content.isKeptAfterStop()) {
      discard();
    }
  }

  /// Ends the stream without sending the rest.
  void discard() {
    over = true;
    content.close();
  }

  /// Whether all has been sent, or nothing will be.
  boolean isOver() {
    return over;
  }

  private boolean isAttached(ServerCallStreamObserver<FromAgent> call) {
    return call.equals(attached.get());
  }

  private void send(ServerCallStreamObserver<FromAgent> call, Started started) {
    try {
      call.onNext(FromAgent.newBuilder().setStarted(started).build());
      if (sendContent(call)) {
        return;
      }
      if (!call.isCancelled()) {
        call.onError(Status.ABORTED.withDescription("resumed by another call").asException());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      // cancelled since isCancelled was checked
    } catch (RuntimeException e) {
      call.onError(Status.INTERNAL.withDescription(e.toString()).withCause(e).asException());
    } finally {
      detach(call);
      closeIfOver();
    }
  }

  /// Sends until the stream is over, or the call.
  ///
  /// @return whether the stream is over
  private boolean sendContent(ServerCallStreamObserver<FromAgent> call)
      throws InterruptedException {
    long progressNs = System.nanoTime();
    while (isAttached(call) && awaitReady(call)) {
      boolean last = stopping; // read before take: no event comes after it is set
      StreamContent.Part part = content.take(last, PROGRESS_MS, () -> isAttached(call));
      if (part == null || !isAttached(call)) {
        return false;
      }
      if (part.isOver()) {
        call.onNext(FromAgent.newBuilder().setEnded(ended()).build());
        call.onCompleted();
        over = true;
        return true;
      }
      if (part.message() != null) {
        call.onNext(part.message());
        content.pause();
      }
      boolean isDue = System.nanoTime() - progressNs >= TimeUnit.MILLISECONDS.toNanos(PROGRESS_MS);
      if (part.message() == null || content.isKeptAfterStop() && isDue) {
        progressNs = System.nanoTime();
        call.onNext(FromAgent.newBuilder().setProgress(progress(part.newest())).build());
      }
    }
    return false;
  }

  /// Waits until gRPC's flow control allows another message.
  ///
  /// @return false if the call is over
  private boolean awaitReady(ServerCallStreamObserver<FromAgent> call) throws InterruptedException {
    synchronized (readiness) {
      while (isAttached(call) && !call.isReady() && !call.isCancelled()) {
        readiness.wait(PROGRESS_MS);
      }
    }
    return !call.isCancelled();
  }

  /// @param newest as of the batch: the buffer may have got events since
  private Progress progress(long newest) {
    Progress.Builder progress = Progress.newBuilder().setNewest(newest).setLost(lostPackets());
    if (content instanceof ReportContent reports) {
      progress.setStatus(reports.gadget().status());
    }
    return progress.build();
  }

  private Ended ended() {
    return Ended.newBuilder()
        .setNewest(content.newestSequence())
        .setLost(lostPackets())
        .setReason(reason)
        .build();
  }

  private long lostPackets() {
    return lost.getAsLong() - lostBefore;
  }

  /// The stream's counters for the log.
  Map<String, Object> counters() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("stream", id);
    figures.putAll(content.counters());
    Subscription current = subscription;
    figures.put("filtered", current == null ? 0 : current.filtered());
    figures.put("unknown", current == null ? 0 : current.unknown());
    figures.put("answersLost", current == null ? 0 : current.answersLost());
    figures.put("forgotten", current == null ? 0 : current.evicted());
    figures.put("lost", lostPackets());
    return figures;
  }
}
