package dev.jig.trace;

import dev.jig.capture.Packet;
import dev.jig.capture.Packet.Direction;
import dev.jig.capture.PacketHandler;
import dev.jig.capture.TcpStreams;
import dev.jig.dns.DnsMessage;
import dev.jig.event.Container;
import dev.jig.event.DnsEvent;
import dev.jig.event.Owner;
import dev.jig.event.Peer;
import dev.jig.event.Protocol;
import dev.jig.event.Qr;
import dev.jig.event.State;
import dev.jig.event.WireMessage;
import dev.jig.filter.ContainerSelection;
import dev.jig.match.UpstreamTracker;
import dev.jig.match.Lookups;
import dev.jig.match.PendingQuery;
import dev.jig.match.PendingQueries;
import dev.jig.match.QueryKey;
import dev.jig.match.Role;
import dev.jig.match.Rows;
import dev.jig.peer.Peers;
import dev.jig.trace.Scope.Verdict;
import dev.jig.trace.Scope.Decision;
import dev.jig.wire.EventNote;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The road of a packet, in this order: whose is it, what does it say, which query does it answer,
/// is it wanted, out. One thread.
public final class Pipeline implements PacketHandler {
  /// Queries that may wait for an answer at a time.
  static final int MAX_PENDING = 65_536;

  /// The same where what is kept of each is a whole lookup.
  static final int MAX_LOOKUPS = 32_768;

  /// How long after the query a late answer is still recognised: so many timeouts, but never less
  /// than the time.
  private static final int LATE_TIMEOUTS = 4;

  private static final long MIN_LATE_NS = 40_000_000_000L;

  /// Of what comes from a file.
  private static final long NO_CGROUP = 0;

  private final Scope scope;
  private final Predicate<DnsEvent> filter;
  private final Consumer<DnsEvent> output;
  private final long timeoutNs;
  private final long lateNs;
  private final UnaryOperator<Owner> owners;
  private final @Nullable Peers peers;
  private final Counters counters = new Counters();
  private final PendingQueries pending = new PendingQueries(MAX_PENDING, this::onEvicted);
  private final HeldRows held = new HeldRows(this::emitReleased);
  private final TcpStreams streams = new TcpStreams();

  /// Made once, not for every segment.
  private final TcpStreams.MessageHandler messageHandler = this::onMessage;

  private final DnsMessage message = new DnsMessage();
  private final MessageReader reader;

  /// The query of the message at hand: itself, or what it answers.
  private @Nullable PendingQuery matched;

  private final Peers.ContainerFinder containers;

  private boolean keepsMessages;
  private Function<@Nullable Container, Decision> recordedDecision = _ -> Decision.PASS;
  private UnaryOperator<DnsEvent> naming = UnaryOperator.identity();
  private @Nullable Lookups lookups;
  private long lastPacketNs;

  /// The latest known, on the packets' clock.
  private long nowNs;

  /// @param dnsPort ports on which a payload that can't be read is malformed DNS, not something
  ///   else
  /// @param strict on other ports only strictly valid messages are DNS (`--ports any`)
  /// @param timeoutNs after which a query counts as unanswered
  /// @param owners what to add to the owners the kernel told
  /// @param output takes the rows, on the thread that hands over packets
  public Pipeline(
      Scope scope,
      Predicate<DnsEvent> filter,
      IntPredicate dnsPort,
      boolean strict,
      long timeoutNs,
      UnaryOperator<Owner> owners,
      Consumer<DnsEvent> output) {
    this(scope, filter, dnsPort, strict, timeoutNs, owners, null, output);
  }

  /// @param peers tells who is at the other end; null where nobody wants to know
  public Pipeline(
      Scope scope,
      Predicate<DnsEvent> filter,
      IntPredicate dnsPort,
      boolean strict,
      long timeoutNs,
      UnaryOperator<Owner> owners,
      @Nullable Peers peers,
      Consumer<DnsEvent> output) {
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

  /// From now on rows carry their messages, or stand for whole lookups, where that is wanted.
  void configure(RowDetails details) {
    keepsMessages = details.messages();
    if (details.lookups()) {
      pending.lowerCapacity(MAX_LOOKUPS);
      lookups = new Lookups(details.peers() ? new UpstreamTracker() : null, this::emitLookup);
    }
  }

  /// From now on at most so many queries wait: where one heap serves many pipelines.
  void limitPending(int queries) {
    pending.lowerCapacity(queries);
  }

  /// From now on only of these containers, where an earlier trace has noted whose a message is.
  void selectRecorded(ContainerSelection selection) {
    recordedDecision =
        container ->
            switch (selection.match(container)) {
              case PASS -> Decision.PASS;
              case SKIP -> Decision.SKIP;
              case UNDECIDED_NAME -> Decision.NAME_UNKNOWN;
            };
  }

  /// From now on rows carry the names this gives them.
  void setEndpointNaming(UnaryOperator<DnsEvent> by) {
    naming = by;
  }

  private static long lateNs(long timeoutNs) {
    boolean huge = timeoutNs > Long.MAX_VALUE / 2 / LATE_TIMEOUTS;
    return huge ? Long.MAX_VALUE / 2 : Math.max(MIN_LATE_NS, timeoutNs * LATE_TIMEOUTS);
  }

  public Counters counters() {
    return counters;
  }

  /// Queries still waiting for their answer; where rows stand for lookups, those.
  public long pending() {
    return lookups == null ? pending.waiting() : lookups.waiting();
  }

  /// Queries that gave way to newer ones before answer or timeout.
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
    boolean givenUp = streams.add(packet, messageHandler);
    countStreams();
    if (givenUp) {
      // What is missing may be the answer, or part of it: to call its query unanswered would be
      // wrong.
      pending.discard(QueryKey.of(packet, 0, true));
    }
  }

