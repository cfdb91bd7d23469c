package dev.jig.fields;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.event.Cause;
import dev.jig.event.Container;
import dev.jig.event.Container.Pod;
import dev.jig.event.Dns;
import dev.jig.event.Endpoint;
import dev.jig.event.Flags;
import dev.jig.event.Flow;
import dev.jig.event.IpAddress;
import dev.jig.event.Lookup;
import dev.jig.event.Owner;
import dev.jig.event.Protocol;
import dev.jig.event.Question;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import dev.jig.event.State;
import dev.jig.event.Subject;
import dev.jig.event.Timeout;
import dev.jig.event.UserFacingException;
import dev.jig.fields.Field.ColumnSet;
import dev.jig.fields.Width.Ellipsis;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FieldTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Owner OWNER =
      new Owner(
          38797,
          38798,
          1000,
          4294967294L,
          "isc-net-0000",
          38700,
          "sh",
          4026533000L,
          4026533005L,
          77,
          new Owner.Paths("/usr/bin/dig", "/root"));
  private static final Container CONTAINER =
      new Container(
          "containerd",
          "b176",
          "web",
          "example/web:1",
          "sha256:17",
          Map.of(),
          new Pod("shop", "web-0", "u1", Map.of("b", "2", "a", "1"), "main", true));
  private static final Row EVENT =
      SampleEvents.response()
          .with(event -> {
            event.owner = OWNER;
            event.container = CONTAINER;
            event.node = "node-1";
          })
          .build();
  private static final Row EMPTY =
      new Timeout(
          0,
          Subject.UNKNOWN,
          new Flow(
              new Endpoint(IpAddress.v4(0), 0),
              new Endpoint(IpAddress.v4(0), 0),
              Protocol.TCP,
              null,
              null),
          Dns.ofQuestion(0x1f, null),
          State.TIMEOUT,
          null,
          null);

  /// The table of columns: width, min and max are 0 where there is none.
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          runtime.runtimeName, 19, 0, 0, fixed
          runtime.containerId, 13, 0, 64, ''
          runtime.containerName, 30, 0, 0, ''
          runtime.containerImageName, 16, 0, 0, ''
          runtime.containerImageDigest, 16, 0, 0, ''
          k8s.node, 30, 0, 0, middle
          k8s.namespace, 30, 0, 0, ''
          k8s.pod, 30, 0, 0, middle
          k8s.podName, 30, 0, 0, middle
          k8s.container, 30, 0, 0, ''
          k8s.containerName, 30, 0, 0, ''
          k8s.labels, 16, 0, 0, ''
          k8s.hostnetwork, 16, 0, 5, ''
          timestamp, 35, 0, 35, ''
          mntns, 12, 0, 20, ''
          netns, 12, 0, 20, ''
          pid, 16, 7, 10, ''
          tid, 16, 7, 10, ''
          comm, 16, 0, 16, ''
          ppid, 16, 7, 10, ''
          pcomm, 16, 0, 16, ''
          uid, 16, 8, 10, ''
          gid, 16, 8, 10, ''
          cwd, 40, 0, 0, ''
          exepath, 40, 0, 0, ''
          srcIP, 16, 15, 45, ''
          dstIP, 16, 15, 45, ''
          srcPort, 16, 5, 5, ''
          dstPort, 16, 5, 5, ''
          proto, 16, 0, 5, ''
          id, 4, 0, 0, fixed
          qr, 2, 0, 0, fixed
          nameserver, 16, 15, 45, ''
          type, 16, 7, 9, ''
          qtype, 16, 5, 10, ''
          name, 30, 0, 0, ''
          rcode, 16, 8, 0, ''
          latency, 16, 0, 20, ''
          numAnswers, 8, 0, 8, ''
          addresses, 32, 0, 0, ''
          cause, 24, 0, 0, ''
          """)
  void hasTheDocumentedWidth(String column, int width, int min, int max, String note) {
    assertThat(Fields.parse(column).width())
        .isEqualTo(
            new Width(
                width,
                min,
                max,
                note.equals("fixed"),
                note.equals("middle") ? Ellipsis.MIDDLE : Ellipsis.END));
  }

  /// The cell text with all parts present, and with none.
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          runtime.runtimeName, containerd,
          runtime.containerId, b176,
          runtime.containerName, web,
          runtime.containerImageName, example/web:1,
          runtime.containerImageDigest, sha256:17,
          k8s.node, node-1,
          k8s.namespace, shop,
          k8s.pod, web-0,
          k8s.container, main,
          k8s.labels, 'a=1,b=2',
          k8s.hostnetwork, true,
          mntns, 4026533000,
          netns, 4026533005,
          pid, 38797,
          tid, 38798,
          comm, isc-net-0000,
          ppid, 38700,
          pcomm, sh,
          uid, 1000,
          gid, 4294967294,
          cwd, /root,
          exepath, /usr/bin/dig,
          srcIP, 198.51.100.4, 0.0.0.0
          dstIP, 192.0.2.2, 0.0.0.0
          srcPort, 53, 0
          dstPort, 43210, 0
          proto, UDP, TCP
          id, 3c1f, 001f
          qr, R, T
          nameserver, 198.51.100.4,
          type, HOST,
          qtype, A,
          name, example.org.,
          rcode, NoError,
          latency, 18.25ms,
          numAnswers, 2, 0
          addresses, '192.0.2.104,2001:db8::68',
          flags, 'rd,ra',
          state, answered, timeout
          cause, ,
          attribution, exact, unknown
          """)
  void readsPresentValuesAndReturnsNullForAbsentOnes(String column, String full, String empty) {
    FieldValue value = Fields.parse(column).value();

    assertThat(value.text(EVENT)).isEqualTo(full);
    assertThat(value.text(EMPTY)).isEqualTo(empty);
  }

  @ParameterizedTest
  @CsvSource({"1, A", "255, ANY", "65280, TYPE65280"})
  void showsQueryTypesAsMnemonics(int qtype, String text) {
    Row event =
        SampleEvents.query().with(e -> e.question = new Question("example.org.", qtype)).build();

    assertThat(Field.QTYPE.value().text(event)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0, NoError", "3, NXDomain", "16, BADVERS", "23, RCODE23"})
  void showsResponseCodesAsMnemonics(int rcode, String text) {
    Row event = SampleEvents.response().with(e -> e.rcode = rcode).build();

    assertThat(Field.RCODE.value().text(event)).isEqualTo(text);
  }

  @Test
  void showsTheDocumentedColumnsByDefault() {
    assertThat(Fields.columnsOf(Set.of(ColumnSet.IG)))
        .extracting(Field::column)
        .containsExactly(
            "runtime.containerName",
            "pid",
            "tid",
            "comm",
            "qr",
            "type",
            "qtype",
            "name",
            "rcode",
            "numAnswers");
    assertThat(Fields.columnsOf(Set.of(ColumnSet.KUBECTL)))
        .extracting(Field::column)
        .containsExactly(
            "k8s.node",
            "k8s.namespace",
            "k8s.pod",
            "pid",
            "tid",
            "comm",
            "qr",
            "nameserver",
            "type",
            "qtype",
            "name",
            "rcode");
  }

  @Test
  void showsPathAndWideColumnsInCatalogueOrder() {
    assertThat(Fields.columnsOf(Set.of(ColumnSet.IG, ColumnSet.PATHS, ColumnSet.WIDE)))
        .extracting(Field::column)
        .containsExactly(
            "runtime.containerName",
            "pid",
            "tid",
            "comm",
            "cwd",
            "exepath",
            "qr",
            "nameserver",
            "type",
            "qtype",
            "name",
            "rcode",
            "latency",
            "numAnswers",
            "addresses",
            "cause");
  }

  @Test
  void showsTheCauseBehindAllOtherWideColumns() {
    assertThat(
            Fields.columnsOf(
                Set.of(ColumnSet.IG, ColumnSet.WIDE, ColumnSet.LOOKUPS, ColumnSet.WIDE_LOOKUPS)))
        .endsWith(
            Field.ADDRESSES,
            Field.STATE,
            Field.TRIES,
            Field.ATTEMPTS,
            Field.TWIN,
            Field.PAIR_LATENCY,
            Field.CAUSE);
    assertThat(Fields.columnsOf(Set.of(ColumnSet.CAPTURE, ColumnSet.WIDE, ColumnSet.PATHS)))
        .startsWith(Field.SOURCE_IP)
        .endsWith(Field.CAUSE);
    assertThat(Fields.columnsOf(Set.of(ColumnSet.KUBECTL, ColumnSet.WIDE))).endsWith(Field.CAUSE);
    assertThat(Fields.columnsOf(Set.of(ColumnSet.IG, ColumnSet.LOOKUPS, ColumnSet.PATHS)))
        .doesNotContain(Field.CAUSE);
  }

  @ParameterizedTest
  @CsvSource({
    "NETFILTER_DROP, dropped by netfilter",
    "ECONNREFUSED, port closed",
    "UDP_CSUM, dropped: UDP_CSUM",
  })
  void showsTheCauseAsText(String reason, String text) {
    Row row =
        SampleEvents.query().with(it -> it.cause = new Cause(reason, Cause.Place.PATH)).build();

    assertThat(Field.CAUSE.value().text(row)).isEqualTo(text);
  }

  @Test
  void showsTheCauseOfAnAttemptBehindItsDuration() {
    Cause dropped = new Cause("NETFILTER_DROP", Cause.Place.CLIENT);
    Cause full = new Cause("SOCKET_RCVBUFF", Cause.Place.SERVER);
    List<Attempt> attempts =
        List.of(
            new Attempt(1, Protocol.UDP, null, 1, AttemptState.TIMEOUT, dropped, SECOND, null, 0),
            new Attempt(2, Protocol.UDP, null, 2, AttemptState.WAITING, full, 0, null, 0),
            new Attempt(3, Protocol.UDP, null, 3, AttemptState.ANSWERED, null, SECOND, 0, 1));
    Row row =
        SampleEvents.response()
            .with(it -> it.lookup = new Lookup(3, attempts, null, null, null))
            .build();

    assertThat(Field.ATTEMPTS.value().text(row))
        .isEqualTo(
            "UDP timeout 1s (dropped by netfilter), UDP waiting (receive buffer full),"
                + " UDP answered 1s");
  }

  @Test
  void findsColumnsIgnoringCase() {
    assertThat(Fields.parse("RUNTIME.CONTAINERNAME")).isEqualTo(Field.CONTAINER_NAME);
  }

  @Test
  void suggestsSimilarColumnsForAMisspelledOne() {
    assertThatThrownBy(() -> Fields.parse("nameserv"))
        .isInstanceOfSatisfying(
            UserFacingException.class,
            e -> {
              assertThat(e.sentence()).isEqualTo("There is no column \"nameserv\".");
              assertThat(e.hint()).isEqualTo("Did you mean nameserver?");
            });
  }

  @Test
  void listsAllColumnsWhereNoneIsSimilar() {
    assertThatThrownBy(() -> Fields.parse("zzzzzz"))
        .isInstanceOfSatisfying(
            UserFacingException.class,
            e -> assertThat(e.hint()).contains("runtime.containerName", "addresses"));
  }

  @Test
  void listsFlagsInHeaderOrder() {
    assertThat(Flags.of(true, true, true, true, true, true).names())
        .containsExactly("aa", "tc", "rd", "ra", "ad", "cd");
    assertThat(Flags.of(false, true, false, false, false, true).names())
        .containsExactly("tc", "cd");
  }
}
