package dev.jig.top;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.advise.SampleLookup;
import dev.jig.dns.Rcode;
import dev.jig.event.AttemptState;
import dev.jig.event.UserFacingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tables of made-up lookups, as text and as JSON.
final class TopCounterTest {
  private static final long SECOND = 1_000_000_000;
  private static final SortOrder BY_LOOKUPS = SortOrder.parse("-lookups", List.of());

  private final List<Snapshot> tables = new ArrayList<>();

  @Test
  void countsByNameAndServer() {
    TopCounter counter = counter("name,nameserver");
    counter.onRow(new SampleLookup().name("A.example.").answered().build());
    counter.onRow(new SampleLookup().name("a.example.").answered().build());
    counter.onRow(
        new SampleLookup()
            .name("b.example.")
            .answered(SampleLookup.OTHER_SERVER, 2, Rcode.SERV_FAIL)
            .build());
    counter.endInterval(SECOND);

    assertThat(text(tables.getFirst(), 0))
        .isEqualTo(
            """
            NAME        NAMESERVER  LOOKUPS  OK  NX  FAILED  NOANSWER  P50  P95  MAX  TOTAL
            a.example.  10.0.0.1          2   2   0       0         0  1ms  1ms  1ms      2
            b.example.  10.0.0.2          1   0   0       1         0  2ms  2ms  2ms      1
            """);
  }

  @Test
  void waitsForNothingAreWaits() {
    TopCounter counter = counter("outcome");
    counter.onRow(
        new SampleLookup()
            .unanswered(SampleLookup.SERVER, AttemptState.REPEATED, 5_000, null)
            .unanswered(SampleLookup.SERVER, AttemptState.TIMEOUT, 5_000, null)
            .build());
    counter.endInterval(SECOND);

    TopRow row = tables.getFirst().rows().getFirst();
    assertThat(row.unanswered()).isEqualTo(1);
    assertThat(row.maxNs()).isEqualTo(10 * SECOND);
    assertThat(row.key()).isNotNull();
    assertThat(text(tables.getFirst(), 0)).contains("timeout").contains("10s");
  }

  @Test
  void lateAnswersAreNoLookups() {
    TopCounter counter = counter("name");
    counter.onRow(new SampleLookup().late(SampleLookup.SERVER, 6_000, Rcode.NO_ERROR).build());
    counter.endInterval(SECOND);

    assertThat(tables.getFirst().all().total()).isZero();
  }

  @Test
  void aTableEndsWithItsInterval() {
    TopCounter counter = counter("name");
    counter.begin(0);
    counter.onRow(new SampleLookup().answered().build());
    counter.tick(SECOND - 1);
    assertThat(tables).isEmpty();
    counter.tick(SECOND);
    counter.tick(2 * SECOND);

    assertThat(tables).hasSize(2);
    assertThat(tables.get(0).rows().getFirst().lookups()).isEqualTo(1);
    assertThat(tables.get(1).rows().getFirst().lookups()).isZero();
    assertThat(tables.get(1).rows().getFirst().total()).isEqualTo(1);
  }

  @Test
  void aViewWithinAViewCountsItsRowAndTheOuterOneGoesOn() {
    TopCounter counter = counter("comm");
    counter.onRow(new SampleLookup().process(1, "curl").answered().build());
    counter.endInterval(SECOND);
    ViewSpec outer = tables.getFirst().view();
    ViewSpec inner = into(outer, tables.getFirst());

    counter.show(List.of(outer, inner));
    counter.endInterval(2 * SECOND);
    counter.onRow(new SampleLookup().process(1, "curl").name("x.").answered().build());
    counter.onRow(new SampleLookup().process(2, "wget").name("y.").answered().build());
    counter.endInterval(3 * SECOND);
    counter.show(List.of(outer));
    counter.endInterval(4 * SECOND);
    counter.endInterval(5 * SECOND);

    assertThat(text(tables.get(2), 0)).contains("x.").doesNotContain("y.");
    assertThat(into(inner, tables.get(2)).by()).containsExactly(KeyColumn.NAMESERVER);
    assertThat(tables.getLast().view()).isEqualTo(outer);
    assertThat(tables.getLast().all().total()).isEqualTo(3);
  }

  @Test
  void theFilterOfAViewIsThatOfRows() {
    ViewSpec spec = ViewSpec.by(List.of(KeyColumn.NAME)).withFilter("rcode:ServFail");
    TopCounter counter = new TopCounter(spec, BY_LOOKUPS, 20, SECOND, tables::add);
    counter.onRow(new SampleLookup().answered().build());
    counter.onRow(new SampleLookup().answered(SampleLookup.SERVER, 1, Rcode.SERV_FAIL).build());
    counter.endInterval(SECOND);

    assertThat(tables.getFirst().all().lookups()).isEqualTo(1);
  }

