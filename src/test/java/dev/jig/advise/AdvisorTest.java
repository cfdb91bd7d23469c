package dev.jig.advise;

import static dev.jig.advise.FindingId.BLOCKED;
import static dev.jig.advise.FindingId.DEAD_NAMESERVER;
import static dev.jig.advise.FindingId.LOST_TWIN;
import static dev.jig.advise.FindingId.NO_SUCH_NAME;
import static dev.jig.advise.FindingId.PORT_CLOSED;
import static dev.jig.advise.FindingId.REFUSED_BY_SERVER;
import static dev.jig.advise.FindingId.SEARCH_PATH;
import static dev.jig.advise.FindingId.SERVER_FAILURE;
import static dev.jig.advise.FindingId.SLOW_SERVER;
import static dev.jig.advise.FindingId.TCP_BLOCKED;
import static dev.jig.advise.FindingId.TCP_FALLBACK;
import static dev.jig.advise.FindingId.UNANSWERED;
import static dev.jig.advise.FindingId.UNREACHABLE;
import static dev.jig.advise.SampleLookup.OTHER_SERVER;
import static dev.jig.advise.SampleLookup.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.advise.rules.AllRules;
import dev.jig.dns.Rcode;
import dev.jig.event.AttemptState;
import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.State;
import dev.jig.names.SearchLists;
import java.util.EnumSet;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What rules find: at their floor, and nothing just below it.
final class AdvisorTest {
  private final Advisor advisor =
      new Advisor(AllRules.create(SearchLists.NONE, 3), SearchLists.NONE);

  private void watch(LookupRow... rows) {
    for (LookupRow row : rows) {
      advisor.onRow(row, 0);
    }
  }

