package dev.jig.output.pcapng;

import dev.jig.event.Row;
import dev.jig.event.Subject;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Texts of recent subjects. A hash selects two slots; a third subject replaces the older one.
final class SubjectTexts {
  private static final int SLOT_BITS = 10;
  private static final int SLOTS = 1 << SLOT_BITS;
  private static final int GOLDEN = 0x9e3779b1; // spreads consecutive numbers

  private final @Nullable Subject[] subjects = new @Nullable Subject[SLOTS];
  private final byte[][] texts = new byte[SLOTS][];
  private final Function<Row, byte[]> make;

  /// @param make the text of a row's subject
  SubjectTexts(Function<Row, byte[]> make) {
    this.make = make;
  }

  /// @param row a row of the subject
  @SuppressWarnings("ReferenceEquality") // equal subjects that are not shared are only slower
  byte[] get(Subject subject, Row row) {
    int slot = subject.tableHash() * GOLDEN >>> Integer.SIZE - SLOT_BITS;
    if (subjects[slot] == subject) {
      return texts[slot];
    }
    int other = slot ^ 1;
    if (subjects[other] == subject) {
      return texts[other];
    }
    byte[] made = make.apply(row);
    subjects[other] = subjects[slot];
    texts[other] = texts[slot];
    subjects[slot] = subject;
    texts[slot] = made;
    return made;
  }
}
