package dev.jig.trace;

import dev.jig.capture.Packets;
import dev.jig.event.Row;
import dev.jig.filter.PortSet;
import dev.jig.filter.RowFilter;
import dev.jig.names.SearchLists;
import dev.jig.peer.PeerSkipPolicy;
import dev.jig.peer.Peers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A pipeline for tests, with a timeout of one second and port 53 as the DNS port: packets in, rows
/// out.
final class PipelineHarness {
  static final long TIMEOUT_MS = 1_000;

  final List<Row> rows = new ArrayList<>();
  final Pipeline pipeline;

  PipelineHarness(Pipeline pipeline) {
    this.pipeline = pipeline;
  }

  PipelineHarness() {
    this(Scope.EVERYTHING);
  }

  PipelineHarness(Scope scope) {
    this(scope, _ -> true, false);
  }

  PipelineHarness(Scope scope, RowFilter filter, boolean any) {
    this(scope, filter, any, null, false);
  }

  /// A pipeline that finds peers.
  static PipelineHarness withPeers(Scope scope, PeerSkipPolicy skipPolicy) {
    return new PipelineHarness(scope, _ -> true, false, new Peers(skipPolicy, 8_192), false);
  }

  private PipelineHarness(
      Scope scope, RowFilter filter, boolean any, @Nullable Peers peers, boolean lookups) {
    this(scope, filter, any, peers, new RowDetails(false, false, peers != null, false, lookups));
  }

  private PipelineHarness(
      Scope scope, RowFilter filter, boolean any, @Nullable Peers peers, RowDetails details) {
    pipeline =
        new Pipeline(
            PipelineConfig.of(
                PortSet.parse(any ? "any" : "53"),
                TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS),
                details,
                filter),
            scope,
            peers,
            rows::add);
  }

  /// A pipeline with lookup rows.
  static PipelineHarness forLookups() {
    return forLookups(Scope.EVERYTHING, null);
  }

  static PipelineHarness forLookups(RowFilter filter) {
    return new PipelineHarness(Scope.EVERYTHING, filter, false, null, true);
  }

  static PipelineHarness forLookups(Scope scope, @Nullable Peers peers) {
    return new PipelineHarness(scope, _ -> true, false, peers, true);
  }

  /// A pipeline with rows of names, without known search lists.
  static PipelineHarness forNames(Scope scope, RowFilter filter) {
    RowDetails details = new RowDetails(false, false, false, false, true);
    return new PipelineHarness(scope, filter, false, null, details.withNames(SearchLists.NONE));
  }

  PipelineHarness send(Packets... packets) {
    for (Packets packet : packets) {
      pipeline.onPacket(packet.build());
    }
    return this;
  }

  PipelineHarness tickMs(long ms) {
    pipeline.tick(ms * 1_000_000);
    return this;
  }

  PipelineHarness closeSocket(long cookie, long ms) {
    pipeline.onSocketClosed(cookie, ms * 1_000_000);
    return this;
  }

  Row last() {
    return rows.getLast();
  }

  /// Rows as `QR state latency`.
  List<String> rowTexts() {
    return rows.stream().map(PipelineHarness::rowText).toList();
  }

  private static String rowText(Row event) {
    long latencyNs = event.latencyNs();
    return event.qr()
        + (event.state() == null ? "" : " " + event.state())
        + (latencyNs == Row.NO_LATENCY ? "" : " " + latencyNs / 1_000_000 + "ms");
  }
}
