package dev.jig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.cli.OutputFormat.Columns;
import dev.jig.event.UserFacingException;
import dev.jig.fields.Field;
import dev.jig.fields.Field.ColumnSet;
import dev.jig.fields.Fields;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OutputFormatTest {
  private static final Set<ColumnSet> IG = Set.of(ColumnSet.IG);

  @Test
  void knowsEveryFormat() {
    assertThat(OutputFormat.parse("json", IG)).isEqualTo(new OutputFormat.Json());
    assertThat(OutputFormat.parse("jsonpretty", IG)).isEqualTo(new OutputFormat.JsonPretty());
    assertThat(OutputFormat.parse("yaml", IG)).isEqualTo(new OutputFormat.Yaml());
    assertThat(OutputFormat.parse("pcapng", IG)).isEqualTo(new OutputFormat.PcapNg());
  }

  @ParameterizedTest
  @CsvSource({"columns", "columns="})
  void showsTheDefaultsWithoutList(String text) {
    assertThat(OutputFormat.parse(text, IG)).isEqualTo(new Columns(Fields.columnsOf(IG)));
    assertThat(OutputFormat.parse(text, Set.of(ColumnSet.IG, ColumnSet.PATHS)))
        .isEqualTo(new Columns(Fields.columnsOf(Set.of(ColumnSet.IG, ColumnSet.PATHS))));
  }

  @Test
  void readsTheList() {
    assertThat(OutputFormat.parse("columns=name,pid", IG))
        .isEqualTo(new Columns(List.of(Field.NAME, Field.PID)));
  }

  @Test
  void addsFourColumnsForWide() {
    assertThat(OutputFormat.parse("wide", IG))
        .isEqualTo(new Columns(Fields.columnsOf(Set.of(ColumnSet.IG, ColumnSet.WIDE))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          jsn       | Did you mean json?
          xml       | The formats are columns, wide, json, jsonpretty, yaml, pcapng.
          json=pid  | Only columns takes a list: columns=pid,name.
          ''        | The formats are columns, wide, json, jsonpretty, yaml, pcapng.
          """)
  void refusesAnythingElseWithItsValue(String text, String hint) {
    assertThatThrownBy(() -> OutputFormat.parse(text, IG))
        .isInstanceOfSatisfying(
            UserFacingException.class,
            e -> {
              assertThat(e.sentence()).isEqualTo("\"" + text + "\" is not an output format.");
              assertThat(e.hint()).isEqualTo(hint);
            });
  }
}
