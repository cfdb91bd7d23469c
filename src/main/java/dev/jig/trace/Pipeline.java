package dev.jig.trace;

import dev.jig.capture.Drop;
import dev.jig.capture.Packet;
import dev.jig.capture.Packet.Direction;
import dev.jig.capture.PacketHandler;
import dev.jig.capture.TcpStreams;
import dev.jig.dns.DnsMessage;
import dev.jig.event.IpAddress;
import dev.jig.event.Owner;
import dev.jig.event.Protocol;
import dev.jig.event.Row;
import dev.jig.event.State;
import dev.jig.event.Subject;
import dev.jig.event.Timeout;
import dev.jig.match.AnsweredQueries;
import dev.jig.match.Match;
import dev.jig.match.MessageMatcher;
import dev.jig.match.PacketCopies;
import dev.jig.match.PendingQueries;
import dev.jig.match.PendingQuery;
import dev.jig.match.QueryKey;
import dev.jig.match.Role;
import dev.jig.match.Rows;
import dev.jig.peer.Peers;
import dev.jig.peer.SentMessage;
import dev.jig.trace.Scope.Decision;
import dev.jig.trace.Scope.Verdict;
import dev.jig.wire.PcapngRowOption;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Turns packets into rows, in this order: put TCP segments together, decide by container, read the
/// message, match queries and responses, make rows, filter, emit. One thread calls it.
public final class Pipeline implements PacketHandler {
  private final PipelineConfig config;
  private final Scope scope;
  private final @Nullable PeerMatcher peers;
  private final Counters counters = new Counters();
  private final TcpStreams streams;
  private final DnsMessage message = new DnsMessage();
  private final MessageReader reader;
  private final PendingQueries pending;
  private final MessageMatcher matcher;
  private final Rows rows = new Rows();
  private final HeldRows held;
  private final RowSink sink;
  private final RowMaker maker;
  private final RecordedRows recorded;
  private final DropHandler drops;
  private final UnsentQueries unsent;

  /// Allocated once, not for every segment.
  private final TcpStreams.MessageHandler messageHandler =
      new TcpStreams.MessageHandler() {
        @Override
        public void onMessage(Packet packet, byte[] bytes, int offset, int length) {
          Pipeline.this.onMessage(packet, bytes, offset, length);
        }

        @Override
        public void onLost(Packet segment, boolean bySender) {
          markAnswerLost(segment, bySender);
        }
      };

  /// Null in live traces, where each packet is seen at its socket only.
  private final @Nullable PacketCopies copies;

  /// Null with lookups: a message of another name may be an upstream's.
  private final @Nullable Predicate<String> nameFilter;

  /// Takes in losses up to a time, by [#onPacketsLost].
  private LongConsumer lossCheck = _ -> {};

  private long lastPacketNs;

  /// The latest time seen, on the packets' clock.
  private long nowNs;

  /// @param peers null where neither output nor filter shows peers
  /// @param output takes the rows, on the thread that calls [#onPacket]
  Pipeline(PipelineConfig config, Scope scope, @Nullable Peers peers, Consumer<Row> output) {
    this.config = config;
    this.scope = scope;
    // A gap ends before the queries are due of which it may hide the responses.
    streams = new TcpStreams(Math.min(TcpStreams.MAX_GAP_NS, config.timeoutNs() / 2));
    reader = new MessageReader(message, config.ports(), counters, config.recorded() != null);
    pending =
        new PendingQueries(
            config.maxPending(),
            config.buckets(),
            config.details().lookups(),
            new PendingListener());
    this.peers =
        peers == null ? null : new PeerMatcher(peers, rows, scope, config.owners(), pending);
    matcher = new MessageMatcher(rows, pending, new AnsweredQueries(config.answered()));
    copies = config.recorded() == null ? null : new PacketCopies(pending);
    held = new HeldRows(scope, this::onReleased);
    sink = new RowSink(config, counters, output);
    LookupRows lookups =
        config.details().lookups() ? new LookupRows(config, counters, held, sink) : null;
    maker = lookups != null ? lookups : new PacketRows(config, counters, pending, held, sink);
    nameFilter = lookups != null ? null : config.filter().nameFilter();
    recorded = new RecordedRows(config, counters, rows, pending, lookups, sink);
    unsent = new UnsentQueries(() -> lossCheck.accept(nowNs), maker::onUnsent);
    drops =
        new DropHandler(
            config,
            scope,
            counters,
            reader,
            message,
            pending,
            matcher,
            maker,
            nameFilter,
            this::onUnanswered);
  }

