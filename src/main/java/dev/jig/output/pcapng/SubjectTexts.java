package dev.jig.output.pcapng;

import dev.jig.event.Owner;
import dev.jig.event.Row;
import dev.jig.event.Subject;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Texts of recent subjects, in direct-mapped slots, where a colliding subject replaces the
/// previous one.
final class SubjectTexts {
  private static final int SLOTS = 1024;

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
    int slot = slotOf(subject);
    if (subjects[slot] != subject) {
      subjects[slot] = subject;
      texts[slot] = make.apply(row);
    }
    return texts[slot];
  }

  /// Owners of several nodes may have the same tid, but rarely the same start time, too.
  private static int slotOf(Subject subject) {
    Owner owner = subject.owner();
    if (owner != null) {
      return owner.tid() + Long.hashCode(owner.startBootNs()) & SLOTS - 1;
    }
    return subject.container() == null ? 0 : subject.container().id().hashCode() & SLOTS - 1;
  }
}