  @Test
  void narrowTerminalsLeaveOutCountsThenCutKeys() {
    TopCounter counter = counter("name");
    String name = "a-very-long-name-of-a-service.shop.svc.cluster.local.";
    counter.onRow(new SampleLookup().name(name).answered().build());
    counter.endInterval(SECOND);

    for (int columns : List.of(60, 80, 120)) {
      assertThat(TopText.lines(tables.getFirst(), columns))
          .allMatch(line -> line.length() <= columns);
    }
    assertThat(text(tables.getFirst(), 120)).contains(name);
    assertThat(text(tables.getFirst(), 60)).contains("…").contains("NOANSWER");
    assertThat(text(tables.getFirst(), 0)).contains(name).contains("TOTAL");
  }

  @Test
  void namesAreEscaped() throws IOException {
    TopCounter counter = counter("name");
    counter.onRow(new SampleLookup().name("\u001b[2J\"\u202e.").answered().build());
    counter.endInterval(SECOND);

    assertThat(text(tables.getFirst(), 0)).contains("\\x1b[2j\"\\u202e.");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new TopJson(out).write(tables.getFirst());
    assertThat(out.toString(StandardCharsets.UTF_8))
        .startsWith("[{\"name\":\"\\u001b[2j\\\"\\u202e.\",\"lookups\":1,\"ok\":1,\"nx\":0,")
        .endsWith("\"max\":1000000,\"total\":1}]\n");
  }

  @Test
  void anAbsentKeyIsNull() throws IOException {
    TopCounter counter = counter("container,pid");
    counter.onRow(new SampleLookup().answered().build());
    counter.endInterval(SECOND);

    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new TopJson(out).write(tables.getFirst());
    assertThat(out.toString(StandardCharsets.UTF_8))
        .startsWith("[{\"container\":null,\"pid\":100,\"lookups\":1,");
    assertThat(text(tables.getFirst(), 0)).contains("\n-          100  ");
  }

  @ParameterizedTest
  @CsvSource({
    "-nx, c b a",
    "name, a b c",
    "-name, c b a",
    "'-failed,name', a b c",
    "p95, a b c",
  })
  void sorts(String order, String names) {
    TopCounter counter = counter("name");
    counter.onRow(new SampleLookup().name("a.").answered().build());
    for (int i = 0; i < 2; i++) {
      counter.onRow(
          new SampleLookup().name("b.").answered(SampleLookup.SERVER, 50, Rcode.NX_DOMAIN).build());
    }
    for (int i = 0; i < 3; i++) {
      counter.onRow(
          new SampleLookup()
              .name("c.")
              .answered(SampleLookup.SERVER, 900, Rcode.NX_DOMAIN)
              .build());
    }
    counter.setRows(SortOrder.parse(order, List.of(KeyColumn.NAME)), 20);
    counter.endInterval(SECOND);

    assertThat(tables.getFirst().rows())
        .extracting(row -> keyOf(row).text(0).replace(".", ""))
        .containsExactly(names.split(" ", -1));
  }

  @Test
  void unknownColumnsAreNamed() {
    assertThatThrownBy(() -> SortOrder.parse("-lookup", List.of(KeyColumn.NAME)))
        .isInstanceOf(UserFacingException.class)
        .hasMessageContaining("\"lookup\" is not a column of the table");
    assertThatThrownBy(() -> KeyColumn.parse("names"))
        .isInstanceOf(UserFacingException.class)
        .hasMessageContaining("\"names\" is nothing to count by");
    assertThatThrownBy(() -> KeyColumn.parse("name,")).isInstanceOf(UserFacingException.class);
    assertThat(KeyColumn.parse("POD, namespace,pod"))
        .containsExactly(KeyColumn.POD, KeyColumn.NAMESPACE);
  }

  /// The view within the first row of a table.
  private static ViewSpec into(ViewSpec view, Snapshot table) {
    return Objects.requireNonNull(view.into(keyOf(table.rows().getFirst())));
  }

  private static Key keyOf(TopRow row) {
    return Objects.requireNonNull(row.key());
  }

  private TopCounter counter(String by) {
    return new TopCounter(ViewSpec.by(KeyColumn.parse(by)), BY_LOOKUPS, 20, SECOND, tables::add);
  }

  private static String text(Snapshot table, int columns) {
    return String.join("\n", TopText.lines(table, columns)) + "\n";
  }
}
