package dev.jig.trace;

import dev.jig.capture.Packet;
import dev.jig.capture.Packet.Direction;
import dev.jig.capture.PacketHandler;
import dev.jig.capture.TcpStreams;
import dev.jig.dns.DnsMessage;
import dev.jig.event.Container;
import dev.jig.event.Row;
import dev.jig.event.Owner;
import dev.jig.event.Peer;
import dev.jig.event.Protocol;
import dev.jig.event.Qr;
import dev.jig.event.State;
import dev.jig.event.WireMessage;
import dev.jig.filter.ContainerSelection;
import dev.jig.match.Lookups;
import dev.jig.match.PendingQueries;
import dev.jig.match.PendingQuery;
import dev.jig.match.QueryKey;
import dev.jig.match.Role;
import dev.jig.match.Rows;
import dev.jig.match.UpstreamTracker;
import dev.jig.peer.Peers;
import dev.jig.trace.Scope.Decision;
import dev.jig.trace.Scope.Verdict;
import dev.jig.wire.PcapngRowOption;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Turns packets into rows, in this order: decide by container, read the message, match queries and
/// responses, filter, emit. One thread calls it.
public final class Pipeline implements PacketHandler {
  /// Bound of pending queries.
  static final int MAX_PENDING = 65_536;

  /// Bound of pending queries with lookup rows, which need more memory each.
  static final int MAX_LOOKUPS = 32_768;

  /// A late response is matched until this many timeouts after its query, but at least
  /// [#MIN_LATE_NS].
  private static final int LATE_TIMEOUTS = 4;

  private static final long MIN_LATE_NS = 40_000_000_000L;

  /// The cgroup id of packets from files.
  private static final long NO_CGROUP = 0;

  private final Scope scope;
  private final Predicate<Row> filter;
  private final Consumer<Row> output;
  private final long timeoutNs;
  private final long lateNs;
  private final UnaryOperator<Owner> owners;
  private final @Nullable Peers peers;
  private final Counters counters = new Counters();
  private final PendingQueries pending = new PendingQueries(MAX_PENDING, this::onEvicted);
  private final HeldRows held = new HeldRows(this::emitReleased);
  private final TcpStreams streams = new TcpStreams();

  /// Allocated once, not for every segment.
  private final TcpStreams.MessageHandler messageHandler = this::onMessage;

  private final DnsMessage message = new DnsMessage();
  private final MessageReader reader;

  /// Result of the last [#match]: the query itself, or the query that the response answers.
  private @Nullable PendingQuery matched;

  private final Peers.ContainerFinder containers;

  private boolean keepsMessages;
  private Function<@Nullable Container, Decision> recordedDecision = _ -> Decision.PASS;
  private UnaryOperator<Row> naming = UnaryOperator.identity();
  private @Nullable Lookups lookups;
  private long lastPacketNs;

  /// The latest time seen, on the packets' clock.
  private long nowNs;

  /// A pipeline without peers.
  ///
  /// @param dnsPort ports on which a payload that is not readable counts as malformed DNS
  /// @param strict on other ports only strictly valid messages are DNS (`--ports any`)
  /// @param timeoutNs after which a query is unanswered
  /// @param owners adds details to the owners that the kernel recorded
  /// @param output takes the rows, on the thread that calls [#onPacket]
  public Pipeline(
      Scope scope,
      Predicate<Row> filter,
      IntPredicate dnsPort,
      boolean strict,
      long timeoutNs,
      UnaryOperator<Owner> owners,
      Consumer<Row> output) {
    this(scope, filter, dnsPort, strict, timeoutNs, owners, null, output);
  }

  /// A pipeline that finds the processes at the other end of hops within the machine.
  ///
  /// @param peers null where neither output nor filter shows peers
  public Pipeline(
      Scope scope,
      Predicate<Row> filter,
      IntPredicate dnsPort,
      boolean strict,
      long timeoutNs,
      UnaryOperator<Owner> owners,
      @Nullable Peers peers,
      Consumer<Row> output) {
    this.scope = scope;
    this.filter = filter;
    this.reader = new MessageReader(message, dnsPort, strict, counters);
    this.timeoutNs = timeoutNs;
    this.lateNs = lateNs(timeoutNs);
    this.owners = owners;
    this.peers = peers;
    this.containers = (cgroupId, owner) -> scope.decide(cgroupId, owner).container();
    this.output = output;
  }