  private void watch(int count, IntFunction<SampleLookup> lookups) {
    for (int i = 0; i < count; i++) {
      watch(lookups.apply(i).build());
    }
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

  private void watchPair(boolean lost) {
    watch(new SampleLookup().twin(State.ANSWERED).answered().build());
    SampleLookup second = new SampleLookup().aaaa().twin(State.ANSWERED);
    if (lost) {
      second.unanswered(SERVER, AttemptState.REPEATED, 5_000, "NETFILTER_DROP");
    }
    watch(second.answered().build());
  }

  @Test
  void threeLostTwins() {
    for (int i = 0; i < 300; i++) {
      watchPair(i % 100 == 0);
    }

    Finding found = only(LOST_TWIN);

    assertThat(found.lookups()).isEqualTo(3);
    assertThat(found.of()).isEqualTo(300);
    assertThat(found.evidence().waitedNs()).isEqualTo(15_000_000_000L);
    assertThat(found.nameserver()).isEqualTo(SERVER);
    assertThat(found.summary().getFirst())
        .isEqualTo(
            "3 of 300 pairs of A and AAAA lost one: each cost the application 5.0 s, 15.0 s in"
                + " all.");
  }

  @ParameterizedTest
  @CsvSource({"2, 20", "3, 400"})
  void fewLostTwinsAreNone(int lost, int pairs) {
    for (int i = 0; i < pairs; i++) {
      watchPair(i < lost);
    }

    assertThat(findings()).isEmpty();
  }

  @Test
  void aTwinThatIsGivenUpAtOnceIsNotLost() {
    for (int i = 0; i < 10; i++) {
      watch(
          new SampleLookup().twin(State.CLOSED).answered().build(),
          new SampleLookup()
              .aaaa()
              .twin(State.ANSWERED)
              .unanswered(SERVER, AttemptState.CLOSED, 2, null)
              .build());
    }

    assertThat(findings()).isEmpty();
  }

  @Test
  void aServerThatNeverAnswers() {
    watch(5, i -> new SampleLookup().at(i).unanswered(SERVER, AttemptState.TIMEOUT, 10_000, null));

    Finding found = only(UNANSWERED);

    assertThat(found.lookups()).isEqualTo(5);
    assertThat(found.evidence().waitedNs()).isEqualTo(50_000_000_000L);
  }

  @Test
  void fourTimeoutsAreNone() {
    watch(4, i -> new SampleLookup().unanswered(SERVER, AttemptState.TIMEOUT, 10_000, null));

    assertThat(findings()).isEmpty();
  }

  @Test
  void aServerThatHasStoppedAnswering() {
    watch(50, i -> new SampleLookup().at(i).answered());
    watch(
        6,
        i -> new SampleLookup().at(100 + i).unanswered(SERVER, AttemptState.TIMEOUT, 10_000, null));

    Finding found = only(UNANSWERED);

    assertThat(found.lookups()).isEqualTo(6);
    assertThat(found.summary().getFirst()).contains("none of the last 6 lookups", "answered 50");
  }

  @Test
  void timeoutsBetweenAnswersAreNone() {
    watch(
        60,
        i ->
            i % 10 == 5
                ? new SampleLookup().at(i).unanswered(SERVER, AttemptState.TIMEOUT, 10_000, null)
                : new SampleLookup().at(i).answered());

    assertThat(findings()).isEmpty();
  }

  @Test
  void aDeadNameserverExplainsItsUnansweredLookups() {
    watch(
        6,
        i ->
            new SampleLookup()
                .unanswered(SERVER, AttemptState.CLOSED, 5_000, null)
                .answered(OTHER_SERVER, 1, Rcode.NO_ERROR));

    Finding found = only(DEAD_NAMESERVER);

    assertThat(found.nameserver()).isEqualTo(SERVER);
    assertThat(found.lookups()).isEqualTo(6);
    assertThat(found.evidence().waitedNs()).isEqualTo(30_000_000_000L);
  }

  @Test
  void aServerThatLosesARaceIsNotDead() {
    watch(
        20,
        i ->
            new SampleLookup()
                .unanswered(SERVER, AttemptState.WAITING, 1, null)
                .answered(OTHER_SERVER, 1, Rcode.NO_ERROR));

    assertThat(findings()).isEmpty();
  }

  /// glibc keeps the first server's socket open while it asks the next one.
  @Test
  void aServerThatIsStillWaitedForIsDeadIfTheClientWaitedFirst() {
    watch(
        3,
        i ->
            new SampleLookup()
                .unanswered(SERVER, AttemptState.WAITING, 5_000, null)
                .answered(OTHER_SERVER, 1, Rcode.NO_ERROR));

    assertThat(only(DEAD_NAMESERVER).lookups()).isEqualTo(3);
  }

  @Test
  void clientsThatEndAtOnceHaveNotWaited() {
    watch(20, i -> new SampleLookup().unanswered(SERVER, AttemptState.CLOSED, 500, null));

    assertThat(findings()).isEmpty();
  }

  @Test
  void aServerThatAnswersLateIsNotSilent() {
    watch(9, i -> new SampleLookup().unanswered(SERVER, AttemptState.TIMEOUT, 5_000, null));
    watch(9, i -> new SampleLookup().late(SERVER, 10_000, Rcode.NO_ERROR));

    assertThat(findings()).isEmpty();
  }

  @Test
  void aLateFailureIsAFailure() {
    watch(5, i -> new SampleLookup().unanswered(SERVER, AttemptState.TIMEOUT, 5_000, null));
    watch(5, i -> new SampleLookup().late(SERVER, 10_000, Rcode.SERV_FAIL));

    assertThat(only(SERVER_FAILURE).lookups()).isEqualTo(5);
  }

  @Test
  void anAnswerToASocketThatIsClosedIsNoClosedPort() {
    watch(9, i -> new SampleLookup().answeredInVain(SERVER, 2_000));

    assertThat(findings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "ECONNREFUSED, PORT_CLOSED",
    "ICMP_PORT_UNREACH, PORT_CLOSED",
    "NEIGH_FAILED, UNREACHABLE",
    "ICMP_NET_UNREACH, UNREACHABLE",
    "DEVICE_DOWN, UNREACHABLE",
    "NO_PACKET_LEFT, UNREACHABLE",
    "NETFILTER_DROP, BLOCKED"
  })
  void theKernelSaysWhy(String reason, FindingId id) {
    watch(3, i -> new SampleLookup().unanswered(SERVER, AttemptState.CLOSED, 10, reason));

    Finding found = only(id);

    assertThat(found.lookups()).isEqualTo(3);
    assertThat(found.evidence().mainCause()).isNotNull();
  }

  @Test
  void twoDropsAreNone() {
    watch(
        2,
        i -> new SampleLookup().unanswered(SERVER, AttemptState.TIMEOUT, 10_000, "NETFILTER_DROP"));

    assertThat(findings()).isEmpty();
  }

  @Test
  void aClosedPortExplainsTriesWithoutItsIcmp() {
    watch(5, i -> new SampleLookup().unanswered(SERVER, AttemptState.CLOSED, 10, "ECONNREFUSED"));
    watch(9, i -> new SampleLookup().unanswered(SERVER, AttemptState.TIMEOUT, 10_000, null));

    assertThat(only(PORT_CLOSED).lookups()).isEqualTo(14);
  }

  @Test
  void aServerThatAnswersOthersOnly() {
    watch(20, i -> new SampleLookup().process(200 + i, "other").at(i).answered());
    watch(5, i -> new SampleLookup().unanswered(SERVER, AttemptState.TIMEOUT, 10_000, null));

    Finding found = only(BLOCKED);

    assertThat(found.clients()).extracting(Client::comm).containsExactly("app");
    assertThat(found.lookups()).isEqualTo(5);
  }

  /// The server answered others before the client asked for the first time: it has stopped.
  @Test
  void aServerThatStoppedBeforeItsNewClientCame() {
    watch(20, i -> new SampleLookup().process(200, "other").at(i).answered());
    watch(
        5,
        i -> new SampleLookup().at(1_000).unanswered(SERVER, AttemptState.TIMEOUT, 10_000, null));

    assertThat(only(UNANSWERED).lookups()).isEqualTo(5);
  }

  /// An early loss of one client does not hide what follows.
  @Test
  void aServerThatStopsAfterALossOfOneClient() {
    watch(
        new SampleLookup()
            .process(9, "early")
            .unanswered(SERVER, AttemptState.TIMEOUT, 10_000, null)
            .build());
    watch(50, i -> new SampleLookup().at(1 + i).answered());
    watch(
        6,
        i -> new SampleLookup().at(100 + i).unanswered(SERVER, AttemptState.TIMEOUT, 10_000, null));

    assertThat(only(UNANSWERED).lookups()).isEqualTo(6);
  }

  @Test
  void shortTimeoutsCount() {
    watch(5, i -> new SampleLookup().unanswered(SERVER, AttemptState.TIMEOUT, 500, null));

    assertThat(only(UNANSWERED).lookups()).isEqualTo(5);
  }

  @Test
  void netfilterThatDropsOnlyFirstTriesIsFound() {
    watch(
        3,
        i ->
            new SampleLookup()
                .unanswered(SERVER, AttemptState.REPEATED, 5_000, "NETFILTER_DROP")
                .answered());

    assertThat(only(BLOCKED).lookups()).isEqualTo(3);
  }

  @Test
  void aNameThatIsCreatedLaterHadNotResolvedBefore() {
    watch(
        3,
        i ->
            new SampleLookup()
                .at(i * 20_000L)
                .name("new.test.")
                .answered(SERVER, 1, Rcode.NX_DOMAIN));
    watch(new SampleLookup().at(80_000).name("new.test.").answered().build());

    assertThat(findings()).isEmpty();
  }

  /// Examples of what never becomes a finding are dropped for those that do.
  @Test
  void aFindingHasExamplesAfterManyStrayFaults() {
    watch(
        600,
        i ->
            new SampleLookup()
                .name("h.stray" + i + ".test.")
                .answered(IpAddress.v4(0x0b000000 + i), 1, Rcode.SERV_FAIL));
    watch(5, i -> new SampleLookup().answered(SERVER, 1, Rcode.SERV_FAIL));

    assertThat(only(SERVER_FAILURE).evidence().evidence()).hasSize(3);
  }

  @Test
  void manyClientsAtOneServerAreOneFinding() {
    watch(
        40 * 5,
        i ->
            new SampleLookup()
                .process(i / 5, "app-" + i / 5)
                .unanswered(SERVER, AttemptState.TIMEOUT, 10_000, null));

    Finding found = only(UNANSWERED);

    assertThat(found.clients()).hasSize(40);
    assertThat(found.lookups()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"2, SERVER_FAILURE", "5, REFUSED_BY_SERVER"})
  void oneZoneFails(int rcode, FindingId id) {
    watch(80, i -> new SampleLookup().answered());
    watch(5, i -> new SampleLookup().name("h" + i + ".Broken.test.").answered(SERVER, 1, rcode));

    Finding found = only(id);

    assertThat(found.zone()).isEqualTo("broken.test.");
    assertThat(found.lookups()).isEqualTo(5);
    assertThat(found.of()).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource({"2, SERVER_FAILURE", "5, REFUSED_BY_SERVER"})
  void aServerFailsForAllZones(int rcode, FindingId id) {
    watch(6, i -> new SampleLookup().name("h.zone" + i + ".test.").answered(SERVER, 1, rcode));

    Finding found = only(id);

    assertThat(found.zone()).isNull();
    assertThat(found.nameserver()).isEqualTo(SERVER);
  }

  @Test
  void aFailureBeforeTheNextServerAnswersIsOneOfTheServer() {
    watch(
        5,
        i ->
            new SampleLookup()
                .answered(SERVER, 1, Rcode.SERV_FAIL)
                .answered(OTHER_SERVER, 1, Rcode.NO_ERROR));

    assertThat(only(SERVER_FAILURE).nameserver()).isEqualTo(SERVER);
  }

  @Test
  void fourFailuresAreNone() {
    watch(4, i -> new SampleLookup().answered(SERVER, 1, Rcode.SERV_FAIL));
    watch(500, i -> new SampleLookup().name("x.other.test.").answered());

    assertThat(findings()).isEmpty();
  }

  @Test
  void namesThatDoNotExistAreNoFailure() {
    watch(500, i -> new SampleLookup().answered(SERVER, 1, Rcode.NX_DOMAIN));

    assertThat(findings()).extracting(Finding::id).doesNotContain(SERVER_FAILURE);
  }

  @Test
  void aSlowServerBesideAFastOne() {
    watch(20, i -> new SampleLookup().answered(SERVER, 400, Rcode.NO_ERROR));
    watch(10, i -> new SampleLookup().answered(OTHER_SERVER, 2, Rcode.NO_ERROR));

    assertThat(only(SLOW_SERVER).nameserver()).isEqualTo(SERVER);
  }

  @ParameterizedTest
  @CsvSource({"19, 400, 2", "20, 190, 2", "20, 400, 90"})
  void aServerThatIsNotSlow(int answers, long ms, long othersMs) {
    watch(answers, i -> new SampleLookup().answered(SERVER, ms, Rcode.NO_ERROR));
    watch(10, i -> new SampleLookup().answered(OTHER_SERVER, othersMs, Rcode.NO_ERROR));

    assertThat(findings()).isEmpty();
  }

  @Test
  void aFarServerAloneIsNotSlow() {
    watch(100, i -> new SampleLookup().answered(SERVER, 300, Rcode.NO_ERROR));

    assertThat(findings()).isEmpty();
  }

  @Test
  void tcpIsBlocked() {
    watch(
        3,
        i -> new SampleLookup().truncated(SERVER).tcp(SERVER, AttemptState.TIMEOUT, 10_000, null));

    Finding found = only(TCP_BLOCKED);

    assertThat(found.lookups()).isEqualTo(3);
    assertThat(found.of()).isEqualTo(3);
  }

  @Test
  void tcpThatWorksIsNotBlocked() {
    watch(
        30,
        i ->
            new SampleLookup()
                .truncated(SERVER)
                .tcp(SERVER, AttemptState.ANSWERED, 3, Rcode.NO_ERROR));

    assertThat(only(TCP_FALLBACK).id().severity()).isEqualTo(Severity.INFO);
  }

  @Test
  void errorsComeBeforeWarningsAndLongWaitsFirst() {
    watch(5, i -> new SampleLookup().name("a.refused.test.").answered(SERVER, 1, Rcode.REFUSED));
    watch(5, i -> new SampleLookup().answered(SERVER, 1, Rcode.SERV_FAIL));
    watch(5, i -> new SampleLookup().unanswered(OTHER_SERVER, AttemptState.TIMEOUT, 10_000, null));

    assertThat(findings())
        .extracting(Finding::id)
        .containsExactly(UNANSWERED, SERVER_FAILURE, REFUSED_BY_SERVER);
  }

  @Test
  void onlyWantedKinds() {
    watch(5, i -> new SampleLookup().answered(SERVER, 1, Rcode.SERV_FAIL));

    assertThat(advisor.findings(EnumSet.of(UNREACHABLE))).isEmpty();
  }

  /// A name that the list's three suffixes do not find.
  private void watchSearched(int count, String... suffixes) {
    for (int i = 0; i < count; i++) {
      for (String suffix : suffixes) {
        watch(
            new SampleLookup()
                .at(i)
                .name("api" + i + ".example.com." + suffix)
                .answered(SERVER, 1, Rcode.NX_DOMAIN)
                .build());
      }
      watch(new SampleLookup().at(i).name("api" + i + ".example.com.").answered().build());
    }
  }

  @Test
  void aSearchListThatWastesMostQueries() {
    watchSearched(5, "shop.svc.cluster.local.", "svc.cluster.local.", "cluster.local.");

    Finding found = only(SEARCH_PATH);

    assertThat(found.lookups()).isEqualTo(15);
    assertThat(found.of()).isEqualTo(20);
    assertThat(found.nameserver()).isNull();
  }

  @Test
  void fewSearchedQueriesAreNone() {
    watchSearched(4, "shop.svc.cluster.local.", "svc.cluster.local.", "cluster.local.");

    assertThat(findings()).isEmpty();
  }

  @Test
  void aSearchListOfOneIsNone() {
    watchSearched(40, "corp.test.");

    assertThat(findings()).isEmpty();
  }

  @Test
  void aNameThatDoesNotExist() {
    watch(new SampleLookup().answered().build());
    watch(
        20,
        i ->
            new SampleLookup()
                .at(i * 600L)
                .name("wwww.example.com.")
                .answered(SERVER, 1, Rcode.NX_DOMAIN));

    Finding found = only(NO_SUCH_NAME);

    assertThat(found.name()).isEqualTo("wwww.example.com.");
    assertThat(found.lookups()).isEqualTo(20);
    assertThat(found.summary()).contains("A similar name exists: www.example.com.");
  }

  @Test
  void nineteenTimesIsNone() {
    watch(
        19,
        i ->
            new SampleLookup()
                .at(i * 600L)
                .name("gone.test.")
                .answered(SERVER, 1, Rcode.NX_DOMAIN));

    assertThat(findings()).isEmpty();
  }

  @Test
  void aNameThatHadResolved() {
    watch(new SampleLookup().name("gone.test.").answered().build());
    watch(
        3,
        i ->
            new SampleLookup()
                .at(20_000 + i * 20_000L)
                .name("gone.test.")
                .answered(SERVER, 1, Rcode.NX_DOMAIN));

    Finding found = only(NO_SUCH_NAME);

    assertThat(found.lookups()).isEqualTo(3);
    assertThat(found.of()).isEqualTo(4);
    assertThat(found.summary().getFirst()).endsWith("got NXDOMAIN; before, it resolved.");
  }

  /// Every name, server and process is another one: nothing recurs, so nothing is found.
  @Test
  void aHostileLoadIsBoundedAndFindsNothing() {
    for (int i = 0; i < 60_000; i++) {
      IpAddress server = IpAddress.v4(0x0b000000 + i);
      SampleLookup lookup =
          new SampleLookup().process(1_000 + i, "p" + i).name("n" + i + ".z" + i + ".test.");
      watch(
          switch (i % 4) {
            case 0 -> lookup.answered(server, 1, Rcode.SERV_FAIL).build();
            case 1 -> lookup.unanswered(server, AttemptState.TIMEOUT, 10_000, null).build();
            case 2 -> lookup.twin(State.ANSWERED).answered(server, 1, Rcode.NO_ERROR).build();
            default -> lookup.truncated(server).build();
          });
    }

    assertThat(findings()).isEmpty();
    assertThat(advisor.window().lookups()).isEqualTo(60_000);
    assertThat(advisor.window().forgotten()).isPositive();
  }

  /// A fault that recurs is kept beside a hostile load.
  @Test
  void aRecurringFaultIsKeptBesideAHostileLoad() {
    for (int i = 0; i < 40_000; i++) {
      watch(
          new SampleLookup()
              .process(1_000 + i, "p" + i)
              .answered(IpAddress.v4(0x0b000000 + i), 1, Rcode.NO_ERROR)
              .build());
      if (i % 1_000 == 0) {
        watch(new SampleLookup().unanswered(SERVER, AttemptState.TIMEOUT, 10_000, null).build());
      }
    }

    assertThat(only(UNANSWERED).lookups()).isEqualTo(40);
  }
}
