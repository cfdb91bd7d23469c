package dev.jig.trace;

import dev.jig.capture.Packets;
import dev.jig.event.DnsEvent;
import dev.jig.peer.Bystanders;
import dev.jig.peer.Peers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A pipeline for tests, with a timeout of one second and port 53 as the DNS port: packets in, rows
/// out.
final class Road {
  static final long TIMEOUT_MS = 1_000;

  final List<DnsEvent> rows = new ArrayList<>();
  final Pipeline pipeline;

  Road(Pipeline pipeline) {
    this.pipeline = pipeline;
  }

  Road() {
    this(Scope.EVERYTHING);
  }

  Road(Scope scope) {
    this(scope, _ -> true, false);
  }

  Road(Scope scope, Predicate<DnsEvent> filter, boolean any) {
    this(scope, filter, any, null);
  }

  /// One that looks for the other end.
  static Road withPeers(Scope scope, Bystanders bystanders) {
    return new Road(scope, _ -> true, false, new Peers(bystanders));
  }

  private Road(Scope scope, Predicate<DnsEvent> filter, boolean any, @Nullable Peers peers) {
    pipeline =
        new Pipeline(
            scope,
            filter,
            port -> port == 53,
            any,
            TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS),
            UnaryOperator.identity(),
            peers,
            rows::add);
  }

  /// One whose rows stand for whole lookups.
  static Road ofLookups() {
    return ofLookups(Scope.EVERYTHING, null);
  }

  static Road ofLookups(Predicate<DnsEvent> filter) {
    return folding(new Road(Scope.EVERYTHING, filter, false, null), false);
  }

  static Road ofLookups(Scope scope, @Nullable Peers peers) {
    return folding(new Road(scope, _ -> true, false, peers), peers != null);
  }

  private static Road folding(Road road, boolean peers) {
    road.pipeline.show(new RowDetails(false, false, peers, false, true));
    return road;
  }

  Road send(Packets... packets) {
    for (Packets packet : packets) {
      pipeline.packet(packet.build());
    }
    return this;
  }

  Road tickMs(long ms) {
    pipeline.tick(ms * 1_000_000);
    return this;
  }

  Road closeMs(long cookie, long ms) {
    pipeline.closed(cookie, ms * 1_000_000);
    return this;
  }

  DnsEvent last() {
    return rows.getLast();
  }

  /// Rows as `QR state latency`, to compare them at a glance.
  List<String> told() {
    return rows.stream().map(Road::told).toList();
  }

  private static String told(DnsEvent event) {
    Long latencyNs = event.latencyNs();
    return event.qr()
        + (event.state() == null ? "" : " " + event.state())
        + (latencyNs == null ? "" : " " + latencyNs / 1_000_000 + "ms");
  }
}