  /// Sets what rows carry, before the first packet.
  void configure(RowDetails details) {
    keepsMessages = details.messages();
    if (details.lookups()) {
      pending.lowerCapacity(MAX_LOOKUPS);
      lookups = new Lookups(details.peers() ? new UpstreamTracker() : null, this::emitLookup);
    }
  }

  /// Lowers the bound of pending queries, where many pipelines share one heap.
  void limitPending(int queries) {
    pending.lowerCapacity(queries);
  }

  /// Sets the containers of which recorded rows are wanted.
  void selectRecorded(ContainerSelection selection) {
    recordedDecision =
        container ->
            switch (selection.match(container)) {
              case PASS -> Decision.PASS;
              case SKIP -> Decision.SKIP;
              case NEEDS_NAME -> Decision.NAME_UNKNOWN;
            };
  }

  /// Sets what gives rows the names of their addresses.
  void setEndpointNaming(UnaryOperator<Row> endpointNaming) {
    naming = endpointNaming;
  }

  private static long lateNs(long timeoutNs) {
    boolean huge = timeoutNs > Long.MAX_VALUE / 2 / LATE_TIMEOUTS;
    return huge ? Long.MAX_VALUE / 2 : Math.max(MIN_LATE_NS, timeoutNs * LATE_TIMEOUTS);
  }

  public Counters counters() {
    return counters;
  }

  /// Queries that wait for a response; with lookup rows, lookups that do.
  public long pending() {
    return lookups == null ? pending.waiting() : lookups.waiting();
  }

  /// Queries evicted before response or timeout.
  public long evicted() {
    return pending.evicted();
  }

  /// The time of the last packet, on the packets' clock.
  long lastPacketNs() {
    return lastPacketNs;
  }

  @Override
  public void onPacket(Packet packet) {
    lastPacketNs = packet.bootNs();
    nowNs = lastPacketNs;
    expire(lastPacketNs);
    if (packet.protocol() == Protocol.UDP || packet.rowOption() != null) {
      onMessage(packet, packet.payload(), packet.payloadOffset(), packet.payloadLength());
      return;
    }
    boolean dropped = streams.add(packet, messageHandler);
    countStreams();
    if (dropped) {
      // The dropped data may have been the response: do not report its query as unanswered.
      pending.discard(QueryKey.of(packet, 0, true));
    }
  }

  private void countStreams() {
    counters.tcpGaps = streams.gaps();
    counters.tcpBytesDropped = streams.droppedBytes();
  }

  private void onMessage(Packet packet, byte[] bytes, int offset, int length) {
    counters.messages++;
    Verdict verdict = scope.decide(packet.cgroupId(), packet.owner());
    if (peers != null && packet.direction() == Direction.EGRESS) {
      peers.onSent(packet, bytes, offset, length);
    }
    if (verdict.decision() == Decision.SKIP) {
      counters.filtered++;
      if (peers != null) {
        peers.onUnwanted(packet);
        trackUnwanted(packet, verdict, bytes, offset, length);
      }
      return;
    }
    if (!reader.readAndCount(packet, bytes, offset, length)) {
      return;
    }
    if (packet.rowOption() != null) {
      emitRecorded(
          packet,
          packet.rowOption(),
          withMessageIfPrinted(packetRow(packet), bytes, offset, length));
      return;
    }
    Row event = match(packet, verdict.container(), findSender(packet, bytes, offset, length));
    if (lookups != null) {
      counters.folded++;
      lookups.onMessage(packet, withMessageIfPrinted(event, bytes, offset, length), matched, true);
    } else if (verdict.decision() == Decision.HOLD || held.isHolding(packet.cgroupId())) {
      held.hold(
          packet.cgroupId(), withMessageIfKept(event, bytes, offset, length), packet.bootNs());
    } else if (verdict.decision() != Decision.PASS) {
      countDropped(verdict.decision());
    } else {
      Row named = naming.apply(event);
      if (filter.test(named)) {
        counters.rows++;
        output.accept(withMessageIfKept(named, bytes, offset, length));
      } else {
        counters.filtered++;
      }
    }
  }

  /// A message without a wanted row may still be an upstream of a wanted lookup.
  private void trackUnwanted(Packet packet, Verdict verdict, byte[] bytes, int offset, int length) {
    if (lookups != null && reader.read(packet, bytes, offset, length)) {
      lookups.onMessage(packet, match(packet, verdict.container(), null), matched, false);
    }
  }

