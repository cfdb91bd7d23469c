package dev.jig.output.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.Outcome;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import dev.jig.event.SearchSource;
import dev.jig.fields.Field;
import dev.jig.fields.Field.ColumnSet;
import dev.jig.fields.Fields;
import dev.jig.output.ColumnLayout;
import dev.jig.output.RowWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A name in JSON, YAML and columns.
final class NameRowTest {
  private static final LookupRow LOOKUP = (LookupRow) SampleEvents.full();

  private static NameRow row(@Nullable String found) {
    return new NameRow(
        1_000_000_007L,
        LOOKUP.subject(),
        LOOKUP.flow(),
        LOOKUP.dns(),
        "web.",
        found,
        found == null ? Outcome.NXDOMAIN : Outcome.OK,
        4,
        found == null ? 0 : 2,
        4,
        21_000_000,
        List.of(IpAddress.v4(0xc0000207)),
        SearchSource.LEARNED,
        List.of(LOOKUP, LOOKUP));
  }

  @Test
  void bothWritersOfJsonAgree() throws IOException {
    for (NameRow row : List.of(row("web.corp.example."), row(null))) {
      assertThat(fast(row)).isEqualTo(general(row));
      assertThat(fast(row)).isEqualTo(general(row));
    }
  }

  @Test
  void lookupsAreObjectsAsOfRowsOfLookups() throws IOException {
    String lookup = fast(LOOKUP).strip();
    assertThat(fast(row("web.corp.example.")))
        .contains(
            "\"name\":\"web.\",\"found\":\"web.corp.example.\",\"outcome\":\"ok\",\"queries\":4,"
                + "\"wasted\":2,\"latency\":21000000,\"addresses\":[\"192.0.2.7\"],"
                + "\"searchFrom\":\"learned\"")
        .endsWith("\"lookups\":[" + lookup + "," + lookup + "]}\n");
    assertThat(fast(row(null))).contains("\"wasted\":0").doesNotContain("\"found\"");
  }

  @Test
  void yamlHasTheLookupsInAList() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(new DocumentWriter(new YamlDocument(out)), row("web.corp.example."));
    assertThat(out.toString(UTF_8))
        .contains("\nname: web.\nfound: web.corp.example.\noutcome: ok\nqueries: 4\nwasted: 2\n")
        .contains("\nlookups:\n- runtime:\n");
  }

  @Test
  void columnsShowTheName() {
    List<Field> columns = Fields.columnsOf(Set.of(ColumnSet.IG, ColumnSet.NAMES));
    assertThat(columns.stream().map(Field::column))
        .containsExactly(
            "runtime.containerName",
            "pid",
            "comm",
            "name",
            "found",
            "outcome",
            "queries",
            "wasted",
            "latency",
            "addresses");
    assertThat(ColumnLayout.configured(columns).row(row("web.corp.example.")).strip())
        .contains(" web. ")
        .contains(" web.corp.example. ")
        .endsWith("192.0.2.7");
    assertThat(Fields.columnsOf(Set.of(ColumnSet.CAPTURE, ColumnSet.NAMES)))
        .startsWith(Field.SOURCE_IP, Field.NAME, Field.FOUND);
  }

  private static String fast(Row row) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(new JsonLinesWriter(out), row);
    return out.toString(UTF_8);
  }

  private static String general(Row row) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(new DocumentWriter(JsonDocument.compact(out)), row);
    return out.toString(UTF_8);
  }

  private static void write(RowWriter writer, Row row) throws IOException {
    writer.writeRow(row);
    writer.flush();
  }
}
