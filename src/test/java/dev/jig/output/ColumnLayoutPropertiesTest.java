package dev.jig.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import dev.jig.fields.Field;
import dev.jig.fields.Width;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;

/// Properties of tables with any columns and terminal width.
final class ColumnLayoutPropertiesTest {
  @Property(tries = 500)
  void rowsAndHeaderHaveEqualWidth(
      @ForAll @Size(min = 1, max = 20) @UniqueElements List<Field> fields,
      @ForAll @IntRange(max = 400) int terminal,
      @ForAll String comm,
      @ForAll String image) {
    Row event =
        SampleEvents.response()
            .with(e -> {
              e.owner = SampleEvents.owner(comm);
              e.container = SampleEvents.container(image);
              e.node = image;
            })
            .build();

    ColumnLayout layout = ColumnLayout.forTerminal(fields, terminal);

    assertThat(Cells.width(layout.header())).isEqualTo(layout.cells());
    assertThat(Cells.width(layout.row(event))).isEqualTo(layout.cells());
    assertThat(layout.row(event)).matches(HostileText::isHarmless).doesNotContain("\n");
  }

  @Property(tries = 500)
  void rowsExceedTheTerminalOnlyAtMinimumWidths(
      @ForAll @Size(min = 1, max = 20) @UniqueElements List<Field> fields,
      @ForAll @IntRange(max = 400) int terminal) {
    int required = fields.size() - 1;
    for (Field field : fields) {
      Width width = field.width();
      required += width.fixed() ? width.configured() : Math.max(1, width.min());
    }

    int cells = ColumnLayout.forTerminal(fields, terminal).cells();

    assertThat(cells).isLessThanOrEqualTo(Math.max(terminal, required));
    boolean elastic = fields.stream().anyMatch(f -> !f.width().fixed() && f.width().max() == 0);
    if (elastic) {
      assertThat(cells).isEqualTo(Math.max(terminal, required));
    }
  }
}