  /// The row with what packet and message show, without matching.
  private Row packetRow(Packet packet) {
    return message.isResponse()
        ? Rows.response(packet, message, null, null, null, null)
        : Rows.query(packet, message, null, null, null);
  }

  /// Emits a row of an earlier trace as recorded, without matching it again; lookup rows are built
  /// from recorded rows.
  private void emitRecorded(Packet packet, PcapngRowOption note, Row packetRow) {
    counters.recordedRows++;
    Row event = note.mergeWithPacket(packetRow).orElse(packetRow);
    Decision decision = recordedDecision.apply(event.container());
    if (lookups == null) {
      emit(decision, event);
      return;
    }
    if (decision == Decision.PASS) {
      counters.folded++;
    } else {
      countDropped(decision);
    }
    QueryKey key = QueryKey.ofRecorded(packet, event);
    matched =
        event.qr() == Qr.R
            ? pending.matchResponse(key, message, packet.bootNs())
            : pending.addQuery(key, message, event, NO_CGROUP, packet.bootNs());
    lookups.onMessage(packet, event, matched, decision == Decision.PASS);
  }

  private void countDropped(Decision reason) {
    switch (reason) {
      case SKIP -> counters.filtered++;
      case NAME_UNKNOWN, HOLD -> counters.nameUnknown++;
      case CONTAINER_UNKNOWN -> counters.containerUnknown++;
      case PASS -> throw new IllegalArgumentException("PASS is no reason to drop");
    }
  }

  @Override
  public void onStandaloneRow(PcapngRowOption note) {
    note.standalone()
        .ifPresent(event -> {
          if (lookups != null) {
            endRecorded(event);
          } else if (recordedDecision.apply(event.container()) == Decision.PASS) {
            emitUnanswered(event);
          }
        });
  }

  /// A recorded T row: timeouts are this run's, only the closing of a socket is taken from it.
  private void endRecorded(Row unanswered) {
    long atNs = unanswered.timestampNs();
    nowNs = Math.max(nowNs, atNs);
    expire(atNs);
    if (unanswered.state() == State.CLOSED) {
      onSocketClosed(QueryKey.recordedFlow(unanswered), atNs);
    }
  }

  /// Adds the message, unless it is a query's with lookup rows, which never show it.
  private Row withMessageIfPrinted(Row event, byte[] bytes, int offset, int length) {
    boolean shown = lookups == null || event.qr() == Qr.R;
    return shown ? withMessageIfKept(event, bytes, offset, length) : event;
  }

  /// Adds the message if rows carry messages.
  private Row withMessageIfKept(Row event, byte[] bytes, int offset, int length) {
    return keepsMessages ? event.withMessage(WireMessage.of(bytes, offset, length)) : event;
  }

  /// The process that sent a packet recorded at ingress; null if not on this machine or not wanted.
  private @Nullable Peer findSender(Packet packet, byte[] bytes, int offset, int length) {
    if (peers == null || packet.direction() != Direction.INGRESS) {
      return null;
    }
    return peers.findSender(packet, bytes, offset, length, containers, owners);
  }

  private Row match(Packet packet, @Nullable Container container, @Nullable Peer sender) {
    QueryKey key = QueryKey.of(packet, message.id(), message.isResponse());
    Owner owner = packet.owner() == null ? null : owners.apply(packet.owner());
    if (message.isResponse()) {
      matched = pending.matchResponse(key, message, packet.bootNs());
      return Rows.response(packet, message, container, owner, matched, sender);
    }
    Row event = Rows.query(packet, message, container, owner, sender);
    matched = pending.addQuery(key, message, event, packet.cgroupId(), packet.bootNs());
    return event;
  }

  private void emit(Row event) {
    Row named = naming.apply(event);
    if (filter.test(named)) {
      counters.rows++;
      output.accept(named);
    } else {
      counters.filtered++;
    }
  }

  /// A held row is released: its container has a name by now, or none in time.
  private void emitReleased(long cgroupId, Row event) {
    Verdict verdict = scope.decide(cgroupId, event.owner());
    if (verdict.decision() == Decision.HOLD) {
      verdict = scope.decideNow(cgroupId, event.owner());
    }
    Row named = event.withContainer(verdict.container());
    if (event.lookup() != null) {
      emitLookup(named, verdict.decision());
      return;
    }
    if (event.qr() == Qr.T) {
      if (verdict.decision() == Decision.PASS) {
        emitUnanswered(named);
      }
      return;
    }
    emit(verdict.decision(), named);
  }

