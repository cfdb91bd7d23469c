package dev.jig.output;

import dev.jig.event.Owner;
import dev.jig.event.Row;
import dev.jig.event.Subject;
import dev.jig.fields.Field;
import dev.jig.fields.FieldValue.Getter;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Adjacent columns that show nothing but a subject. Rows of one process share the subject, so the
/// finished cells of recent subjects are kept: in direct-mapped slots, where a colliding subject
/// replaces the previous one.
final class SubjectCells implements CellWriter {
  private static final int SLOTS = 256;
  private static final Set<Field> OF_SUBJECT = fieldsOfSubject();
  private static final Set<Field> OF_PEER =
      EnumSet.range(Field.PEER_CONTAINER_NAME, Field.PEER_COMM);

  /// The subject that a column shows.
  enum Source {
    ROW,
    PEER
  }

  private final Getter<Row, Subject> source;
  private final RowFormat cells;
  private final @Nullable Subject[] subjects = new @Nullable Subject[SLOTS];
  private final byte[] @Nullable [] texts = new byte[SLOTS] @Nullable [];

  SubjectCells(Source source, List<CellWriter> cells) {
    this.source = source == Source.ROW ? Row::subject : Row::peer;
    this.cells = new RowFormat(cells);
  }

  /// The subject that a column shows; null if it also shows other parts of a row.
  static @Nullable Source sourceOf(Field field) {
    return OF_SUBJECT.contains(field) ? Source.ROW : OF_PEER.contains(field) ? Source.PEER : null;
  }

  private static Set<Field> fieldsOfSubject() {
    Set<Field> fields = EnumSet.range(Field.RUNTIME_NAME, Field.HOST_NETWORK);
    fields.addAll(EnumSet.range(Field.MOUNT_NS, Field.COMMAND_LINE));
    fields.add(Field.ATTRIBUTION);
    return fields;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // equal subjects that are not shared are only slower
  public void append(RowBytes line, Row row) {
    Subject subject = source.of(row);
    int slot = slotOf(subject);
    byte[] text = texts[slot];
    if (text != null && subjects[slot] == subject) {
      line.append(text);
      return;
    }
    int start = line.length();
    cells.append(line, row);
    subjects[slot] = subject;
    if (text != null && text.length == line.length() - start) {
      line.copyFrom(start, text);
    } else {
      texts[slot] = line.copyFrom(start);
    }
  }

  /// Owners of several nodes may have the same tid, but rarely the same start time, too.
  private static int slotOf(@Nullable Subject subject) {
    if (subject == null) {
      return 0;
    }
    Owner owner = subject.owner();
    if (owner != null) {
      return owner.tid() + Long.hashCode(owner.startBootNs()) & SLOTS - 1;
    }
    return subject.container() == null ? 1 : subject.container().id().hashCode() & SLOTS - 1;
  }
}
