package dev.jig.agent;

import com.google.protobuf.UnsafeByteOperations;
import dev.jig.event.Row;
import dev.jig.trace.Subscription;
import dev.jig.wire.RowEncoder;
import dev.jig.wire.proto.Ended;
import dev.jig.wire.proto.FromAgent;
import dev.jig.wire.proto.Progress;
import dev.jig.wire.proto.Rows;
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

/// One client's stream: its subscription, its buffer, and the gRPC call it is attached to, if any.
/// A thread per call sends, so that a slow client blocks neither the ring thread nor others.
final class AgentStream implements Consumer<Row> {
  private static final int MAX_BATCH_EVENTS = 512;
  private static final long PROGRESS_MS = 1_000;

  /// A message costs the client as much as many events, so messages are at least this far apart
  /// unless full. The first event after a pause is sent at once.
  private static final long BATCH_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);

  private final String id;
  private final LongSupplier lost;
  private final long lostBefore;
  private final StreamBuffer buffer;
  private final AtomicReference<@Nullable ServerCallStreamObserver<FromAgent>> attached =
      new AtomicReference<>();
  private final Object readiness = new Object();
  private volatile long detachedNs = System.nanoTime();
  private volatile boolean stopping;
  private volatile String reason = "";
  private volatile @Nullable Subscription subscription;

  /// @param lost packets lost on the node since the agent started
  /// @param budget of all streams' buffers
  AgentStream(String id, LongSupplier lost, StreamBuffer.Budget budget) {
    this.id = id;
    this.buffer = new StreamBuffer(budget);
    this.lost = lost;
    this.lostBefore = lost.getAsLong();
  }

  String id() {
    return id;
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
    buffer.offer(event);
  }

  /// Sends the stream over this call, from the event after `after` on, in place of the call it was
  /// attached to, which is ended.
  void attach(ServerCallStreamObserver<FromAgent> call, Started started, long after) {
    attached.set(call); // before rewind: the previous call's thread takes no more events
    buffer.rewind(after);
    onReady();
    Thread.ofVirtual().name("stream-" + id).start(() -> send(call, started));
  }

  void acknowledge(long sequence) {
    buffer.acknowledge(sequence);
  }

  /// The call can send again or is over.
  void onReady() {
    synchronized (readiness) {
      readiness.notifyAll();
    }
    buffer.wake();
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

  /// Gives back the buffer's memory once no call sends the rest.
  private void closeIfOver() {
    if (stopping && attached.get() == null) {
      buffer.close();
    }
  }

  private boolean isAttached(ServerCallStreamObserver<FromAgent> call) {
    return call.equals(attached.get());
  }

  private void send(ServerCallStreamObserver<FromAgent> call, Started started) {
    RowEncoder encoder = new RowEncoder();
    try {
      call.onNext(FromAgent.newBuilder().setStarted(started).build());
      while (isAttached(call) && awaitReady(call)) {
        boolean last = stopping; // read before take: no event comes after it is set
        StreamBuffer.Batch batch =
            buffer.take(MAX_BATCH_EVENTS, last ? 0 : PROGRESS_MS, () -> isAttached(call));
        if (batch == null || !isAttached(call)) {
          break;
        }
        if (!batch.events().isEmpty()) {
          call.onNext(message(batch, encoder));
          buffer.awaitEvents(MAX_BATCH_EVENTS, BATCH_INTERVAL_NS);
        } else if (last) {
          call.onNext(FromAgent.newBuilder().setEnded(ended()).build());
          call.onCompleted();
          return;
        } else {
          call.onNext(FromAgent.newBuilder().setProgress(progress(batch.first() - 1)).build());
        }
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

  private static FromAgent message(StreamBuffer.Batch batch, RowEncoder encoder) {
    byte[] encoded = encoder.encode(batch.events());
    return FromAgent.newBuilder()
        .setRows(
            Rows.newBuilder()
                .setFirst(batch.first())
                .setBatch(UnsafeByteOperations.unsafeWrap(encoded)))
        .build();
  }

  /// @param newest as of the batch: the buffer may have got events since
  private Progress progress(long newest) {
    return Progress.newBuilder().setNewest(newest).setLost(lostPackets()).build();
  }

  private Ended ended() {
    return Ended.newBuilder()
        .setNewest(buffer.newestSequence())
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
    figures.put("events", buffer.newestSequence());
    figures.put("dropped", buffer.dropped());
    Subscription current = subscription;
    figures.put("filtered", current == null ? 0 : current.filtered());
    figures.put("unknown", current == null ? 0 : current.unknown());
    figures.put("answersLost", current == null ? 0 : current.answersLost());
    figures.put("forgotten", current == null ? 0 : current.evicted());
    figures.put("lost", lostPackets());
    return figures;
  }
}
