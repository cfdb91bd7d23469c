package dev.jig.trace;

import static dev.jig.capture.Packets.CLIENT;
import static dev.jig.capture.Packets.queryIn;
import static dev.jig.capture.Packets.queryOut;
import static dev.jig.capture.Packets.responseIn;
import static dev.jig.capture.Packets.responseOut;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.capture.Packets;
import dev.jig.event.Attribution;
import dev.jig.event.DnsEvent;
import dev.jig.event.Owner;
import dev.jig.event.Peer;
import dev.jig.golden.Messages;
import dev.jig.peer.Bystanders;
import dev.jig.trace.Scope.Answer;
import dev.jig.trace.Scope.Decision;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;

/// Who is at the other end of a hop within the machine, and when nobody can tell.
final class PeersTest {
  private static final String NAME = "www.example.org.";
  private static final byte[] QUERY = Messages.query(7, NAME, Type.A);
  private static final byte[] ANSWER =
      Messages.response(7, NAME, Type.A, Messages.a(NAME, "192.0.2.80"));
  private static final String SERVICE = "198.51.100.10";
  private static final String OTHER_SERVER = "198.51.100.54";
  private static final long APP = 100;
  private static final long RESOLVER = 200;

  private final ScriptedScope scope = ScriptedScope.always(ScriptedScope.named("any"));
  private final Road road = Road.withPeers(scope, new Bystanders(_ -> {}, () -> {}));

  /// @param startTimeNs tells processes of one pid apart
  private static Owner process(long pid, int tid, long startTimeNs) {
    return new Owner((int) pid, tid, 0, 0, "p" + pid, 1, "init", 1, 1, startTimeNs, null);
  }

  private static Packets by(long pid, Packets packet) {
    return packet.owner(process(pid, (int) pid, pid), Attribution.EXACT).cookie(pid).cgroup(pid);
  }

  private static Packets at(long cookie, Packets packet) {
    return packet.cookie(cookie);
  }

  private static long peerPid(DnsEvent row) {
    Peer peer = row.peer();
    return peer == null ? 0 : peer.owner().pid();
  }

  @Test
  void isTheSenderOfWhatArrives() {
    scope.exceptions.put(APP, ScriptedScope.named("app"));
    scope.exceptions.put(RESOLVER, new Answer(Decision.SKIP, null));
    road.send(by(APP, queryOut(QUERY)));
    assertThat(road.last().peer()).isNull();

    scope.exceptions.put(RESOLVER, new Answer(Decision.PASS, null));
    road.send(at(RESOLVER, queryIn(QUERY)));
    Peer asker = Objects.requireNonNull(road.last().peer());
    assertThat(asker.owner().pid()).isEqualTo(APP);
    assertThat(asker.attribution()).isEqualTo(Attribution.EXACT);
    assertThat(Objects.requireNonNull(asker.container()).name()).isEqualTo("app");

    road.send(by(RESOLVER, responseOut(ANSWER)), at(APP, responseIn(ANSWER)));
    Peer resolver = Objects.requireNonNull(road.last().peer());
    assertThat(resolver.owner().pid()).isEqualTo(RESOLVER);
    assertThat(resolver.container()).isNull();
  }

  @Test
  void isAlsoTheSenderWhoseOwnRowsAreNotWanted() {
    scope.exceptions.put(RESOLVER, new Answer(Decision.SKIP, null));
    road.send(by(RESOLVER, responseOut(ANSWER)), at(APP, responseIn(ANSWER)));
    assertThat(road.rows).hasSize(1);
    assertThat(peerPid(road.last())).isEqualTo(RESOLVER);
  }

  @Test
  void ofAServersResponseIsWhomItsQueryCameFrom() {
    road.send(
        by(APP, queryOut(QUERY)), at(RESOLVER, queryIn(QUERY)), by(RESOLVER, responseOut(ANSWER)));
    assertThat(peerPid(road.last())).isEqualTo(APP);
  }

  @Test
  void isNobodyOnThisMachineIfNothingLikeItLeft() {
    byte[] otherId = Messages.query(8, NAME, Type.A);
    road.send(by(APP, queryOut(otherId)), at(RESOLVER, queryIn(QUERY)));
    assertThat(road.last().peer()).isNull();
    road.send(by(APP, queryOut(QUERY).from(CLIENT, 40_002)), at(RESOLVER, queryIn(QUERY)));
    assertThat(road.last().peer()).isNull();
    road.send(by(APP, queryOut(QUERY).tcp()), at(RESOLVER, queryIn(QUERY)));
    assertThat(road.last().peer()).isNull();
  }