  /// Sets what is called before a query is reported as unanswered, with the time on the packets'
  /// clock up to which losses are to be known.
  void setLossCheck(LongConsumer check) {
    lossCheck = check;
  }

  /// Packets were lost: queries that wait now are no longer reported as unanswered.
  ///
  /// @param untilNs on the packets' clock; queries sent until then may be read later
  void onPacketsLost(long untilNs) {
    pending.markAllAnswersLost(untilNs);
    unsent.clear();
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
    if (dropped || packet.isCut()) {
      markAnswerLost(packet, true);
    }
  }

  @Override
  public void onSegmentWithoutData(Packet packet) {
    streams.addEmpty(packet, messageHandler);
    countStreams();
  }

  @Override
  public void onUnreadable(Packet packet) {
    markAnswerLost(packet, true);
  }

  /// The data that is missing may have been a response: its query must not be reported as
  /// unanswered.
  ///
  /// @param bySender whether the packet's sender sent what is missing; else its receiver did
  private void markAnswerLost(Packet packet, boolean bySender) {
    pending.markAnswerLost(QueryKey.of(packet, 0, bySender), packet.bootNs());
  }

  private void onMessage(Packet packet, byte[] bytes, int offset, int length) {
    counters.messages++;
    Verdict verdict = scope.decide(packet.cgroupId(), packet.owner());
    if (peers != null) {
      peers.onMessage(packet, bytes, offset, length);
    }
    if (verdict.decision() == Decision.SKIP) {
      onUnwanted(packet, verdict, bytes, offset, length);
      return;
    }
    if (!reader.readAndCount(packet, bytes, offset, length)) {
      return;
    }
    PcapngRowOption option = packet.rowOption();
    if (option != null) {
      recorded.onMessage(packet, option, message, bytes, offset, length);
      return;
    }
    if (copies != null && copies.isCopy(packet, message, bytes, offset, length)) {
      counters.copies++;
      return;
    }
    if (nameFilter != null && !mayPass(nameFilter)) {
      counters.filtered++; // a query does not wait for its response, which has the same name
      return;
    }
    if (!unsent.isEmpty() && !message.isResponse()) {
      unsent.onQuery(packet);
    }
    SentMessage sent = peers == null ? null : peers.findSent(packet, bytes, offset, length);
    Subject sender = peers == null ? null : peers.subjectOf(sent);
    Match match = match(packet, verdict, sender, bytes, offset, length);
    if (peers != null && !message.isResponse()) {
      peers.onQueryArrived(sent, message, match.row().subject());
    }
    maker.onMessage(packet, verdict, match, bytes, offset, length);
  }

  /// Whether the filter lets rows with the message's name pass.
  private boolean mayPass(Predicate<String> filter) {
    return !message.hasQuestion() || filter.test(message.questionName());
  }

  /// A message without a wanted row may be a peer's, or an upstream's of a wanted lookup.
  private void onUnwanted(Packet packet, Verdict verdict, byte[] bytes, int offset, int length) {
    counters.filtered++;
    if (peers == null) {
      return;
    }
    peers.onUnwanted(packet);
    boolean arrives = packet.direction() == Direction.INGRESS && packet.owner() != null;
    if (!(arrives || maker.needsUnwanted()) || !reader.read(packet, bytes, offset, length)) {
      return;
    }
    if (arrives && !message.isResponse()) {
      peers.onUnwantedQueryArrived(packet, message, bytes, offset, length);
    }
    if (maker.needsUnwanted()) {
      maker.onUnwanted(packet, match(packet, verdict, null, bytes, offset, length));
    }
  }

  private Match match(
      Packet packet,
      Verdict verdict,
      @Nullable Subject sender,
      byte[] bytes,
      int offset,
      int length) {
    Owner owner = packet.owner() == null ? null : config.owners().apply(packet.owner());
    return matcher.match(
        packet, message, verdict.container(), owner, sender, bytes, offset, length);
  }

  /// A recorded row without a packet. With lookups, timeouts are this run's: only the closing of a
  /// socket is taken from it.
  @Override
  public void onStandaloneRow(PcapngRowOption option) {
    Timeout row = option.standalone().orElse(null);
    if (row == null) {
      return;
    }
    if (!config.details().lookups()) {
      recorded.onStandalone(row);
      return;
    }
    recorded.addToLookup(row); // before this run's timeouts
    nowNs = Math.max(nowNs, row.timestampNs());
    expire(row.timestampNs());
    if (row.state() == State.CLOSED) {
      onSocketClosed(QueryKey.recordedFlow(row), row.timestampNs());
    }
  }

