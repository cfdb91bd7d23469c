package dev.jig.top.wire;

import com.google.protobuf.ByteString;
import dev.jig.stats.KeyedStats;
import dev.jig.stats.Latencies;
import dev.jig.stats.LookupStats;
import dev.jig.top.Key;
import dev.jig.wire.proto.TopProto;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Encodes the keys that had lookups in an interval, in batches of about 256 KiB.
public final class KeyEncoder {
  private static final int BATCH_BYTES = 256 << 10;

  private final List<ByteString> batches = new ArrayList<>();
  private TopProto.KeyBatch.Builder batch = TopProto.KeyBatch.newBuilder();
  private int bytes;

  private KeyEncoder() {}

  /// Encodes an interval's counts: at least one batch.
  public static Iterator<ByteString> encode(KeyedStats<Key> stats) {
    KeyEncoder encoder = new KeyEncoder();
    stats.forEach((key, counted) -> {
      if (counted.lookups() > 0) {
        encoder.add(encode(key, counted));
      }
    });
    if (stats.other().lookups() > 0) {
      encoder.batch.setOther(encode(null, stats.other()));
    }
    encoder.batch.setLast(true);
    encoder.endBatch();
    return encoder.batches.iterator();
  }

  private void add(TopProto.Counted counted) {
    batch.addKeys(counted);
    bytes += counted.getSerializedSize();
    if (bytes >= BATCH_BYTES) {
      endBatch();
    }
  }

  private void endBatch() {
    batches.add(batch.build().toByteString());
    batch = TopProto.KeyBatch.newBuilder();
    bytes = 0;
  }

  private static TopProto.Counted encode(@Nullable Key key, LookupStats counted) {
    TopProto.Counted.Builder encoded =
        TopProto.Counted.newBuilder()
            .setOk(counted.ok())
            .setNx(counted.nx())
            .setFailed(counted.failed())
            .setUnanswered(counted.unanswered())
            .setMaxNs(counted.maxNs());
    Latencies waits = counted.latencies();
    if (waits != null) {
      encoded.setWaits(ByteString.copyFrom(waits.encode()));
    }
    for (int i = 0; key != null && i < key.size(); i++) {
      encoded.addKey(encode(key.value(i)));
    }
    return encoded.build();
  }

  private static TopProto.Value encode(@Nullable Object value) {
    TopProto.Value.Builder encoded = TopProto.Value.newBuilder();
    if (value instanceof Long number) {
      encoded.setNumber(number);
    } else if (value != null) {
      encoded.setText(value.toString());
    }
    return encoded.build();
  }
}
