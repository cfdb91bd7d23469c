package dev.jig.trace;

import static dev.jig.capture.Packets.queryIn;
import static dev.jig.capture.Packets.queryOut;
import static dev.jig.capture.Packets.responseIn;
import static dev.jig.capture.Packets.responseOut;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.capture.Packets;
import dev.jig.event.Attribution;
import dev.jig.event.Lookup;
import dev.jig.event.Lookup.Upstream;
import dev.jig.event.Owner;
import dev.jig.event.Row;
import dev.jig.golden.Messages;
import dev.jig.peer.PeerSkipPolicy;
import dev.jig.peer.Peers;
import dev.jig.trace.Scope.Decision;
import dev.jig.trace.Scope.Verdict;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Type;

/// What a stub resolver on this machine did between a query and its response, and when it is
/// unknown.
final class UpstreamTrackerTest {
  private static final String NAME = "www.example.org.";
  private static final long APP = 100;
  private static final long STUB = 200;
  private static final String STUB_ADDRESS = "127.0.0.53";
  private static final String UPSTREAM = "198.51.100.1";

  private final ScriptedScope scope = ScriptedScope.always(ScriptedScope.named("any"));
  private final PipelineHarness harness =
      PipelineHarness.forLookups(scope, new Peers(new PeerSkipPolicy(_ -> {}, () -> {}), 8_192));

  private static Owner process(long pid) {
    return new Owner((int) pid, (int) pid, 0, 0, "p" + pid, 1, "init", 1, 1, pid, null);
  }

  private static Packets by(long pid, Packets packet, long ms) {
    return packet.owner(process(pid), Attribution.EXACT).cookie(pid).cgroup(pid).atMs(ms);
  }

  private static byte[] query(int id) {
    return Messages.query(id, NAME, Type.MX);
  }

  private static byte[] answer(int id) {
    return Messages.response(id, NAME, Type.MX);
  }

  private void appAsks(int id, long ms) {
    harness.send(
        by(APP, queryOut(query(id)).to(STUB_ADDRESS, 53), ms),
        by(STUB, queryIn(query(id)).to(STUB_ADDRESS, 53), ms + 1));
  }

  private void stubAnswers(int id, long ms) {
    harness.send(
        by(STUB, responseOut(answer(id)).from(STUB_ADDRESS, 53), ms),
        by(APP, responseIn(answer(id)).from(STUB_ADDRESS, 53), ms + 1));
  }

  private void stubAsks(int id, long ms, long answeredMs) {
    Packets asked = queryOut(query(id)).from("192.0.2.10", 50_000 + id).to(UPSTREAM, 53);
    harness.send(by(STUB, asked, ms).cookie(1_000L + id));
    Packets answered = responseIn(answer(id)).to("192.0.2.10", 50_000 + id).from(UPSTREAM, 53);
    harness.send(by(STUB, answered, answeredMs).cookie(1_000L + id));
  }

  private List<@Nullable Upstream> upstreamsOf(long pid) {
    return harness.rows.stream()
        .filter(row -> isOwnedBy(row, pid))
        .map(UpstreamTrackerTest::upstream)
        .toList();
  }

  private static boolean isOwnedBy(Row row, long pid) {
    return Objects.requireNonNull(row.subject().owner()).pid() == pid;
  }

  private static @Nullable Upstream upstream(Row row) {
    Lookup lookup = Objects.requireNonNull(row.lookup());
    return lookup.upstream();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void showsServiceTimeAndTheServerBehindTheStub(boolean stubsRowsWanted) {
    if (!stubsRowsWanted) {
      scope.byCgroup.put(STUB, new Verdict(Decision.SKIP, null));
    }
    appAsks(7, 0);
    stubAsks(9, 2, 12);
    stubAnswers(7, 13);
    Upstream hop = Objects.requireNonNull(upstreamsOf(APP).getFirst());
    assertThat(hop.serviceNs()).isEqualTo(12_000_000);
    assertThat(hop.nextServer()).hasToString(UPSTREAM);
    assertThat(hop.nextLatencyNs()).isEqualTo(10_000_000);
    assertThat(harness.rows).hasSize(stubsRowsWanted ? 2 : 1);
    assertThat(harness.pipeline.counters().isBalanced()).isTrue();
  }

  @Test
  void showsOnlyServiceTimeIfTheStubQueriedNoServer() {
    stubAsks(8, 0, 1); // for another client, before
    appAsks(7, 2);
    stubAnswers(7, 5);
    Upstream hop = Objects.requireNonNull(upstreamsOf(APP).getFirst());
    assertThat(hop.serviceNs()).isEqualTo(2_000_000);
    assertThat(hop.nextServer()).isNull();
  }

  @Test
  void showsNoServerIfTheStubQueriedTwice() {
    appAsks(7, 0);
    stubAsks(8, 2, 3);
    stubAsks(9, 4, 5);
    stubAnswers(7, 6);
    Upstream hop = Objects.requireNonNull(upstreamsOf(APP).getFirst());
    assertThat(hop.nextServer()).isNull();
  }

  @Test
  void isAbsentIfTheAnswerCameFromAnotherMachine() {
    stubAsks(9, 0, 10);
    assertThat(upstreamsOf(STUB)).containsExactly((Upstream) null);
  }

  @Test
  void doesNotCountUnwantedPendingLookups() {
    scope.byCgroup.put(STUB, new Verdict(Decision.SKIP, null));
    harness.send(by(STUB, queryOut(query(3)).to(UPSTREAM, 53), 0));
    assertThat(harness.pipeline.pending()).isZero();
    harness.tickMs(60_000);
    assertThat(harness.rows).isEmpty();
  }
}