  @Override
  public void onCgroupCreated(long id, String path) {
    scope.onCgroupCreated(id, path);
  }

  @Override
  public void onSocketClosed(long socketCookie, long bootNs) {
    nowNs = bootNs;
    pending.closeFlow(socketCookie, query -> onUnanswered(query, State.CLOSED, bootNs));
    maker.onSocketClosed(socketCookie, bootNs);
  }

  @Override
  public void onConnect(Packet connect) {
    nowNs = connect.bootNs();
    maker.onConnect(connect);
  }

  @Override
  public void onDrop(Packet packet, Drop drop) {
    nowNs = packet.bootNs();
    if (drop.where() == Drop.Where.SENDING_SOCKET) {
      unsent.onDropped(packet.socketCookie());
    }
    drops.onDrop(packet, drop);
  }

  @Override
  public void onUnsent(Packet packet, boolean connect) {
    nowNs = packet.bootNs();
    IpAddress server = packet.nameserver();
    Verdict verdict = scope.decide(packet.cgroupId(), packet.owner());
    if (server != null && verdict.decision() != Decision.SKIP) {
      Owner owner = packet.owner() == null ? null : config.owners().apply(packet.owner());
      Timeout row = rows.unsent(packet, server, verdict.container(), owner);
      unsent.onUnsent(packet, row, connect);
    }
  }

  /// Gaps in streams come first: the messages behind them may be responses.
  private void expire(long bootNs) {
    streams.expireGaps(bootNs, messageHandler);
    pending.expire(
        bootNs - config.timeoutNs(), query -> onUnanswered(query, State.TIMEOUT, bootNs));
  }

  private void onUnanswered(PendingQuery query, State state, long bootNs) {
    if (query.key.role() != Role.SERVER) {
      maker.onUnanswered(query, state, bootNs);
    }
  }

  private final class PendingListener implements PendingQueries.Listener {
    @Override
    public void beforeReport() {
      lossCheck.accept(nowNs);
    }

    @Override
    public void onAnswerLost(PendingQuery query) {
      if (query.key.role() != Role.SERVER && query.expectsAnswer()) {
        counters.answersLost++;
      }
      maker.onEvicted(query, nowNs);
    }

    @Override
    public void onEvicted(PendingQuery query) {
      maker.onEvicted(query, nowNs);
    }
  }

  private void onReleased(Row row, Decision decision) {
    maker.onReleased(row, decision);
  }

  /// Handles everything that is due: timeouts, gaps in streams, lookups, held rows.
  ///
  /// @param bootNs now, on the packets' clock; not later than the next packet's time
  public void tick(long bootNs) {
    scope.refresh();
    nowNs = bootNs;
    expire(bootNs);
    countStreams();
    pending.evictOlderThan(bootNs - config.lateNs());
    maker.tick(bootNs);
    held.releaseDue(bootNs);
    sink.tick(bootNs);
  }

  /// Emits or drops everything that waits; the last call.
  public void finish() {
    streams.finish(messageHandler);
    countStreams();
    maker.finish(nowNs);
    held.releaseAll();
    sink.finish();
  }

  private void countStreams() {
    counters.tcpGaps = streams.gaps();
    counters.tcpBytesDropped = streams.droppedBytes();
  }

  public Counters counters() {
    return counters;
  }

  /// Queries that wait for a response; with lookup rows, lookups that do.
  public long pending() {
    return maker.waiting();
  }

  /// Queries evicted before response or timeout, and before three were unsent.
  public long evicted() {
    return pending.evicted() + unsent.evicted();
  }

  /// Approximate heap size of what waits in its tables.
  long heapBytes() {
    return pending.heapBytes() + streams.heapBytes() + held.heapBytes() + maker.heapBytes();
  }

  /// Evicts the oldest entry of its largest table, with the same result as at the table's own
  /// bound. Not to be called while it handles a packet.
  void evictOldest() {
    long largest =
        Math.max(
            Math.max(pending.heapBytes(), streams.heapBytes()),
            Math.max(held.heapBytes(), maker.heapBytes()));
    if (largest == held.heapBytes()) {
      held.evictOldest();
    } else if (largest == streams.heapBytes()) {
      streams.evictOldest();
      countStreams();
    } else if (largest == pending.heapBytes() || !maker.evictOldest(nowNs)) {
      pending.evictOldest();
    }
  }

  /// The time of the last packet, on the packets' clock.
  long lastPacketNs() {
    return lastPacketNs;
  }
}
