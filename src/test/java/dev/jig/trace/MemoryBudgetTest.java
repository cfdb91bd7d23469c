package dev.jig.trace;

import static dev.jig.capture.Packets.queryOut;
import static dev.jig.capture.Packets.responseIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.jig.capture.Packets;
import dev.jig.golden.Messages;
import dev.jig.trace.MemoryBudget.Share;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;

/// What several pipelines hold together: the largest evicts, and all counts stay right.
final class MemoryBudgetTest {
  private static final long MAX_BYTES = 1 << 20;
  private static final long TABLE_BYTES = 10_000;

  private final MemoryBudget budget = new MemoryBudget(MAX_BYTES);
  private final List<PipelineHarness> harnesses = new ArrayList<>();
  private Share[] shares = {};

  private void open(PipelineHarness... opened) {
    harnesses.addAll(List.of(opened));
    shares =
        harnesses.stream().map(each -> new Share(each.pipeline, TABLE_BYTES)).toArray(Share[]::new);
    budget.setShares(shares);
  }

  private void send(int to, Packets packet) {
    harnesses.get(to).send(packet);
    budget.update(shares[to]);
    assertThat(budget.used()).isLessThanOrEqualTo(MAX_BYTES);
  }

  private void sendToAll(Packets packet) {
    for (int i = 0; i < shares.length; i++) {
      send(i, packet);
    }
  }

  private Pipeline pipeline(int index) {
    return harnesses.get(index).pipeline;
  }

  private static Packets query(int i) {
    return queryOut(Messages.query(i & 0xffff, "n" + i + ".example.test.", Type.MX)).cookie(i + 1);
  }

  @Test
  void aFloodedPipelineEvictsAndOthersKeepTheirQueries() {
    open(new PipelineHarness(), new PipelineHarness());
    int few = 100;
    int many = 10_000;

    IntStream.range(0, few).forEach(i -> send(0, query(i)));
    IntStream.range(0, many).forEach(i -> send(1, query(i)));

    assertThat(pipeline(0).pending()).isEqualTo(few);
    assertThat(pipeline(0).evicted()).isZero();
    assertThat(pipeline(1).evicted()).isPositive();
    assertThat(pipeline(1).pending() + pipeline(1).evicted()).isEqualTo(many);
  }

  @Test
  void floodedPipelinesGetEqualParts() {
    open(
        IntStream.range(0, 32)
            .mapToObj(i -> new PipelineHarness())
            .toArray(PipelineHarness[]::new));
    int sent = 500;

    IntStream.range(0, sent).forEach(i -> sendToAll(query(i)));

    long least = harnesses.stream().mapToLong(each -> each.pipeline.pending()).min().orElseThrow();
    assertThat(least).isPositive();
    assertThat(harnesses)
        .allSatisfy(each -> {
          assertThat(each.pipeline.pending()).isBetween(least, least + 2);
          assertThat(each.pipeline.pending() + each.pipeline.evicted()).isEqualTo(sent);
          assertThat(each.rows).hasSize(sent);
        });
  }

  @Test
  void aPipelineWithLargerTablesKeepsAsManyQueries() {
    open(new PipelineHarness(), new PipelineHarness());
    shares[1] = new Share(pipeline(1), MAX_BYTES * 6 / 10); // more than half of all
    budget.setShares(shares);

    IntStream.range(0, 5_000).forEach(i -> sendToAll(query(i)));

    assertThat(pipeline(1).pending()).isPositive();
    assertThat(pipeline(0).pending()).isCloseTo(pipeline(1).pending(), within(2L));
  }

  @Test
  void aClosedPipelineLeavesItsPartToTheOthers() {
    open(new PipelineHarness(), new PipelineHarness());
    IntStream.range(0, 2_000).forEach(i -> sendToAll(query(i)));
    long before = pipeline(0).pending();

    shares = new Share[] {shares[0]};
    budget.setShares(shares);
    IntStream.range(2_000, 6_000).forEach(i -> send(0, query(i)));

    assertThat(pipeline(0).pending()).isGreaterThan(before * 19 / 10);
  }

  @Test
  void droppedBytesOfStreamsAreCounted() {
    open(new PipelineHarness(), new PipelineHarness());
    byte[] begun = new byte[700];
    begun[0] = (byte) 0xff; // of a message of 65,280 bytes
    byte[] header = Messages.query(1, "example.test.", Type.MX);
    System.arraycopy(header, 0, begun, 2, header.length);
    int streams = 3_000;

    IntStream.range(0, streams)
        .forEach(i -> send(1, queryOut(begun).tcp(1).from("192.0.2.1", 1 + i).cookie(i + 1)));
    pipeline(1).finish();

    assertThat(pipeline(1).counters().tcpBytesDropped()).isEqualTo((long) streams * begun.length);
  }

  @Test
  void heldRowsAreReleased() {
    ScriptedScope scope = ScriptedScope.always(ScriptedScope.HOLD);
    open(new PipelineHarness(scope), new PipelineHarness(scope));
    int sent = 5_000;

    for (int i = 0; i < sent; i++) {
      byte[] response = Messages.response(i & 0xffff, "n" + i + ".example.test.", Type.MX);
      sendToAll(responseIn(response).cgroup(i / 10 + 1).cookie(i + 1));
    }

    assertThat(harnesses)
        .allSatisfy(each -> {
          assertThat(each.rows).isNotEmpty().hasSizeLessThan(sent);
          each.pipeline.finish();
          assertThat(each.rows).hasSize(sent);
          assertThat(each.pipeline.counters().isBalanced()).isTrue();
        });
  }

  @Test
  void lookupsThatWaitForATwinAreEmitted() {
    open(PipelineHarness.forLookups(), PipelineHarness.forLookups());
    int sent = 2_000;

    for (int i = 0; i < sent; i++) {
      String name = "n" + i + ".example.test.";
      sendToAll(queryOut(Messages.query(i, name, Type.A)).cookie(i + 1));
      sendToAll(responseIn(Messages.response(i, name, Type.A)).cookie(i + 1));
    }

    assertThat(harnesses)
        .allSatisfy(each -> {
          assertThat(each.rows).isNotEmpty().hasSizeLessThan(sent);
          each.pipeline.finish();
          assertThat(each.rows).hasSize(sent);
          assertThat(each.pipeline.evicted()).isZero();
          assertThat(each.pipeline.heapBytes()).isZero();
        });
  }

  @Test
  void evictedLookupsAreCounted() {
    open(PipelineHarness.forLookups(), PipelineHarness.forLookups());
    int sent = 3_000;

    IntStream.range(0, sent).forEach(i -> sendToAll(query(i)));

    assertThat(harnesses)
        .allSatisfy(each -> {
          assertThat(each.pipeline.evicted()).isPositive();
          assertThat(each.pipeline.pending() + each.pipeline.evicted()).isEqualTo(sent);
        });
  }

  @Test
  void tablesBeyondTheBudgetEvictEverythingElse() {
    PipelineHarness harness = new PipelineHarness();
    Share share = new Share(harness.pipeline, 2 * MAX_BYTES);
    budget.setShares(new Share[] {share});

    harness.send(query(1));
    budget.update(share);

    assertThat(harness.pipeline.pending()).isZero();
    assertThat(harness.pipeline.evicted()).isEqualTo(1);
  }
}
