package dev.jig.wire;

import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.Query;
import dev.jig.event.Response;
import dev.jig.event.Row;
import dev.jig.event.Timeout;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Encodes rows as custom options of pcapng blocks: [#MAGIC], then a `RowBatch` of one row
/// (src/main/protobuf/row/row.proto). A message's row is without what its packet contains.
///
/// For one thread.
public final class PcapngOptionWriter {
  /// Distinguishes the option from those of other programs: `jig` and the version.
  static final byte[] MAGIC = {'j', 'i', 'g', 2};

  /// A row has at most two containers, so that their labels alone never exceed an option.
  private static final int MAX_CONTAINER_BYTES = 24 * 1024;

  private final int limit;
  private final RowEncoder encoder = new RowEncoder(MAX_CONTAINER_BYTES);

  /// @param limit the longest option in bytes
  public PcapngOptionWriter(int limit) {
    this.limit = limit;
  }

  /// Encodes a row; a container of more than 24 KiB is without labels.
  ///
  /// @return valid until the next call; null if it would exceed the limit
  public @Nullable ByteBuffer encode(Row row) {
    encoder.begin().putRaw(MAGIC);
    ByteBuffer option =
        switch (row) {
          case Query _, Response _ -> encoder.putBesidePacket(row);
          case Timeout _ -> encoder.putWhole(row);
          case LookupRow _, NameRow _ -> throw new IllegalArgumentException("it has no packet");
        };
    return option.remaining() > limit ? null : option;
  }
}
