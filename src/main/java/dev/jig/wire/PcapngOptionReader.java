package dev.jig.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.jig.wire.proto.RowProto;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Decodes options that [PcapngOptionWriter] wrote. Rows of all options share equal containers,
/// owners and subjects. For one thread.
public final class PcapngOptionReader {
  /// A row refers to two subjects, each with a container, and to three names.
  private static final int MAX_SUBJECTS = 2;

  private static final int MAX_NAMES = 3;

  private final RowDecoder decoder = new RowDecoder(null);

  /// Decodes an option; null if [PcapngOptionWriter] did not write it, or if it is damaged.
  public @Nullable PcapngRowOption decode(byte[] option) {
    byte[] magic = PcapngOptionWriter.MAGIC;
    if (option.length < magic.length
        || !Arrays.equals(option, 0, magic.length, magic, 0, magic.length)) {
      return null;
    }
    try {
      RowProto.RowBatch batch =
          RowProto.RowBatch.parser().parseFrom(option, magic.length, option.length - magic.length);
      return isPlausible(batch)
          ? new PcapngRowOption(batch.getRows(0), decoder.decodeParts(batch))
          : null;
    } catch (InvalidProtocolBufferException e) {
      return null;
    }
  }

  private static boolean isPlausible(RowProto.RowBatch batch) {
    return batch.getRowsCount() == 1
        && batch.getContainersCount() <= MAX_SUBJECTS
        && batch.getSubjectsCount() <= MAX_SUBJECTS
        && batch.getNamesCount() <= MAX_NAMES;
  }
}
