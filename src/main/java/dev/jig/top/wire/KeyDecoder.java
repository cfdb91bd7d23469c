package dev.jig.top.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.jig.stats.KeyedStats;
import dev.jig.stats.Latencies;
import dev.jig.stats.LookupStats;
import dev.jig.top.Key;
import dev.jig.top.KeyColumn;
import dev.jig.wire.proto.TopProto;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Adds what [KeyEncoder] encoded on a node to the counts of all nodes.
public final class KeyDecoder {
  private static final int MAX_TEXT = 4 * 255;

  private final List<KeyColumn> by;
  private final String node;

  /// @param by the columns counted by
  /// @param node the node that sends, which does not know its name
  public KeyDecoder(List<KeyColumn> by, String node) {
    this.by = List.copyOf(by);
    this.node = node;
  }

  /// Adds a batch.
  ///
  /// @return whether it is the last one of the node's interval
  /// @throws InvalidProtocolBufferException if it is damaged; then nothing is added
  public boolean addTo(KeyedStats<Key> sum, ByteString batch)
      throws InvalidProtocolBufferException {
    TopProto.KeyBatch decoded = TopProto.KeyBatch.parseFrom(batch);
    Key[] keys = new Key[decoded.getKeysCount()];
    LookupStats[] counted = new LookupStats[keys.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = key(decoded.getKeys(i));
      counted[i] = counts(decoded.getKeys(i));
    }
    LookupStats other = decoded.hasOther() ? counts(decoded.getOther()) : null;
    for (int i = 0; i < keys.length; i++) {
      sum.add(keys[i], counted[i]);
    }
    if (other != null) {
      sum.addOther(other);
    }
    return decoded.getLast();
  }

  private Key key(TopProto.Counted counted) throws InvalidProtocolBufferException {
    if (counted.getKeyCount() != by.size()) {
      throw new InvalidProtocolBufferException(
          counted.getKeyCount() + " values for " + by.size() + " columns");
    }
    @Nullable Object[] values = new @Nullable Object[by.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = by.get(i) == KeyColumn.NODE ? node : value(counted.getKey(i));
    }
    return new Key(values);
  }

  private static @Nullable Object value(TopProto.Value value)
      throws InvalidProtocolBufferException {
    return switch (value.getValueCase()) {
      case TEXT -> {
        if (value.getText().length() > MAX_TEXT) {
          throw new InvalidProtocolBufferException(
              "a value of " + value.getText().length() + " characters");
        }
        yield value.getText();
      }
      case NUMBER -> value.getNumber();
      case VALUE_NOT_SET -> null;
    };
  }

  private static LookupStats counts(TopProto.Counted counted)
      throws InvalidProtocolBufferException {
    long lookups =
        counted.getOk() + counted.getNx() + counted.getFailed() + counted.getUnanswered();
    boolean negative =
        counted.getOk() < 0
            || counted.getNx() < 0
            || counted.getFailed() < 0
            || counted.getUnanswered() < 0
            || counted.getMaxNs() < 0
            || lookups < 0;
    Latencies waits = negative ? null : waits(counted);
    if (waits == null || waits.count() != lookups) {
      throw new InvalidProtocolBufferException("counts that do not fit each other");
    }
    return LookupStats.of(
        counted.getOk(),
        counted.getNx(),
        counted.getFailed(),
        counted.getUnanswered(),
        counted.getMaxNs(),
        waits);
  }

  private static Latencies waits(TopProto.Counted counted) throws InvalidProtocolBufferException {
    try {
      return Latencies.decode(counted.getWaits().toByteArray());
    } catch (IllegalArgumentException e) {
      throw new InvalidProtocolBufferException("damaged waits: " + e.getMessage());
    }
  }
}
