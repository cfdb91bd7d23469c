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
import dev.jig.match.Hops;
import dev.jig.match.Lookups;
import dev.jig.match.Pending;
import dev.jig.match.PendingQueries;
import dev.jig.match.QueryKey;
import dev.jig.match.Role;
import dev.jig.match.Rows;
import dev.jig.peer.Peers;
import dev.jig.trace.Scope.Answer;
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

  private static final long LATE_AT_LEAST_NS = 40_000_000_000L;

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
  private final PendingQueries pending = new PendingQueries(MAX_PENDING, this::forgotten);
  private final HeldEvents held = new HeldEvents(this::nameOrGiveUp);
  private final TcpStreams streams = new TcpStreams();

  /// Made once, not for every segment.
  private final TcpStreams.MessageHandler messages = this::message;

  private final DnsMessage message = new DnsMessage();
  private final MessageReading reading;

  /// The query of the message at hand: itself, or what it answers.
  private @Nullable Pending matched;

  private final Peers.ContainerOf containers;

  private boolean keepsMessages;
  private Function<@Nullable Container, Decision> decisionOnNoted = _ -> Decision.PASS;
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
    this.reading = new MessageReading(message, dnsPort, strict, counters);
    this.timeoutNs = timeoutNs;
    this.lateNs = lateNs(timeoutNs);
    this.owners = owners;
    this.peers = peers;
    this.containers = (cgroupId, owner) -> scope.of(cgroupId, owner).container();
    this.output = output;
  }

  /// From now on rows carry their messages, or stand for whole lookups, where that is wanted.
  void show(RowDetails details) {
    keepsMessages = details.messages();
    if (details.lookups()) {
      pending.keepAtMost(MAX_LOOKUPS);
      lookups = new Lookups(details.peers() ? new Hops() : null, this::showLookup);
    }
  }

  /// From now on at most so many queries wait: where one heap serves many pipelines.
  void waitForAtMost(int queries) {
    pending.keepAtMost(queries);
  }

  /// From now on only of these containers, where an earlier trace has noted whose a message is.
  void selectNoted(ContainerSelection selection) {
    decisionOnNoted =
        container ->
            switch (selection.verdict(container)) {
              case PASS -> Decision.PASS;
              case SKIP -> Decision.SKIP;
              case UNDECIDED_NAME -> Decision.NAME_UNKNOWN;
            };
  }

  /// From now on rows carry the names this gives them.
  void nameEndpoints(UnaryOperator<DnsEvent> by) {
    naming = by;
  }

  private static long lateNs(long timeoutNs) {
    boolean huge = timeoutNs > Long.MAX_VALUE / 2 / LATE_TIMEOUTS;
    return huge ? Long.MAX_VALUE / 2 : Math.max(LATE_AT_LEAST_NS, timeoutNs * LATE_TIMEOUTS);
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
  public void packet(Packet packet) {
    lastPacketNs = packet.bootNs();
    nowNs = lastPacketNs;
    expire(lastPacketNs);
    if (packet.protocol() == Protocol.UDP || packet.note() != null) {
      message(packet, packet.payload(), packet.payloadOffset(), packet.payloadLength());
      return;
    }
    boolean givenUp = streams.segment(packet, messages);
    countStreams();
    if (givenUp) {
      // What is missing may be the answer, or part of it: to call its query unanswered would be
      // wrong.
      pending.abandon(QueryKey.of(packet, 0, true));
    }
  }

  private void countStreams() {
    counters.tcpGaps = streams.gaps();
    counters.tcpBytesGivenUp = streams.bytesGivenUp();
  }

  private void message(Packet packet, byte[] bytes, int offset, int length) {
    counters.messages++;
    Answer whose = scope.of(packet.cgroupId(), packet.owner());
    if (peers != null && packet.direction() == Direction.EGRESS) {
      peers.sent(packet, bytes, offset, length);
    }
    if (whose.decision() == Decision.SKIP) {
      counters.filtered++;
      if (peers != null) {
        peers.unwanted(packet);
        takeUnwanted(packet, whose, bytes, offset, length);
      }
      return;
    }
    if (!reading.isDns(packet, bytes, offset, length)) {
      return;
    }
    if (packet.note() != null) {
      showNoted(packet, packet.note(), full(told(packet), bytes, offset, length));
      return;
    }
    DnsEvent event = match(packet, whose.container(), sender(packet, bytes, offset, length));
    if (lookups != null) {
      counters.folded++;
      lookups.take(packet, full(event, bytes, offset, length), matched, true);
    } else if (whose.decision() == Decision.HOLD || held.holds(packet.cgroupId())) {
      held.hold(packet.cgroupId(), withMessage(event, bytes, offset, length), packet.bootNs());
    } else if (whose.decision() != Decision.PASS) {
      countLeftOut(whose.decision());
    } else {
      DnsEvent named = naming.apply(event);
      if (filter.test(named)) {
        counters.rows++;
        output.accept(withMessage(named, bytes, offset, length));
      } else {
        counters.filtered++;
      }
    }
  }

  /// What is not to be shown may be what happened behind a lookup that is.
  private void takeUnwanted(Packet packet, Answer whose, byte[] bytes, int offset, int length) {
    if (lookups != null && reading.isReadable(packet, bytes, offset, length)) {
      lookups.take(packet, match(packet, whose.container(), null), matched, false);
    }
  }

  /// What the packet alone tells.
  private DnsEvent told(Packet packet) {
    return message.isResponse()
        ? Rows.response(packet, message, null, null, null, null)
        : Rows.query(packet, message, null, null, null);
  }

  /// An earlier trace's event is taken as it was noted; nothing is worked out again, but for what
  /// becomes of whole lookups.
  private void showNoted(Packet packet, EventNote note, DnsEvent told) {
    counters.noted++;
    DnsEvent event = note.beside(told).orElse(told);
    Decision decision = decisionOnNoted.apply(event.container());
    if (lookups == null) {
      show(decision, event);
      return;
    }
    if (decision == Decision.PASS) {
      counters.folded++;
    } else {
      countLeftOut(decision);
    }
    QueryKey key = QueryKey.ofNoted(packet, event);
    matched =
        event.qr() == Qr.R
            ? pending.answered(key, message, packet.bootNs())
            : pending.asked(key, message, event, NO_CGROUP, packet.bootNs());
    lookups.take(packet, event, matched, decision == Decision.PASS);
  }

  /// A message has no row for this reason.
  private void countLeftOut(Decision reason) {
    switch (reason) {
      case SKIP -> counters.filtered++;
      case NAME_UNKNOWN, HOLD -> counters.nameUnknown++;
      case CONTAINER_UNKNOWN -> counters.containerUnknown++;
      case PASS -> throw new IllegalArgumentException("what passes is not left out");
    }
  }

  @Override
  public void remark(EventNote note) {
    note.alone()
        .ifPresent(event -> {
          if (lookups != null) {
            endNoted(event);
          } else if (decisionOnNoted.apply(event.container()) == Decision.PASS) {
            showUnanswered(event);
          }
        });
  }

  /// What was given up then may be given up later now: the timeout is this run's.
  private void endNoted(DnsEvent unanswered) {
    long atNs = unanswered.timestampNs();
    nowNs = Math.max(nowNs, atNs);
    expire(atNs);
    if (unanswered.state() == State.CLOSED) {
      closed(QueryKey.notedFlow(unanswered), atNs);
    }
  }

  /// The event as far as rows show it: those of lookups nothing more of a query.
  private DnsEvent full(DnsEvent event, byte[] bytes, int offset, int length) {
    boolean shown = lookups == null || event.qr() == Qr.R;
    return shown ? withMessage(event, bytes, offset, length) : event;
  }

  /// The event with its message, where that is wanted.
  private DnsEvent withMessage(DnsEvent event, byte[] bytes, int offset, int length) {
    return keepsMessages ? event.with(WireMessage.of(bytes, offset, length)) : event;
  }

  /// Who sent what arrived here, if that is on this machine and somebody wants to know.
  private @Nullable Peer sender(Packet packet, byte[] bytes, int offset, int length) {
    if (peers == null || packet.direction() != Direction.INGRESS) {
      return null;
    }
    return peers.senderOf(packet, bytes, offset, length, containers, owners);
  }

  private DnsEvent match(Packet packet, @Nullable Container container, @Nullable Peer sender) {
    QueryKey key = QueryKey.of(packet, message.id(), message.isResponse());
    Owner owner = packet.owner() == null ? null : owners.apply(packet.owner());
    if (message.isResponse()) {
      matched = pending.answered(key, message, packet.bootNs());
      return Rows.response(packet, message, container, owner, matched, sender);
    }
    DnsEvent event = Rows.query(packet, message, container, owner, sender);
    matched = pending.asked(key, message, event, packet.cgroupId(), packet.bootNs());
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
  private void nameOrGiveUp(long cgroupId, DnsEvent event) {
    Answer whose = scope.of(cgroupId, event.owner());
    if (whose.decision() == Decision.HOLD) {
      whose = scope.afterWaiting(cgroupId, event.owner());
    }
    DnsEvent named = event.in(whose.container());
    if (event.lookup() != null) {
      showLookup(named, whose.decision());
      return;
    }
    if (event.qr() == Qr.T) {
      if (whose.decision() == Decision.PASS) {
        showUnanswered(named);
      }
      return;
    }
    show(whose.decision(), named);
  }

  private void show(Decision decision, DnsEvent event) {
    if (decision == Decision.PASS) {
      emit(event);
    } else {
      countLeftOut(decision);
    }
  }

  @Override
  public void cgroup(long id, String path) {
    scope.born(id, path);
  }

  @Override
  public void closed(long socketCookie, long bootNs) {
    nowNs = bootNs;
    pending.close(socketCookie, p -> reportUnanswered(p, State.CLOSED, bootNs));
  }

  /// What has to happen as time passes: timeouts, late answers, names that came or did not. To be
  /// called with a time not later than the next packet's.
  ///
  /// @param bootNs now, on the packets' clock
  public void tick(long bootNs) {
    scope.renew();
    streams.tick(bootNs, messages);
    countStreams();
    nowNs = bootNs;
    expire(bootNs);
    pending.forget(bootNs - lateNs);
    if (lookups != null) {
      lookups.tick(bootNs);
    }
    if (held.size() > 0) {
      held.review(bootNs, scope);
    }
  }

  private void expire(long bootNs) {
    pending.expire(bootNs - timeoutNs, p -> reportUnanswered(p, State.TIMEOUT, bootNs));
  }

  /// The end: nothing waits any longer.
  public void finish() {
    streams.finish(messages);
    countStreams();
    if (lookups != null) {
      lookups.finish(nowNs);
    }
    held.releaseAll();
  }

  /// The T row: only for the side that asked, and not where nobody is obliged to answer.
  private void reportUnanswered(Pending p, State state, long bootNs) {
    if (p.key.role() == Role.SERVER) {
      return;
    }
    if (lookups != null && !p.expectsAnswer()) {
      lookups.forgotten(p, bootNs);
    } else if (lookups != null) {
      lookups.ended(p, state, state == State.TIMEOUT ? p.firstBootNs + timeoutNs : bootNs);
    } else if (p.expectsAnswer() && !p.transferring) {
      long afterNs = state == State.TIMEOUT ? timeoutNs : bootNs - p.firstBootNs;
      DnsEvent event = Rows.unanswered(p.event, state, afterNs);
      Answer whose = whoseNow(event, p.cgroupId, bootNs);
      if (whose != null && whose.decision() == Decision.PASS) {
        showUnanswered(event.in(whose.container()));
      }
    }
  }

  /// Whose an event is that comes from no packet; null if it waits for its container's name.
  private @Nullable Answer whoseNow(DnsEvent event, long cgroupId, long bootNs) {
    Container then = event.container();
    Answer whose = scope.of(cgroupId, event.owner());
    if (whose.decision() == Decision.HOLD || held.holds(cgroupId)) {
      held.hold(cgroupId, event, bootNs);
      return null;
    }
    // One that was shown then, and named, may have ended and been forgotten since.
    return then != null && then.name() != null ? new Answer(Decision.PASS, then) : whose;
  }

  private void forgotten(Pending p) {
    if (lookups != null) {
      lookups.forgotten(p, nowNs);
    }
  }

  private void showLookup(DnsEvent row, long cgroupId, long bootNs) {
    Answer whose = whoseNow(row, cgroupId, bootNs);
    if (whose != null) {
      // a file notes whose it is, and forgotten is not: of no container
      showLookup(whose.container() == null ? row : row.in(whose.container()), whose.decision());
    }
  }

  private void showLookup(DnsEvent row, Decision decision) {
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

  private void showUnanswered(DnsEvent event) {
    DnsEvent named = naming.apply(event);
    if (filter.test(named)) {
      counters.unansweredRows++;
      output.accept(named);
    }
  }
}
