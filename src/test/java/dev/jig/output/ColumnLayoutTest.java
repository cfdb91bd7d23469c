package dev.jig.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.Container;
import dev.jig.event.Container.Pod;
import dev.jig.event.Question;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import dev.jig.fields.Field;
import dev.jig.fields.Field.ColumnSet;
import dev.jig.fields.Fields;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows compared byte by byte with the output of Inspektor Gadget's formatter; `|` marks the end.
final class ColumnLayoutTest {
  private static final List<Field> IG = Fields.columnsOf(Set.of(ColumnSet.IG));
  private static final List<Field> KUBECTL = Fields.columnsOf(Set.of(ColumnSet.KUBECTL));
  private static final Question QUESTION = new Question("inspektor-gadget.io.", 1);
  private static final Row QUERY =
      SampleEvents.query().with(event -> event.question = QUESTION).build();
  private static final Row RESPONSE =
      SampleEvents.response().with(event -> event.question = QUESTION).build();

  @Test
  void fits80Cells() {
    assertThat(table(ColumnLayout.forTerminal(IG, 80), QUERY, RESPONSE))
        .isEqualTo(
            """
            RUNTIME.CONT… PID     TID     COMM   QR TYPE    QTYPE  NAME         RCODE    NU…|
            test-trace-d… 38797   38798   isc-n… Q  OUTGOI… A      inspektor-g…          0  |
            test-trace-d… 38797   38798   isc-n… R  HOST    A      inspektor-g… NoError  2  |
            """);
  }

  @Test
  void fits120Cells() {
    assertThat(table(ColumnLayout.forTerminal(IG, 120), RESPONSE))
        .isEqualTo(
            """
            RUNTIME.CONTAINERNAME PID         TID         COMM        QR TYPE      QTYPE       NAME                 RCODE      NUMA…|
            test-trace-dns        38797       38798       isc-net-00… R  HOST      A           inspektor-gadget.io. NoError    2    |
            """);
  }

  @Test
  void fits171Cells() {
    assertThat(table(ColumnLayout.forTerminal(IG, 171), RESPONSE))
        .isEqualTo(
            """
            RUNTIME.CONTAINERNAME                   PID        TID        COMM             QR TYPE      QTYPE      NAME                                   RCODE                NUMANSW…|
            test-trace-dns                          38797      38798      isc-net-0000     R  HOST      A          inspektor-gadget.io.                   NoError              2       |
            """);
  }

  @Test
  void fitsKubectlInto169Cells() {
    assertThat(ColumnLayout.forTerminal(KUBECTL, 169).header())
        .hasSize(169)
        .isEqualTo(
            "K8S.NODE             K8S.NAMESPACE        K8S.POD              PID         TID       "
                + "  COMM        QR NAMESERVER      TYPE      QTYPE      NAME                RCODE "
                + "    ");
  }

  @Test
  void usesConfiguredWidthsWithoutTerminal() {
    assertThat(table(ColumnLayout.configured(IG), RESPONSE))
        .isEqualTo(
            """
            RUNTIME.CONTAINERNAME          PID              TID              COMM             QR TYPE             QTYPE            NAME                           RCODE            NUMANSW…|
            test-trace-dns                 38797            38798            isc-net-0000     R  HOST             A                inspektor-gadget.io.           NoError          2       |
            """);
  }

  /// Columns pinned in a round use the shares of that round: at these widths it makes a difference.
  @Test
  void pinsAllColumnsOfARoundTogether() {
    assertThat(ColumnLayout.forTerminal(KUBECTL, 161).header())
        .endsWith("QR NAMESERVER      TYPE      QTYPE      NAME               RCODE    ");
  }

  @Test
  void recomputesWidthsAfterAResize() {
    ColumnLayout layout = ColumnLayout.forTerminal(IG, 171);

    layout.resize(80);

    assertThat(layout.row(RESPONSE))
        .isEqualTo(ColumnLayout.forTerminal(IG, 80).row(RESPONSE))
        .hasSize(80);
  }

  @Test
  void formatsTheSameRowsAfterResizingBack() {
    ColumnLayout layout = ColumnLayout.forTerminal(IG, 171);
    String before = layout.row(RESPONSE);

    layout.resize(20);
    layout.resize(171);

    assertThat(layout.row(RESPONSE)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 20, 48})
  void exceedsATerminalNarrowerThanTheMinimum(int width) {
    assertThat(ColumnLayout.forTerminal(IG, width).cells()).isEqualTo(49);
    assertThat(ColumnLayout.forTerminal(IG, width).row(RESPONSE)).hasSize(49);
  }

  @Test
  void fitsWhereAColumnIsPinnedAtItsMaximum() {
    List<Field> fields = List.of(Field.PROTOCOL, Field.SOURCE_IP);

    assertThat(ColumnLayout.forTerminal(fields, 18).header()).isEqualTo("P… SRCIP          ");
    assertThat(ColumnLayout.forTerminal(fields, 19).header()).hasSize(19);
  }

  @Test
  void doesNotScaleFixedColumns() {
    List<Field> fixed = List.of(Field.RUNTIME_NAME, Field.ID, Field.QR);

    assertThat(ColumnLayout.forTerminal(fixed, 300).header())
        .isEqualTo("RUNTIME.RUNTIMENAME ID   QR");
  }

  @Test
  void cutsPodAndNodeNamesInTheMiddle() {
    Row event =
        SampleEvents.query()
            .with(e -> {
              e.node = "minikube";
              e.container = pod("deployment-7d4f5-x2x1z");
            })
            .build();

    assertThat(ColumnLayout.forTerminal(List.of(Field.NODE, Field.POD), 15).row(event))
        .isEqualTo("min…ube dep…x1z");
    assertThat(ColumnLayout.forTerminal(List.of(Field.NODE, Field.POD), 17).row(event))
        .isEqualTo("minikube depl…x1z");
  }

  @Test
  void showsBlanksForAnUnknownProcess() {
    Row event = SampleEvents.query().with(e -> e.owner = null).build();

    assertThat(ColumnLayout.configured(List.of(Field.PID, Field.COMM, Field.UID)).row(event))
        .isBlank()
        .hasSize(50);
  }

  @Test
  void showsLatencyAndAddressesInTheWideTable() {
    List<Field> wide = List.of(Field.NAMESERVER, Field.LATENCY, Field.ADDRESSES);

    assertThat(ColumnLayout.configured(wide).row(RESPONSE))
        .isEqualTo("198.51.100.4     18.25ms          192.0.2.104,2001:db8::68        ");
    assertThat(ColumnLayout.configured(wide).row(QUERY))
        .isEqualTo("198.51.100.4                                                      ");
  }

  private static String table(ColumnLayout layout, Row... events) {
    StringBuilder text = new StringBuilder(layout.header()).append("|\n");
    for (Row event : events) {
      text.append(layout.row(event)).append("|\n");
    }
    return text.toString();
  }

  private static Container pod(String name) {
    Pod pod = new Pod("default", name, null, Map.of(), "main", false);
    return new Container("containerd", "b176", "main", null, null, Map.of(), pod);
  }
}
