package dev.jig.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.event.Cause;
import dev.jig.event.EndpointName;
import dev.jig.event.EndpointNames;
import dev.jig.event.Owner;
import dev.jig.event.Qr;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import dev.jig.event.State;
import dev.jig.event.UserFacingException;
import dev.jig.fields.Field;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FilterExpressionTest {
  /// pid 38797, comm isc-net-0000, uid 0; NoError after 18.25ms with two addresses.
  private static final Row RESPONSE = SampleEvents.response().build();

  /// The same process; neither rcode nor latency nor addresses.
  private static final Row QUERY = SampleEvents.query().build();

  /// Without owner.
  private static final Row OWNERLESS = SampleEvents.query().with(e -> e.owner = null).build();

  @ParameterizedTest
  @CsvSource({
    "name:example.org., true",
    "name:EXAMPLE.org., true",
    "name:other.org., false",
    "'name:example.org.,name:other.org.', false",
    "'name:example.org.,name:~other', true",
  })
  void knowsBeforeThereIsARowWhichNamesCannotPass(String filter, boolean mayPass) {
    assertThat(FilterExpression.parse(List.of(filter)).nameFilter())
        .isNotNull()
        .satisfies(names -> assertThat(names.test("example.org.")).isEqualTo(mayPass));
  }

  @ParameterizedTest
  @CsvSource({
    "0, ANSWERED, false", // NoError
    "3, ANSWERED, false", // NXDomain
    "2, ANSWERED, true", // ServFail
    "5, ANSWERED, true", // Refused
    "23, ORPHAN, true",
    "0, ORPHAN, false",
    "0, LATE, true",
    "0, DUPLICATE, false",
    "0, CONFLICTING, true",
  })
  void failedChoosesFailuresOfServers(int rcode, State state, boolean passes) {
    Row response =
        SampleEvents.response()
            .with(it -> {
              it.rcode = rcode;
              it.state = state;
            })
            .build();

    assertThat(FilterExpression.parse(List.of("failed")).test(response)).isEqualTo(passes);
    assertThat(FilterExpression.parse(List.of("Failed,id:3c1f")).test(response)).isEqualTo(passes);
  }

  @Test
  void failedChoosesUnansweredQueriesAndNoOthers() {
    FilterExpression failed = FilterExpression.parse(List.of("failed"));

    assertThat(failed.test(QUERY)).isFalse();
    assertThat(failed.test(unanswered(State.TIMEOUT))).isTrue();
    assertThat(failed.test(unanswered(State.CLOSED))).isTrue();
  }

  private static Row unanswered(State state) {
    return SampleEvents.query()
        .with(it -> {
          it.qr = Qr.T;
          it.state = state;
        })
        .build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"name:!example.org.", "name:~other", "name:>x", "qr:R", ""})
  void namesDoNotDecideUnlessARuleRequiresOne(String filter) {
    assertThat(FilterExpression.parse(List.of(filter)).nameFilter()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          nameserverEndpoint:s/kube-system/kube-dns, true
          nameserverEndpoint:!s/kube-system/kube-dns, false
          dstEndpoint~^s/kube-system/, true
          srcEndpoint:p/demo/mypod, true
          srcEndpoint:, false
          # cells show names in place of addresses; filters compare addresses
          nameserver:198.51.100.4, true
          nameserver:s/kube-system/kube-dns, false
          """)
  void comparesEndpointsByTheirNames(String filter, boolean passes) {
    EndpointName service = new EndpointName(EndpointName.Kind.SERVICE, "kube-system", "kube-dns");
    EndpointName pod = new EndpointName(EndpointName.Kind.POD, "demo", "mypod");
    Row event = QUERY.withFlow(QUERY.flow().withNames(new EndpointNames(pod, service, service)));

    assertThat(FilterExpression.parse(List.of(filter)).test(event)).isEqualTo(passes);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # equals: names, closed sets and columns without regard to letter case, other text exactly
          rcode:NoError, true
          RCODE:NoError, true
          rcode:noerror, true
          rcode:RCODE0, true
          rcode:RCODE23, false
          qr:r, true
          type:host, true
          qtype:aaaa, false
          qtype:TYPE65280, false
          proto:udp, true
          state:Answered, true
          attribution:EXACT, true
          comm:ISC-net-0000, false
          name:example.org., true
          name:example.org, true
          name:EXAMPLE.Org, true
          name:xample.org, false
          name:!EXAMPLE.Org, false
          name:~EXAMPLE, false
          rcode:~noerror, false
          pid:38797, true
          pid:3879, false
          qr:R, true
          id:3c1f, true
          runtime.containerName:test-trace-dns, true
          latency:18.25ms, true
          latency:18250000, true
          srcIP:198.51.100.4, true
          uid:0, true
          state:answered, true
          attribution:exact, true
          timestamp:1706961906123456789, true
          timestamp:2024-02-03T12:05:06.123456789Z, true
          k8s.hostnetwork:true, false
          # not equal
          rcode:!NoError, false
          rcode:!NXDomain, true
          pid:!1, true
          # order: numbers, durations, text
          pid:>38796, true
          pid:>38797, false
          pid:>=38797, true
          pid:<38798, true
          pid:<38797, false
          pid:<=38797, true
          pid:>9, true
          latency:>10ms, true
          latency:>18.25ms, false
          latency:>=18.25ms, true
          latency:<1s, true
          latency:<=18ms, false
          comm:>isc, true
          comm:<isc, false
          comm:>=isc-net-0000, true
          comm:<=isc-net-0000, true
          # regular expression, unanchored
          name:~ample, true
          name:~^ample, false
          name:~^example\\.(org|net)\\.$, true
          addresses:~104, true
          addresses:~:68$, true
          pid:~^38, true
          latency:~ms, true
          # ! before any operator negates
          name:!~ample, false
          name:!~nothing, true
          pid:!>38796, false
          pid:!>=38798, true
          pid:!<5, true
          pid:!<=5, true
          # the symbol syntax
          rcode==NoError, true
          rcode==noerror, true
          RCODE==NoError, true
          rcode!=NoError, false
          rcode!=NXDomain, true
          pid>=38797, true
          pid>38797, false
          pid>38796, true
          pid<=38797, true
          pid<38797, false
          name~ample, true
          name!~ample, false
          latency>10ms, true
          latency<=10ms, false
          pid!>38796, false
          # split at the first operator
          addresses:~2001:db8::68, true
          name:!=x, true
          name==a:b, false
          name~:|org, true
          # comma: all rules must hold; \\, is a comma
          'pid:38797,rcode:NoError', true
          'pid:38797,rcode:NXDomain', false
          'pid:38797, rcode==NoError', true
          'addresses:192.0.2.104\\,2001:db8::68', true
          'addresses:~104\\,2001', true
          'name:~x{0\\,2}ample', true
          """)
  void filtersAResponse(String expression, boolean holds) {
    assertThat(FilterExpression.parse(List.of(expression)).test(RESPONSE)).isEqualTo(holds);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          latency:>10ms, false
          latency:<10ms, false
          latency:0s, false
          latency:!10ms, true
          latency!=10ms, true
          latency:!>10ms, true
          rcode:NoError, false
          rcode:!NoError, true
          rcode:, true
          rcode:!, false
          rcode:>A, false
          rcode:<Z, false
          rcode:~^$, true
          rcode:~o, false
          rcode:!~o, true
          addresses:, true
          numAnswers:0, true
          """)
  void comparesAbsentValuesAsDocumented(String expression, boolean holds) {
    assertThat(FilterExpression.parse(List.of(expression)).test(QUERY)).isEqualTo(holds);
  }

  /// With the text `port closed`.
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          cause:port closed, true
          cause:Port Closed, true
          cause==PORT CLOSED, true
          cause:ICMP_PORT_UNREACH, true
          cause:icmp_port_unreach, true
          cause:icmp_port, false
          cause:port, false
          cause:NO_SOCKET, false
          cause:any text, false
          cause:!port closed, false
          cause:!icmp_port_unreach, false
          cause!=no_socket, true
          cause:, false
          cause:!, true
          cause:~closed, true
          cause:~^ICMP_, true
          cause~icmp, false
          cause:~Closed, false
          cause:!~closed, false
          cause:!~ICMP, false
          cause!~netfilter, true
          cause:~^$, false
          cause:>port, true
          cause:<a, false
          """)
  void comparesACauseByTextAndReason(String expression, boolean holds) {
    Row row =
        SampleEvents.query()
            .with(it -> {
              it.qr = Qr.T;
              it.state = State.CLOSED;
              it.cause = new Cause("ICMP_PORT_UNREACH", Cause.Place.SERVER);
            })
            .build();

    assertThat(FilterExpression.parse(List.of(expression)).test(row)).isEqualTo(holds);
  }

  @ParameterizedTest
  @CsvSource({
    "cause:, true",
    "cause:!, false",
    "cause==, true",
    "cause:port closed, false",
    "cause:!port closed, true",
    "cause:>a, false",
    "cause:<z, false",
    "cause:!>a, true",
    "cause:~^$, true",
    "cause:~o, false",
    "cause:!~o, true",
  })
  void comparesAnAbsentCauseAsEmptyText(String expression, boolean holds) {
    assertThat(FilterExpression.parse(List.of(expression)).test(QUERY)).isEqualTo(holds);
    assertThat(FilterExpression.parse(List.of(expression)).test(RESPONSE)).isEqualTo(holds);
  }

  @Test
  void distinguishesAnUnknownProcessFromNumberZero() {
    assertThat(FilterExpression.parse(List.of("uid:0")).test(OWNERLESS)).isFalse();
    assertThat(FilterExpression.parse(List.of("pid:<5")).test(OWNERLESS)).isFalse();
    assertThat(FilterExpression.parse(List.of("comm:")).test(OWNERLESS)).isTrue();
  }

  @Test
  void requiresAllRulesOfAllExpressions() {
    assertThat(FilterExpression.parse(List.of("pid:38797", "qr:R")).test(RESPONSE)).isTrue();
    assertThat(FilterExpression.parse(List.of("pid:38797", "qr:Q")).test(RESPONSE)).isFalse();
  }

  @Test
  void passesEveryEventWithoutRules() {
    assertThat(FilterExpression.parse(List.of()).test(QUERY)).isTrue();
    assertThat(FilterExpression.parse(List.of("")).test(QUERY)).isTrue();
  }

  @Test
  void listsTheComparedFields() {
    assertThat(FilterExpression.parse(List.of("pid:1,k8s.podName:~x")).fields())
        .containsExactlyInAnyOrder(Field.PID, Field.POD);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nmae:x         | There is no column "nmae".
          pid            | The filter "pid" has no operator.
          pid=1          | The filter "pid=1" has an unknown operator.
          pid:abc        | "abc" is not a whole number, which pid requires.
          pid:           | "" is not a whole number, which pid requires.
          pid:>1.5       | "1.5" is not a whole number, which pid requires.
          pid>99999999999999999999 | "99999999999999999999" is not a whole number, which pid requires.
          latency:>fast  | "fast" is not a duration.
          latency:>99999999999999999999 | "99999999999999999999" exceeds the longest duration, 9223372036854775807ns.
          timestamp:>noon | "noon" is not a timestamp.
          k8s.hostnetwork:yes | "yes" is neither true nor false, which k8s.hostnetwork requires.
          rcode:FooBar   | "FooBar" is not a value of rcode.
          rcode:RCODE4096 | "RCODE4096" is not a value of rcode.
          rcode:!FooBar  | "FooBar" is not a value of rcode.
          qtype==AAAAA   | "AAAAA" is not a value of qtype.
          qtype:TYPE65536 | "TYPE65536" is not a value of qtype.
          qr:X           | "X" is not a value of qr.
          type:INCOMING  | "INCOMING" is not a value of type.
          proto:DTLS     | "DTLS" is not a value of proto.
          state:anwsered | "anwsered" is not a value of state.
          attribution:x  | "x" is not a value of attribution.
          twin:lost      | "lost" is not a value of twin.
          name:~(a       | "(a" is not a valid regular expression: missing closing ).
          name:~(?=a)    | "(?=a)" is not a valid regular expression: invalid or unsupported Perl syntax.
          'pid:1,'       | The filter "pid:1," contains an empty rule.
          """)
  void rejectsInvalidRulesAndNamesTheValue(String expression, String sentence) {
    assertThatThrownBy(() -> FilterExpression.parse(List.of(expression)))
        .isInstanceOfSatisfying(
            UserFacingException.class,
            e -> {
              assertThat(e.sentence()).isEqualTo(sentence);
              assertThat(e.hint()).isNotBlank();
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          state:anwsered | Did you mean answered?
          rcode:NXDOMIAN | Did you mean NXDomain or YXDomain?
          qr:X           | The values are Q, R, T.
          qtype:ALIAS1   | The values are A, NS, MD, MF, CNAME, SOA, MB, MG, MR, NULL, WKS, PTR, …, or TYPE and a number.
          """)
  void helpsWithAValueThatAClosedSetDoesNotHave(String expression, String hint) {
    assertThatThrownBy(() -> FilterExpression.parse(List.of(expression)))
        .isInstanceOfSatisfying(
            UserFacingException.class, e -> assertThat(e.hint()).isEqualTo(hint));
  }

  @ParameterizedTest
  @CsvSource({
    "a, a.",
    "a., a.",
    "., .",
    "a\\., a\\..",
    "a\\\\., a\\\\.",
  })
  void addsTheFinalDotOfANameUnlessItHasOne(String name, String absolute) {
    assertThat(Comparison.absoluteName(name)).isEqualTo(absolute);
  }

  @Test
  void matchesACatastrophicExpressionInLinearTime() {
    FilterExpression filter = FilterExpression.parse(List.of("cwd:~^(a+)+$"));
    Row event =
        SampleEvents.query()
            .with(e -> e.owner = SampleEvents.owner("sh").withPaths(paths("a".repeat(5000) + "!")))
            .build();

    long started = System.nanoTime();
    boolean holds = filter.test(event);

    assertThat(holds).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(5));
  }

  private static Owner.Paths paths(String cwd) {
    return new Owner.Paths(null, cwd);
  }
}
