package dev.jig.advise;

import static dev.jig.advise.FindingId.BOGUS;
import static dev.jig.advise.FindingId.CONFLICTING_ANSWERS;
import static dev.jig.advise.FindingId.EDNS_TROUBLE;
import static dev.jig.advise.FindingId.LATE_ANSWERS;
import static dev.jig.advise.FindingId.LOOP;
import static dev.jig.advise.FindingId.OVERLOADED_SERVER;
import static dev.jig.advise.FindingId.SLOW_UPSTREAM;
import static dev.jig.advise.FindingId.TCP_FALLBACK;
import static dev.jig.advise.FindingId.UNCACHED;
import static dev.jig.advise.SampleLookup.OTHER_SERVER;
import static dev.jig.advise.SampleLookup.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.advise.rules.AllRules;
import dev.jig.dns.Rcode;
import dev.jig.event.AttemptState;
import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.names.SearchLists;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the rules find that need more than one lookup's view: at their floor, and nothing just
/// below it.
final class FurtherRulesTest {
  /// `www.example.com. A 192.0.2.1`, TTL 60.
  private static final byte[] ANSWER =
      bytes(
          "000781800001000100000000"
              + "03777777076578616d706c6503636f6d0000010001"
              + "c00c000100010000003c0004c0000201");

  /// SERVFAIL for `www.example.com. A` with EDE 7, Signature Expired.
  private static final byte[] EXPIRED =
      bytes(
          "000781820001000000000001"
              + "03777777076578616d706c6503636f6d0000010001"
              + "0000290400000000000006000f00020007");

  private final Advisor advisor =
      new Advisor(AllRules.create(SearchLists.NONE, 3), SearchLists.NONE);

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private void watch(int count, IntFunction<SampleLookup> lookups) {
    for (int i = 0; i < count; i++) {
      watch(lookups.apply(i).build());
    }
  }

  private void watch(LookupRow row) {
    advisor.onRow(row, 0);
  }

  private List<Finding> findings() {
    advisor.finish();
    return advisor.findings(EnumSet.allOf(FindingId.class));
  }

  private Finding only(FindingId id) {
    List<Finding> found = findings();
    assertThat(found).extracting(Finding::id).containsExactly(id);
    return found.getFirst();
  }

  @Test
  void aFullReceiveBuffer() {
    watch(20, i -> named(i).answered());
    watch(
        3,
        i ->
            named(i).unanswered(SERVER, AttemptState.REPEATED, 5_000, "SOCKET_RCVBUFF").answered());

    Finding found = only(OVERLOADED_SERVER);

    assertThat(found.lookups()).isEqualTo(3);
    assertThat(found.of()).isEqualTo(23);
    assertThat(found.summary().getFirst()).contains("receive buffer of the server's socket");
  }

