package dev.jig.agent;

import com.google.protobuf.UnsafeByteOperations;
import dev.jig.event.Row;
import dev.jig.wire.RowEncoder;
import dev.jig.wire.proto.FromAgent;
import dev.jig.wire.proto.Rows;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The rows themselves. While the buffer is full, rows are dropped and counted.
final class RowContent implements StreamContent {
  private static final int MAX_BATCH_EVENTS = 512;

  /// A message costs the client as much as many events, so messages are at least this far apart
  /// unless full. The first event after a pause is sent at once.
  private static final long BATCH_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);

  private final StreamBuffer buffer;

  /// Of the thread that sends; a resumed stream may have another one.
  private final ThreadLocal<RowEncoder> encoder = ThreadLocal.withInitial(RowEncoder::new);

  /// @param budget of all streams' buffers
  RowContent(StreamBuffer.Budget budget) {
    buffer = new StreamBuffer(budget);
  }

  @Override
  public void accept(Row row) {
    buffer.offer(row);
  }

  @Override
  public @Nullable Part take(boolean last, long timeoutMs, BooleanSupplier mayTake)
      throws InterruptedException {
    StreamBuffer.Batch batch = buffer.take(MAX_BATCH_EVENTS, last ? 0 : timeoutMs, mayTake);
    if (batch == null) {
      return null;
    }
    return batch.events().isEmpty()
        ? new Part(null, batch.first() - 1, last)
        : new Part(message(batch), batch.first() - 1, false);
  }

  private FromAgent message(StreamBuffer.Batch batch) {
    byte[] encoded = encoder.get().encode(batch.events());
    return FromAgent.newBuilder()
        .setRows(
            Rows.newBuilder()
                .setFirst(batch.first())
                .setBatch(UnsafeByteOperations.unsafeWrap(encoded)))
        .build();
  }

  @Override
  public void pause() throws InterruptedException {
    buffer.awaitEvents(MAX_BATCH_EVENTS, BATCH_INTERVAL_NS);
  }

  @Override
  public void wake() {
    buffer.wake();
  }

  @Override
  public void acknowledge(long sequence) {
    buffer.acknowledge(sequence);
  }

  @Override
  public void rewind(long sequence) {
    buffer.rewind(sequence);
  }

  @Override
  public boolean isKeptAfterStop() {
    return false;
  }

  @Override
  public void close() {
    buffer.close();
  }

  @Override
  public long newestSequence() {
    return buffer.newestSequence();
  }

  @Override
  public Map<String, Object> counters() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("events", buffer.newestSequence());
    figures.put("dropped", buffer.dropped());
    return figures;
  }
}
