package dev.jig.output;

import dev.jig.event.Row;
import dev.jig.event.Subject;
import dev.jig.fields.Field;
import dev.jig.fields.FieldValue.Getter;
import dev.jig.table.DirectMapped;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Adjacent columns that show nothing but a subject. Rows of one process share the subject, so the
/// finished cells of recent subjects are kept. Direct mapped, 256 slots.
final class SubjectCells implements CellWriter {
  private static final Set<Field> OF_SUBJECT = fieldsOfSubject();
  private static final Set<Field> OF_PEER =
      EnumSet.range(Field.PEER_CONTAINER_NAME, Field.PEER_COMM);

  /// The subject that a column shows.
  enum Source {
    ROW,
    PEER
  }

  private static final class Cached {
    @Nullable Subject subject;
    byte[] text = {};
  }

  private final Getter<Row, Subject> source;
  private final RowFormat cells;
  private final DirectMapped<Cached> cache = new DirectMapped<>(256);

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
    int hash = subject == null ? 1 : subject.tableHash();
    Cached cached = cache.get(hash);
    if (cached == null) {
      cached = new Cached();
      cache.put(hash, cached);
    } else if (cached.subject == subject) {
      line.append(cached.text);
      return;
    }
    int start = line.length();
    cells.append(line, row);
    cached.subject = subject;
    if (cached.text.length == line.length() - start) {
      line.copyFrom(start, cached.text);
    } else {
      cached.text = line.copyFrom(start);
    }
  }
}