  private void emit(Decision decision, Row event) {
    if (decision == Decision.PASS) {
      emit(event);
    } else {
      countDropped(decision);
    }
  }

  @Override
  public void onCgroupCreated(long id, String path) {
    scope.onCgroupCreated(id, path);
  }

  @Override
  public void onSocketClosed(long socketCookie, long bootNs) {
    nowNs = bootNs;
    pending.closeFlow(socketCookie, p -> onUnanswered(p, State.CLOSED, bootNs));
  }

  /// Handles everything that is due: timeouts, gaps in streams, lookups, held rows.
  ///
  /// @param bootNs now, on the packets' clock; not later than the next packet's time
  public void tick(long bootNs) {
    scope.refresh();
    streams.expireGaps(bootNs, messageHandler);
    countStreams();
    nowNs = bootNs;
    expire(bootNs);
    pending.evictOlderThan(bootNs - lateNs);
    if (lookups != null) {
      lookups.tick(bootNs);
    }
    if (held.size() > 0) {
      held.releaseDue(bootNs, scope);
    }
  }

  private void expire(long bootNs) {
    pending.expire(bootNs - timeoutNs, p -> onUnanswered(p, State.TIMEOUT, bootNs));
  }

  /// Emits or drops everything that waits; the last call.
  public void finish() {
    streams.finish(messageHandler);
    countStreams();
    if (lookups != null) {
      lookups.finish(nowNs);
    }
    held.releaseAll();
  }

  /// A query timed out or its socket was closed. Makes a T row for a client's query, if a response
  /// was to be expected.
  private void onUnanswered(PendingQuery p, State state, long bootNs) {
    if (p.key.role() == Role.SERVER) {
      return;
    }
    if (lookups != null && !p.expectsAnswer()) {
      lookups.onEvicted(p, bootNs);
    } else if (lookups != null) {
      lookups.onUnanswered(p, state, state == State.TIMEOUT ? p.firstBootNs + timeoutNs : bootNs);
    } else if (p.expectsAnswer() && !p.transferring) {
      long afterNs = state == State.TIMEOUT ? timeoutNs : bootNs - p.firstBootNs;
      Row event = Rows.unanswered(p.event, state, afterNs);
      Verdict verdict = decideOrHold(event, p.cgroupId, bootNs);
      if (verdict != null && verdict.decision() == Decision.PASS) {
        emitUnanswered(event.withContainer(verdict.container()));
      }
    }
  }

  /// Decides on a row that comes from no packet; null if the row is held for its container's name.
  private @Nullable Verdict decideOrHold(Row event, long cgroupId, long bootNs) {
    Container known = event.container();
    Verdict verdict = scope.decide(cgroupId, event.owner());
    if (verdict.decision() == Decision.HOLD || held.isHolding(cgroupId)) {
      held.hold(cgroupId, event, bootNs);
      return null;
    }
    // A container that was named when its query came may have ended and been evicted since.
    return known != null && known.name() != null ? new Verdict(Decision.PASS, known) : verdict;
  }

  private void onEvicted(PendingQuery p) {
    if (lookups != null) {
      lookups.onEvicted(p, nowNs);
    }
  }

  private void emitLookup(Row row, long cgroupId, long bootNs) {
    Verdict verdict = decideOrHold(row, cgroupId, bootNs);
    if (verdict != null) {
      // In files, and once the container is evicted, the verdict has none: keep the row's own.
      emitLookup(
          verdict.container() == null ? row : row.withContainer(verdict.container()),
          verdict.decision());
    }
  }

  private void emitLookup(Row row, Decision decision) {
    switch (decision) {
      case NAME_UNKNOWN, CONTAINER_UNKNOWN, HOLD -> counters.lookupsUnknown++;
      case SKIP -> {} // its messages are counted as filtered
      case PASS -> {
        Row named = naming.apply(row);
        if (filter.test(named)) {
          counters.lookups++;
          output.accept(named);
        } else {
          counters.lookupsFiltered++;
        }
      }
    }
  }

  private void emitUnanswered(Row event) {
    Row named = naming.apply(event);
    if (filter.test(named)) {
      counters.unansweredRows++;
      output.accept(named);
    }
  }
}