  private void countStreams() {
    counters.tcpGaps = streams.gaps();
    counters.tcpBytesDropped = streams.droppedBytes();
  }

  private void onMessage(Packet packet, byte[] bytes, int offset, int length) {
    counters.messages++;
    Verdict whose = scope.decide(packet.cgroupId(), packet.owner());
    if (peers != null && packet.direction() == Direction.EGRESS) {
      peers.onSent(packet, bytes, offset, length);
    }
    if (whose.decision() == Decision.SKIP) {
      counters.filtered++;
      if (peers != null) {
        peers.onUnwanted(packet);
        trackUnwanted(packet, whose, bytes, offset, length);
      }
      return;
    }
    if (!reader.readAndCount(packet, bytes, offset, length)) {
      return;
    }
    if (packet.rowOption() != null) {
      emitRecorded(packet, packet.rowOption(), withMessageIfPrinted(packetRow(packet), bytes, offset, length));
      return;
    }
    DnsEvent event = match(packet, whose.container(), findSender(packet, bytes, offset, length));
    if (lookups != null) {
      counters.folded++;
      lookups.onMessage(packet, withMessageIfPrinted(event, bytes, offset, length), matched, true);
    } else if (whose.decision() == Decision.HOLD || held.isHolding(packet.cgroupId())) {
      held.hold(packet.cgroupId(), withMessageIfKept(event, bytes, offset, length), packet.bootNs());
    } else if (whose.decision() != Decision.PASS) {
      countDropped(whose.decision());
    } else {
      DnsEvent named = naming.apply(event);
      if (filter.test(named)) {
        counters.rows++;
        output.accept(withMessageIfKept(named, bytes, offset, length));
      } else {
        counters.filtered++;
      }
    }
  }

  /// What is not to be shown may be what happened behind a lookup that is.
  private void trackUnwanted(Packet packet, Verdict whose, byte[] bytes, int offset, int length) {
    if (lookups != null && reader.read(packet, bytes, offset, length)) {
      lookups.onMessage(packet, match(packet, whose.container(), null), matched, false);
    }
  }

  /// What the packet alone tells.
  private DnsEvent packetRow(Packet packet) {
    return message.isResponse()
        ? Rows.response(packet, message, null, null, null, null)
        : Rows.query(packet, message, null, null, null);
  }

