package dev.jig.trace;

import static dev.jig.capture.Packets.CLIENT;
import static dev.jig.capture.Packets.queryIn;
import static dev.jig.capture.Packets.queryOut;
import static dev.jig.capture.Packets.responseIn;
import static dev.jig.capture.Packets.responseOut;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.capture.Packets;
import dev.jig.event.Attribution;
import dev.jig.event.Owner;
import dev.jig.event.Qr;
import dev.jig.event.Row;
import dev.jig.event.Subject;
import dev.jig.golden.Messages;
import dev.jig.peer.PeerSkipPolicy;
import dev.jig.trace.Scope.Decision;
import dev.jig.trace.Scope.Verdict;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;

/// The process at the other end of a hop within the machine, and when it is unknown.
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
  private final PipelineHarness harness =
      PipelineHarness.withPeers(scope, new PeerSkipPolicy(_ -> {}, () -> {}));

  /// @param startTimeNs distinguishes processes with one pid
  private static Owner process(long pid, int tid, long startTimeNs) {
    return new Owner((int) pid, tid, 0, 0, "p" + pid, 1, "init", 1, 1, startTimeNs, null);
  }

  private static Packets sentBy(long pid, Packets packet) {
    return packet.owner(process(pid, (int) pid, pid), Attribution.EXACT).cookie(pid).cgroup(pid);
  }

  private static Packets onSocket(long cookie, Packets packet) {
    return packet.cookie(cookie);
  }

  private Subject lastPeer() {
    return Objects.requireNonNull(harness.last().peer());
  }

  private static long peerPid(Row row) {
    Subject peer = row.peer();
    return peer == null || peer.owner() == null ? 0 : peer.owner().pid();
  }

  @Test
  void isTheSenderOfAMessage() {
    scope.byCgroup.put(APP, ScriptedScope.named("app"));
    scope.byCgroup.put(RESOLVER, new Verdict(Decision.SKIP, null));
    harness.send(sentBy(APP, queryOut(QUERY)));
    assertThat(harness.last().peer()).isNull();

    scope.byCgroup.put(RESOLVER, new Verdict(Decision.PASS, null));
    harness.send(onSocket(RESOLVER, queryIn(QUERY)));
    Subject asker = Objects.requireNonNull(harness.last().peer());
    assertThat(Objects.requireNonNull(asker.owner()).pid()).isEqualTo(APP);
    assertThat(asker.attribution()).isEqualTo(Attribution.EXACT);
    assertThat(Objects.requireNonNull(asker.container()).name()).isEqualTo("app");

    harness.send(sentBy(RESOLVER, responseOut(ANSWER)), onSocket(APP, responseIn(ANSWER)));
    Subject resolver = Objects.requireNonNull(harness.last().peer());
    assertThat(Objects.requireNonNull(resolver.owner()).pid()).isEqualTo(RESOLVER);
    assertThat(resolver.container()).isNull();
  }

  @Test
  void ofAnUnansweredQueryIsTheProcessThatItReached() {
    harness.send(sentBy(APP, queryOut(QUERY)).atMs(0), sentBy(RESOLVER, queryIn(QUERY)).atMs(1));
    harness.tickMs(2 * PipelineHarness.TIMEOUT_MS);

    assertThat(harness.last().qr()).isEqualTo(Qr.T);
    assertThat(peerPid(harness.last())).isEqualTo(RESOLVER);
  }

  @Test
  void ofAnUnansweredQueryMayBeAProcessWithoutWantedRows() {
    scope.byCgroup.put(RESOLVER, new Verdict(Decision.SKIP, null));
    harness.send(sentBy(APP, queryOut(QUERY)).atMs(0), sentBy(RESOLVER, queryIn(QUERY)).atMs(1));
    harness.tickMs(2 * PipelineHarness.TIMEOUT_MS);

    assertThat(harness.rows).hasSize(2);
    assertThat(peerPid(harness.last())).isEqualTo(RESOLVER);
  }

  @Test
  void ofAQueryThatReachedNoProcessIsAbsent() {
    harness.send(sentBy(APP, queryOut(QUERY))).tickMs(2 * PipelineHarness.TIMEOUT_MS);

    assertThat(harness.last().qr()).isEqualTo(Qr.T);
    assertThat(harness.last().peer()).isNull();
  }

  @Test
  void isAlsoASenderWithoutWantedRows() {
    scope.byCgroup.put(RESOLVER, new Verdict(Decision.SKIP, null));
    harness.send(sentBy(RESOLVER, responseOut(ANSWER)), onSocket(APP, responseIn(ANSWER)));
    assertThat(harness.rows).hasSize(1);
    assertThat(peerPid(harness.last())).isEqualTo(RESOLVER);
  }

  @Test
  void ofAServersResponseIsTheClient() {
    harness.send(
        sentBy(APP, queryOut(QUERY)),
        onSocket(RESOLVER, queryIn(QUERY)),
        sentBy(RESOLVER, responseOut(ANSWER)));
    assertThat(peerPid(harness.last())).isEqualTo(APP);
  }

  @Test
  void isAbsentIfNoEqualMessageWasSent() {
    byte[] otherId = Messages.query(8, NAME, Type.A);
    harness.send(sentBy(APP, queryOut(otherId)), onSocket(RESOLVER, queryIn(QUERY)));
    assertThat(harness.last().peer()).isNull();
    harness.send(
        sentBy(APP, queryOut(QUERY).from(CLIENT, 40_002)), onSocket(RESOLVER, queryIn(QUERY)));
    assertThat(harness.last().peer()).isNull();
    harness.send(sentBy(APP, queryOut(QUERY).tcp()), onSocket(RESOLVER, queryIn(QUERY)));
    assertThat(harness.last().peer()).isNull();
  }

  @Test
  void onLoopbackIsInTheSameNetworkNamespace() {
    Packets sent = queryOut(QUERY).from("127.0.0.1", 40_001).to("127.0.0.53", 53);
    harness.send(sentBy(APP, sent.netNs(1)));
    harness.send(queryIn(QUERY).from("127.0.0.1", 40_001).to("127.0.0.53", 53).netNs(2));
    assertThat(harness.last().peer()).isNull();
    harness.send(queryIn(QUERY).from("127.0.0.1", 40_001).to("127.0.0.53", 53).netNs(1));
    assertThat(peerPid(harness.last())).isEqualTo(APP);
  }

  @Test
  void isFoundBehindAServicesAddressBothWays() {
    harness.send(
        sentBy(APP, queryOut(QUERY).to(SERVICE, 53)),
        onSocket(RESOLVER, queryIn(QUERY)),
        sentBy(RESOLVER, responseOut(ANSWER)),
        onSocket(APP, responseIn(ANSWER).from(SERVICE, 53)));
    assertThat(harness.rows.stream().map(PeersTest::peerPid))
        .containsExactly(0L, APP, APP, RESOLVER);
  }

  @Test
  void isFoundBehindNatOfTheSendersHost() {
    harness.send(
        sentBy(APP, queryOut(QUERY).asked(SERVICE, 53)),
        sentBy(RESOLVER, responseOut(ANSWER)),
        onSocket(APP, responseIn(ANSWER).from(SERVICE, 53)));
    assertThat(peerPid(harness.last())).isEqualTo(RESOLVER);
  }

  @Test
  void isAbsentIfAnotherServerSentTheSameBytes() {
    // One socket asks a service here and a server elsewhere; both answer the same.
    harness.send(
        sentBy(APP, queryOut(QUERY).to(SERVICE, 53)),
        onSocket(RESOLVER, queryIn(QUERY)),
        sentBy(APP, queryOut(QUERY).to(OTHER_SERVER, 53)),
        sentBy(RESOLVER, responseOut(ANSWER)),
        onSocket(APP, responseIn(ANSWER).from(OTHER_SERVER, 53)));
    assertThat(harness.last().peer()).isNull();
  }

  @Test
  void isAbsentIfTwoProcessesSentTheSame() {
    harness.send(
        sentBy(APP, queryOut(QUERY)),
        sentBy(APP + 1, queryOut(QUERY)),
        onSocket(RESOLVER, queryIn(QUERY)));
    assertThat(harness.last().peer()).isNull();
  }

  @Test
  void isAbsentIfOneOfTwoSendersIsUnknown() {
    harness.send(sentBy(APP, queryOut(QUERY)), queryOut(QUERY), onSocket(RESOLVER, queryIn(QUERY)));
    assertThat(harness.last().peer()).isNull();
  }

  @Test
  void isTheLastThreadOfOneProcess() {
    harness.send(
        queryOut(QUERY).owner(process(APP, 101, 5), Attribution.EXACT),
        queryOut(QUERY).owner(process(APP, 102, 5), Attribution.EXACT),
        onSocket(RESOLVER, queryIn(QUERY)));
    assertThat(Objects.requireNonNull(lastPeer().owner()).tid()).isEqualTo(102);
  }

  @Test
  void isAbsentIfThePidWasReused() {
    harness.send(
        queryOut(QUERY).owner(process(APP, 100, 5), Attribution.EXACT),
        queryOut(QUERY).owner(process(APP, 100, 6), Attribution.EXACT),
        onSocket(RESOLVER, queryIn(QUERY)));
    assertThat(harness.last().peer()).isNull();
  }

  @Test
  void expiresAfterASecond() {
    harness.send(
        sentBy(APP, queryOut(QUERY).atMs(0)), onSocket(RESOLVER, queryIn(QUERY).atMs(1_001)));
    assertThat(harness.last().peer()).isNull();
  }

  @Test
  void isNeverAnotherProcessBeyondTheBound() {
    int sent = 20_000;
    for (int i = 0; i < sent; i++) {
      harness.send(
          sentBy(i + 1L, queryOut(Messages.query(i, "n" + i % 97 + ".example.org.", Type.A))));
    }
    int found = 0;
    for (int i = 0; i < sent; i++) {
      harness.send(queryIn(Messages.query(i, "n" + i % 97 + ".example.org.", Type.A)));
      long pid = peerPid(harness.last());
      assertThat(pid).isIn(0L, i + 1L);
      found += pid == 0 ? 0 : 1;
    }
    assertThat(found).isEqualTo(8192);
  }

  @Test
  void isNotFoundUnlessEnabled() {
    PipelineHarness plain = new PipelineHarness(scope);
    plain.send(sentBy(APP, queryOut(QUERY)), onSocket(RESOLVER, queryIn(QUERY)));
    assertThat(plain.last().peer()).isNull();
  }
}
