package dev.jig.agent;

import dev.jig.event.DnsEvent;
import dev.jig.trace.NodeTrace.View;
import dev.jig.wire.EventCodec;
import dev.jig.wire.proto.Begun;
import dev.jig.wire.proto.Ended;
import dev.jig.wire.proto.FromAgent;
import dev.jig.wire.proto.Progress;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One client's stream: a view, its buffer, and the call that carries it at present, if any. A
/// thread of its own sends, so that a client that does not read makes nobody wait.
final class AgentStream implements Consumer<DnsEvent> {
  private static final int MAX_BATCH_EVENTS = 512;
  private static final long PROGRESS_MS = 1_000;

  /// A message costs the client as much as many events: after one it takes so long until the next,
  /// unless that is full. An event after a pause goes at once.
  private static final long BATCH_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);

  /// The call that carries the stream.
  private record Carrier(ServerCallStreamObserver<FromAgent> call) {}

  private boolean isCarriedBy(Carrier carrying) {
    return carrying.equals(carrier.get());
  }

  private final String id;
  private final LongSupplier lost;
  private final long lostBefore;
  private final StreamBuffer buffer = new StreamBuffer();
  private final AtomicReference<@Nullable Carrier> carrier = new AtomicReference<>();
  private final Object readiness = new Object();
  private volatile long detachedNs = System.nanoTime();
  private volatile boolean stopping;
  private volatile String reason = "";
  private volatile @Nullable View view;

  /// @param lost packets the node could not record so far
  AgentStream(String id, LongSupplier lost) {
    this.id = id;
    this.lost = lost;
    this.lostBefore = lost.getAsLong();
  }

  String id() {
    return id;
  }

  void setView(View view) {
    this.view = view;
  }

  @Nullable View view() {
    return view;
  }

  /// An event of the view. Ring thread.
  @Override
  public void accept(DnsEvent event) {
    buffer.offer(event);
  }

  /// From now on this call carries the stream, from the event after `after` on; the one before is
  /// ended.
  void attach(ServerCallStreamObserver<FromAgent> call, Begun begun, long after) {
    Carrier mine = new Carrier(call);
    carrier.set(mine); // first: who carried it before takes nothing more
    buffer.rewind(after);
    onReady();
    Thread.ofVirtual().name("stream-" + id).start(() -> send(mine, begun));
  }

  void acknowledge(long sequence) {
    buffer.acknowledge(sequence);
  }

  /// Called when a call may send again, or is over.
  void onReady() {
    synchronized (readiness) {
      readiness.notifyAll();
    }
    buffer.wake();
  }

  /// This call is over; the stream may be resumed.
  ///
  /// @return whether it carried the stream
  boolean detach(ServerCallStreamObserver<FromAgent> call) {
    Carrier current = carrier.get();
    boolean carried =
        current != null && current.call().equals(call) && carrier.compareAndSet(current, null);
    if (carried) {
      detachedNs = System.nanoTime();
    }
    onReady();
    return carried;
  }

  /// Whether nobody has carried it for so long.
  boolean isDetachedLongerThan(long afterNs) {
    return carrier.get() == null && System.nanoTime() - detachedNs > afterNs;
  }

  /// The view is closed: what is left is sent, then the stream ends.
  ///
  /// @param why empty if the client asked
  void finish(String why) {
    reason = why;
    stopping = true;
    onReady();
  }

  private void send(Carrier mine, Begun begun) {
    ServerCallStreamObserver<FromAgent> call = mine.call();
    try {
      call.onNext(FromAgent.newBuilder().setBegun(begun).build());
      while (isCarriedBy(mine) && awaitReady(mine)) {
        boolean last = stopping; // read first: nothing comes after it
        StreamBuffer.Batch batch =
            buffer.take(MAX_BATCH_EVENTS, last ? 0 : PROGRESS_MS, () -> isCarriedBy(mine));
        if (batch == null || !isCarriedBy(mine)) {
          break;
        }
        if (!batch.events().isEmpty()) {
          call.onNext(message(batch));
          buffer.awaitEvents(MAX_BATCH_EVENTS, BATCH_INTERVAL_NS);
        } else if (last) {
          call.onNext(FromAgent.newBuilder().setEnded(ended()).build());
          call.onCompleted();
          return;
        } else {
          call.onNext(FromAgent.newBuilder().setProgress(progress(batch.first() - 1)).build());
        }
      }
      if (call.isCancelled()) {
        detach(call);
      } else {
        call.onError(Status.ABORTED.withDescription("resumed by another call").asException());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      detach(call); // cancelled between the question and the answer
    } catch (RuntimeException e) {
      call.onError(Status.INTERNAL.withDescription(e.toString()).withCause(e).asException());
    }
  }

  /// Waits until the client has room for more.
  ///
  /// @return false if the call is over
  private boolean awaitReady(Carrier mine) throws InterruptedException {
    synchronized (readiness) {
      while (isCarriedBy(mine) && !mine.call().isReady() && !mine.call().isCancelled()) {
        readiness.wait(PROGRESS_MS);
      }
    }
    return !mine.call().isCancelled();
  }

  private static FromAgent message(StreamBuffer.Batch batch) {
    return FromAgent.newBuilder()
        .setEvents(EventCodec.encode(batch.first(), batch.events()))
        .build();
  }

  /// @param newest not asked now: by now there may be one that will still be sent
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

  /// For the log.
  Map<String, Object> counters() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("stream", id);
    figures.put("events", buffer.newestSequence());
    figures.put("dropped", buffer.dropped());
    View seen = view;
    figures.put("filtered", seen == null ? 0 : seen.filtered());
    figures.put("unknown", seen == null ? 0 : seen.unknown());
    figures.put("forgotten", seen == null ? 0 : seen.evicted());
    figures.put("lost", lostPackets());
    return figures;
  }
}