  /// An earlier trace's event is taken as it was noted; nothing is worked out again, but for what
  /// becomes of whole lookups.
  private void emitRecorded(Packet packet, EventNote note, DnsEvent told) {
    counters.recordedRows++;
    DnsEvent event = note.beside(told).orElse(told);
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

  /// A message has no row for this reason.
  private void countDropped(Decision reason) {
    switch (reason) {
      case SKIP -> counters.filtered++;
      case NAME_UNKNOWN, HOLD -> counters.nameUnknown++;
      case CONTAINER_UNKNOWN -> counters.containerUnknown++;
      case PASS -> throw new IllegalArgumentException("what passes is not left out");
    }
  }

  @Override
  public void onStandaloneRow(EventNote note) {
    note.alone()
        .ifPresent(event -> {
          if (lookups != null) {
            endRecorded(event);
          } else if (recordedDecision.apply(event.container()) == Decision.PASS) {
            emitUnanswered(event);
          }
        });
  }

  /// What was given up then may be given up later now: the timeout is this run's.
  private void endRecorded(DnsEvent unanswered) {
    long atNs = unanswered.timestampNs();
    nowNs = Math.max(nowNs, atNs);
    expire(atNs);
    if (unanswered.state() == State.CLOSED) {
      onSocketClosed(QueryKey.recordedFlow(unanswered), atNs);
    }
  }

  /// The event as far as rows show it: those of lookups nothing more of a query.
  private DnsEvent withMessageIfPrinted(DnsEvent event, byte[] bytes, int offset, int length) {
    boolean shown = lookups == null || event.qr() == Qr.R;
    return shown ? withMessageIfKept(event, bytes, offset, length) : event;
  }

  /// The event with its message, where that is wanted.
  private DnsEvent withMessageIfKept(DnsEvent event, byte[] bytes, int offset, int length) {
    return keepsMessages ? event.with(WireMessage.of(bytes, offset, length)) : event;
  }

  /// Who sent what arrived here, if that is on this machine and somebody wants to know.
  private @Nullable Peer findSender(Packet packet, byte[] bytes, int offset, int length) {
    if (peers == null || packet.direction() != Direction.INGRESS) {
      return null;
    }
    return peers.findSender(packet, bytes, offset, length, containers, owners);
  }

  private DnsEvent match(Packet packet, @Nullable Container container, @Nullable Peer sender) {
    QueryKey key = QueryKey.of(packet, message.id(), message.isResponse());
    Owner owner = packet.owner() == null ? null : owners.apply(packet.owner());
    if (message.isResponse()) {
      matched = pending.matchResponse(key, message, packet.bootNs());
      return Rows.response(packet, message, container, owner, matched, sender);
    }
    DnsEvent event = Rows.query(packet, message, container, owner, sender);
    matched = pending.addQuery(key, message, event, packet.cgroupId(), packet.bootNs());
    return event;
  }

  private void emit(DnsEvent event) {
    DnsEvent named = naming.apply(event);
    if (filter.test(named)) {
      counters.rows++;
      output.accept(named);
    } else {
      counters.filtered++;
    }
  }

  /// A held event goes on, with the name that came or without.
  private void emitReleased(long cgroupId, DnsEvent event) {
    Verdict whose = scope.decide(cgroupId, event.owner());
    if (whose.decision() == Decision.HOLD) {
      whose = scope.decideNow(cgroupId, event.owner());
    }
    DnsEvent named = event.in(whose.container());
    if (event.lookup() != null) {
      emitLookup(named, whose.decision());
      return;
    }
    if (event.qr() == Qr.T) {
      if (whose.decision() == Decision.PASS) {
        emitUnanswered(named);
      }
      return;
    }
    emit(whose.decision(), named);
  }

  private void emit(Decision decision, DnsEvent event) {
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

  /// What has to happen as time passes: timeouts, late answers, names that came or did not. To be
  /// called with a time not later than the next packet's.
  ///
  /// @param bootNs now, on the packets' clock
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

  /// The end: nothing waits any longer.
  public void finish() {
    streams.finish(messageHandler);
    countStreams();
    if (lookups != null) {
      lookups.finish(nowNs);
    }
    held.releaseAll();
  }

  /// The T row: only for the side that asked, and not where nobody is obliged to answer.
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
      DnsEvent event = Rows.unanswered(p.event, state, afterNs);
      Verdict whose = decideOrHold(event, p.cgroupId, bootNs);
      if (whose != null && whose.decision() == Decision.PASS) {
        emitUnanswered(event.in(whose.container()));
      }
    }
  }

  /// Whose an event is that comes from no packet; null if it waits for its container's name.
  private @Nullable Verdict decideOrHold(DnsEvent event, long cgroupId, long bootNs) {
    Container then = event.container();
    Verdict whose = scope.decide(cgroupId, event.owner());
    if (whose.decision() == Decision.HOLD || held.isHolding(cgroupId)) {
      held.hold(cgroupId, event, bootNs);
      return null;
    }
    // One that was shown then, and named, may have ended and been forgotten since.
    return then != null && then.name() != null ? new Verdict(Decision.PASS, then) : whose;
  }

  private void onEvicted(PendingQuery p) {
    if (lookups != null) {
      lookups.onEvicted(p, nowNs);
    }
  }

  private void emitLookup(DnsEvent row, long cgroupId, long bootNs) {
    Verdict whose = decideOrHold(row, cgroupId, bootNs);
    if (whose != null) {
      // a file notes whose it is, and forgotten is not: of no container
      emitLookup(whose.container() == null ? row : row.in(whose.container()), whose.decision());
    }
  }

  private void emitLookup(DnsEvent row, Decision decision) {
    switch (decision) {
      case NAME_UNKNOWN, CONTAINER_UNKNOWN, HOLD -> counters.lookupsUnknown++;
      case SKIP -> {} // its messages are counted
      case PASS -> {
        DnsEvent named = naming.apply(row);
        if (filter.test(named)) {
          counters.lookups++;
          output.accept(named);
        } else {
          counters.lookupsFiltered++;
        }
      }
    }
  }

  private void emitUnanswered(DnsEvent event) {
    DnsEvent named = naming.apply(event);
    if (filter.test(named)) {
      counters.unansweredRows++;
      output.accept(named);
    }
  }
}