  @Test
  void onLoopbackIsOfTheSameNetworkNamespace() {
    Packets sent = queryOut(QUERY).from("127.0.0.1", 40_001).to("127.0.0.53", 53);
    road.send(by(APP, sent.netNs(1)));
    road.send(queryIn(QUERY).from("127.0.0.1", 40_001).to("127.0.0.53", 53).netNs(2));
    assertThat(road.last().peer()).isNull();
    road.send(queryIn(QUERY).from("127.0.0.1", 40_001).to("127.0.0.53", 53).netNs(1));
    assertThat(peerPid(road.last())).isEqualTo(APP);
  }

  @Test
  void isFoundBehindAServicesAddressBothWays() {
    road.send(
        by(APP, queryOut(QUERY).to(SERVICE, 53)),
        at(RESOLVER, queryIn(QUERY)),
        by(RESOLVER, responseOut(ANSWER)),
        at(APP, responseIn(ANSWER).from(SERVICE, 53)));
    assertThat(road.rows.stream().map(PeersTest::peerPid)).containsExactly(0L, APP, APP, RESOLVER);
  }

  @Test
  void isFoundWhereTheSendersOwnNatHidTheAddressItAsked() {
    road.send(
        by(APP, queryOut(QUERY).asked(SERVICE, 53)),
        by(RESOLVER, responseOut(ANSWER)),
        at(APP, responseIn(ANSWER).from(SERVICE, 53)));
    assertThat(peerPid(road.last())).isEqualTo(RESOLVER);
  }

  @Test
  void isNotTheOneServerWhenTheSameBytesComeFromAnother() {
    // One socket asks a service here and a server elsewhere; both answer the same.
    road.send(
        by(APP, queryOut(QUERY).to(SERVICE, 53)),
        at(RESOLVER, queryIn(QUERY)),
        by(APP, queryOut(QUERY).to(OTHER_SERVER, 53)),
        by(RESOLVER, responseOut(ANSWER)),
        at(APP, responseIn(ANSWER).from(OTHER_SERVER, 53)));
    assertThat(road.last().peer()).isNull();
  }

  @Test
  void isNobodyWhereTwoProcessesSentTheSame() {
    road.send(by(APP, queryOut(QUERY)), by(APP + 1, queryOut(QUERY)), at(RESOLVER, queryIn(QUERY)));
    assertThat(road.last().peer()).isNull();
  }

  @Test
  void isNobodyWhereOneOfTwoSendersIsUnknown() {
    road.send(by(APP, queryOut(QUERY)), queryOut(QUERY), at(RESOLVER, queryIn(QUERY)));
    assertThat(road.last().peer()).isNull();
  }

  @Test
  void isTheLastThreadOfOneProcess() {
    road.send(
        queryOut(QUERY).owner(process(APP, 101, 5), Attribution.EXACT),
        queryOut(QUERY).owner(process(APP, 102, 5), Attribution.EXACT),
        at(RESOLVER, queryIn(QUERY)));
    assertThat(Objects.requireNonNull(road.last().peer()).owner().tid()).isEqualTo(102);
  }

  @Test
  void isNobodyWhereThePidWasReusedBetweenTwoSenders() {
    road.send(
        queryOut(QUERY).owner(process(APP, 100, 5), Attribution.EXACT),
        queryOut(QUERY).owner(process(APP, 100, 6), Attribution.EXACT),
        at(RESOLVER, queryIn(QUERY)));
    assertThat(road.last().peer()).isNull();
  }

  @Test
  void isForgottenAfterASecond() {
    road.send(by(APP, queryOut(QUERY).atMs(0)), at(RESOLVER, queryIn(QUERY).atMs(1_001)));
    assertThat(road.last().peer()).isNull();
  }

  @Test
  void isItselfOrNobodyAmongMoreThanAreKept() {
    int sent = 20_000;
    for (int i = 0; i < sent; i++) {
      road.send(by(i + 1L, queryOut(Messages.query(i, "n" + i % 97 + ".example.org.", Type.A))));
    }
    int found = 0;
    for (int i = 0; i < sent; i++) {
      road.send(queryIn(Messages.query(i, "n" + i % 97 + ".example.org.", Type.A)));
      long pid = peerPid(road.last());
      assertThat(pid).isIn(0L, i + 1L);
      found += pid == 0 ? 0 : 1;
    }
    assertThat(found).isEqualTo(8192);
  }

  @Test
  void isNotLookedForUnlessAsked() {
    Road plain = new Road(scope);
    plain.send(by(APP, queryOut(QUERY)), at(RESOLVER, queryIn(QUERY)));
    assertThat(plain.last().peer()).isNull();
  }
}