  @Test
  void twoFullReceiveBuffersAreChance() {
    watch(
        2,
        i ->
            named(i).unanswered(SERVER, AttemptState.REPEATED, 5_000, "SOCKET_RCVBUFF").answered());

    assertThat(findings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void answersAfterTheClientHasGivenUp(int late) {
    watch(late, i -> named(i).unanswered(SERVER, AttemptState.CLOSED, 500, null));
    watch(late, i -> named(i).late(SERVER, 1_000, Rcode.NO_ERROR));

    if (late < 3) {
      assertThat(findings()).isEmpty();
      return;
    }
    Finding found = only(LATE_ANSWERS);
    assertThat(found.lookups()).isEqualTo(3);
    assertThat(found.of()).isEqualTo(3);
    assertThat(found.summary().getLast()).contains("the answers came after 1.0 s");
  }

  /// musl asks all servers at once and closes its socket at the first answer.
  @Test
  void anAnswerThatLostARaceIsNotLate() {
    watch(
        10,
        i ->
            named(i)
                .unanswered(OTHER_SERVER, AttemptState.WAITING, 0, null)
                .answered(SERVER, 2, Rcode.NO_ERROR));
    watch(10, i -> named(i).late(OTHER_SERVER, 300, Rcode.NO_ERROR));

    assertThat(findings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 26})
  void answersOverTcp(int fromUdp) {
    watch(5, i -> named(i).edns(512).truncated(SERVER).tcp(SERVER, AttemptState.ANSWERED, 1, 0));
    watch(fromUdp, i -> named(100 + i).answered());

    if (fromUdp > 20) {
      assertThat(findings()).isEmpty();
      return;
    }
    Finding found = only(TCP_FALLBACK);
    assertThat(found.lookups()).isEqualTo(5);
    assertThat(found.of()).isEqualTo(25);
    assertThat(found.summary().getFirst()).endsWith("over UDP, 512 bytes.");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 800})
  void aSlowUpstream(int ms) {
    watch(
        20,
        i ->
            named(i)
                .answeredBy(9, "unbound")
                .upstream(OTHER_SERVER, ms)
                .answered(SERVER, ms + 1, Rcode.NO_ERROR));

    if (ms < 500) {
      assertThat(findings()).isEmpty();
      return;
    }
    Finding found = only(SLOW_UPSTREAM);
    assertThat(found.lookups()).isEqualTo(20);
    assertThat(found.summary().getFirst()).contains(OTHER_SERVER.toString());
  }

  @Test
  void ednsIsRejected() {
    watch(
        3,
        i ->
            named(i)
                .edns(1_232)
                .answered(SERVER, 1, Rcode.FORM_ERR)
                .edns(0)
                .answered(SERVER, 1, Rcode.NO_ERROR));

    assertThat(only(EDNS_TROUBLE).lookups()).isEqualTo(3);
  }

  @Test
  void ednsIsNeverAnswered() {
    watch(3, i -> named(i).edns(1_232).unanswered(SERVER, AttemptState.TIMEOUT, 10_000, null));
    watch(3, i -> named(i).at(20_000).answered());

    Finding found = only(EDNS_TROUBLE);

    assertThat(found.lookups()).isEqualTo(3);
    assertThat(found.of()).isEqualTo(6);
  }

  @Test
  void losesOfQueriesWithEdnsAreNone() {
    watch(3, i -> named(i).edns(1_232).unanswered(SERVER, AttemptState.TIMEOUT, 10_000, null));
    watch(3, i -> named(i).at(20_000).answered());
    watch(3, i -> named(i).at(20_000).edns(1_232).answered());

    assertThat(findings()).isEmpty();
  }

  @Test
  void aZoneFailsValidationAsTheServerSays() {
    watch(5, i -> new SampleLookup().message(EXPIRED).answered(SERVER, 9, Rcode.SERV_FAIL));

    Finding found = only(BOGUS); // and no server-failure beside it

    assertThat(found.zone()).isEqualTo("example.com.");
    assertThat(found.lookups()).isEqualTo(5);
    assertThat(found.summary()).contains("The server says: EDE 7 (Signature Expired).");
  }

  @Test
  void anotherZoneThatFailsIsNotExplained() {
    watch(5, i -> new SampleLookup().message(EXPIRED).answered(SERVER, 9, Rcode.SERV_FAIL));
    watch(40, i -> named(i).answered());
    watch(5, i -> new SampleLookup().name("x.other.test.").answered(SERVER, 9, Rcode.SERV_FAIL));

    assertThat(findings())
        .extracting(Finding::id)
        .containsExactlyInAnyOrder(BOGUS, FindingId.SERVER_FAILURE);
  }

  @Test
  void answersThatDiffer() {
    watch(20, i -> named(i).answered());
    watch(3, i -> named(i).conflicting());

    Finding found = only(CONFLICTING_ANSWERS);

    assertThat(found.lookups()).isEqualTo(3);
    assertThat(found.of()).isEqualTo(20);
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 6})
  void aNameThatIsAskedWithinItsTtl(int times) {
    watch(times, i -> new SampleLookup().at(i * 500L).message(ANSWER).answered());

    if (times < 6) {
      assertThat(findings()).isEmpty();
      return;
    }
    Finding found = only(UNCACHED);
    assertThat(found.lookups()).isEqualTo(5);
    assertThat(found.of()).isEqualTo(6);
    assertThat(found.name()).isEqualTo("www.example.com.");
  }

  @Test
  void whatExpiresOrIsAskedSeldomOrByOthersIsNotUncached() {
    watch(20, i -> new SampleLookup().at(i * 61_000L).message(ANSWER).answered());
    watch(20, i -> new SampleLookup().process(200 + i, "curl").message(ANSWER).answered());
    watch(8, i -> new SampleLookup().process(7, "slow").at(i * 7_000L).message(ANSWER).answered());

    assertThat(findings()).isEmpty();
  }

  @Test
  void twoServersAskEachOther() {
    for (int i = 0; i < 4; i++) {
      String name = "loop" + i + ".test.";
      watch(loop(name, 1, OTHER_SERVER, 2, i * 1_000L));
      watch(loop(name, 2, SERVER, 1, i * 1_000L + 1));
    }

    Finding found = only(LOOP);

    assertThat(found.lookups()).isEqualTo(3); // the first only makes both processes known
    assertThat(found.nameserver()).isEqualTo(SERVER);
  }

  /// One after the other is no loop.
  @Test
  void aServerThatAsksAnotherIsNoLoop() {
    for (int i = 0; i < 6; i++) {
      watch(loop("a" + i + ".test.", 1, OTHER_SERVER, 2, i * 1_000L));
      watch(loop("b" + i + ".test.", 2, SERVER, 1, i * 1_000L + 500));
    }

    assertThat(findings()).isEmpty();
  }

  private static LookupRow loop(String name, int pid, IpAddress to, int toPid, long ms) {
    return new SampleLookup()
        .at(ms)
        .process(pid, "dnsmasq")
        .name(name)
        .answeredBy(toPid, "dnsmasq")
        .unanswered(to, AttemptState.CLOSED, 100, null)
        .build();
  }

  /// A lookup of a name of its own.
  private static SampleLookup named(int i) {
    return new SampleLookup().name("n" + i + ".example.com.");
  }
}
