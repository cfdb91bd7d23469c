package dev.jig.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.EndpointName;
import dev.jig.event.Row;
import dev.jig.fields.Field;
import dev.jig.fields.FieldValue;
import dev.jig.fields.FieldValue.Address;
import dev.jig.fields.Width.Ellipsis;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;

/// The bytes of a table are those of the plain way: the text of each field as a String, escaped,
/// then cut or padded.
final class ColumnsWriterPropertiesTest {
  @Property(tries = 500)
  void writesWhatThePlainWayWrites(
      @ForAll @Size(min = 1, max = 20) @UniqueElements List<Field> fields,
      @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 400) Integer> terminals,
      @ForAll @Size(max = 4) List<String> texts,
      @ForAll Random random)
      throws IOException {
    ColumnLayout layout = ColumnLayout.configured(fields);
    RandomRows rows = new RandomRows(random, texts);
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    ColumnsWriter writer = new ColumnsWriter(written, layout);
    StringBuilder expected = new StringBuilder(layout.header()).append('\n');

    writer.begin();
    boolean onTerminal = false;
    for (int terminal : terminals) {
      for (int i = 0; i < 12; i++) {
        Row row = rows.next();
        writer.writeRow(row);
        append(expected, fields, layout, row, onTerminal);
      }
      layout.resize(terminal);
      onTerminal = true;
      if (random.nextBoolean()) {
        writer.flush();
      }
    }
    writer.flush();

    assertThat(written.toString(StandardCharsets.UTF_8)).isEqualTo(expected.toString());
  }

  /// @param cutsNames false without a terminal
  private static void append(
      StringBuilder line, List<Field> fields, ColumnLayout layout, Row row, boolean cutsNames) {
    for (int i = 0; i < fields.size(); i++) {
      FieldValue value = fields.get(i).value();
      EndpointName name = value instanceof Address(_, var get) ? get.of(row) : null;
      String text = name == null ? value.text(row) : name.toString();
      String escaped = text == null ? "" : Escaping.TERMINAL.escape(text);
      boolean whole = fields.get(i) == Field.NAME && !cutsNames;
      Cells.append(
          i == 0 ? line : line.append(' '),
          escaped,
          whole ? Math.max(layout.widthAt(i), Cells.width(escaped)) : layout.widthAt(i),
          name == null ? fields.get(i).width().ellipsis() : Ellipsis.MIDDLE);
    }
    line.append('\n');
  }
}
