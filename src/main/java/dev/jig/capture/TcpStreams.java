package dev.jig.capture;

import dev.jig.event.IpAddress;
import dev.jig.table.Lru;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Reassembles TCP connections into DNS messages, one [TcpStream] per direction and socket: a
/// connection within this machine is recorded at both ends. At most 16,384 streams and 8 MiB; the
/// least recently used one is evicted and its buffered bytes are counted. For one thread.
public final class TcpStreams {
  /// Two streams for each of 8,192 open connections.
  static final int MAX_STREAMS = 16_384;

  /// 8 MiB: about a hundred incomplete messages of the longest kind.
  static final long MAX_BYTES = 8L << 20;

  /// How long a missing segment is awaited at most: 2 s.
  public static final long MAX_GAP_NS = 2_000_000_000;

  /// Approximate heap size of a stream without what it buffers.
  private static final int STREAM_BYTES = 220;

  /// The interval at which gaps are checked, 10 ms: files call [#expireGaps] with every packet.
  private static final long CHECK_INTERVAL_NS = 10_000_000;

  /// Receives messages, each stream's in order.
  @FunctionalInterface
  public interface MessageHandler {
    /// A message without its length prefix; `length` may be 0.
    ///
    /// @param packet the segment that completed the message; its payload is another
    void onMessage(Packet packet, byte[] bytes, int offset, int length);

    /// Bytes of a stream are missing for good: any of its messages may have been among them.
    ///
    /// @param segment of the connection, at the time of the loss or after it
    /// @param bySender whether the segment's sender sent what is missing; else its receiver did
    default void onLost(Packet segment, boolean bySender) {}
  }

  /// What all streams share: the longest wait for a gap, and the counts of dropped bytes and gaps.
  static final class Totals {
    private final long maxGapNs;
    private long droppedBytes;
    private long gaps;

    Totals(long maxGapNs) {
      this.maxGapNs = maxGapNs;
    }

    long maxGapNs() {
      return maxGapNs;
    }

    void addDroppedBytes(int bytes) {
      droppedBytes += bytes;
    }

    /// @param bytes dropped with the gap: those of an incomplete message before it
    void addGap(int bytes) {
      gaps++;
      droppedBytes += bytes;
    }
  }

  /// Without the socket's cookie: the first segments of an accepted connection have its listener's.
  private record Key(
      Packet.Direction direction,
      long cgroupId,
      IpAddress source,
      int sourcePort,
      IpAddress destination,
      int destinationPort) {

    /// The key of the other direction.
    static Key ofReverse(Packet packet) {
      Packet.Direction reverse =
          switch (packet.direction) {
            case INGRESS -> Packet.Direction.EGRESS;
            case EGRESS -> Packet.Direction.INGRESS;
            case UNKNOWN -> Packet.Direction.UNKNOWN;
          };
      return new Key(
          reverse,
          packet.cgroupId,
          packet.destination,
          packet.destinationPort,
          packet.source,
          packet.sourcePort);
    }

    static Key of(Packet packet) {
      return new Key(
          packet.direction,
          packet.cgroupId,
          packet.source,
          packet.sourcePort,
          packet.destination,
          packet.destinationPort);
    }
  }

  private final Totals totals;
  private final Lru<Key, TcpStream> streams;
  private final Set<TcpStream> gapped = new LinkedHashSet<>();
  private final long maxBytes;
  private long bufferedBytes;
  private long checkedNs = -CHECK_INTERVAL_NS;

  TcpStreams() {
    this(MAX_GAP_NS);
  }

  /// @param maxGapNs how long a missing segment is awaited
  public TcpStreams(long maxGapNs) {
    this(MAX_STREAMS, MAX_BYTES, maxGapNs);
  }

  TcpStreams(int maxStreams, long maxBytes, long maxGapNs) {
    this.totals = new Totals(maxGapNs);
    this.streams = new Lru<>(maxStreams, this::onEvicted);
    this.maxBytes = maxBytes;
  }

  /// Adds a segment and delivers the messages that it completes.
  ///
  /// @return whether bytes of this stream were dropped, possibly of a response
  public boolean add(Packet packet, MessageHandler handler) {
    acknowledge(packet, handler);
    TcpStream stream = streams.computeIfAbsent(Key.of(packet), _ -> new TcpStream(totals));
    long droppedBefore = totals.droppedBytes + totals.gaps;
    int before = stream.bufferedBytes();
    stream.add(packet, handler);
    updateTotals(stream, before);
    boolean complete = droppedBefore == totals.droppedBytes + totals.gaps;
    while (bufferedBytes > maxBytes && !streams.isEmpty()) {
      streams.evictEldest();
    }
    return !complete;
  }

  /// Handles a segment without data: a new connection, or an acknowledgement of the other
  /// direction's data.
  public void addEmpty(Packet packet, MessageHandler handler) {
    acknowledge(packet, handler);
    if (packet.tcpSyn) {
      TcpStream stream = streams.computeIfAbsent(Key.of(packet), _ -> new TcpStream(totals));
      int before = stream.bufferedBytes();
      stream.begin(packet.tcpSeq);
      updateTotals(stream, before);
    }
  }

  private void acknowledge(Packet packet, MessageHandler handler) {
    TcpStream other = packet.tcpAcknowledges ? streams.get(Key.ofReverse(packet)) : null;
    if (other != null) {
      int before = other.bufferedBytes();
      other.skipAcknowledged(packet, handler);
      updateTotals(other, before);
    }
  }

  /// @param before what the stream buffered before a change
  private void updateTotals(TcpStream stream, int before) {
    bufferedBytes += stream.bufferedBytes() - before;
    if (stream.hasGap()) {
      gapped.add(stream);
    } else if (!gapped.isEmpty()) {
      gapped.remove(stream);
    }
  }

  /// Skips gaps that have waited for too long, and delivers the messages behind them.
  ///
  /// @param bootNs now, on the packets' clock
  public void expireGaps(long bootNs, MessageHandler handler) {
    if (gapped.isEmpty() || bootNs >= checkedNs && bootNs < checkedNs + CHECK_INTERVAL_NS) {
      return;
    }
    checkedNs = bootNs;
    List<TcpStream> closed = new ArrayList<>();
    for (TcpStream stream : gapped) {
      int before = stream.bufferedBytes();
      stream.expireGap(bootNs, handler);
      bufferedBytes += stream.bufferedBytes() - before;
      if (!stream.hasGap()) {
        closed.add(stream);
      }
    }
    closed.forEach(gapped::remove);
  }

  /// Skips all gaps, delivers the messages behind them, and drops incomplete ones.
  public void finish(MessageHandler handler) {
    expireGaps(Long.MAX_VALUE, handler);
    streams.values().forEach(TcpStream::discard);
    streams.clear();
    gapped.clear();
    bufferedBytes = 0;
  }

  private void onEvicted(TcpStream evicted) {
    gapped.remove(evicted);
    bufferedBytes -= evicted.bufferedBytes();
    evicted.discard();
  }

  /// Approximate heap size of all streams.
  public long heapBytes() {
    return bufferedBytes + (long) streams.size() * STREAM_BYTES;
  }

  /// Evicts the stream that was used longest ago, and counts its buffered bytes as dropped.
  public void evictOldest() {
    streams.evictEldest();
  }

  /// The number of streams.
  int size() {
    return streams.size();
  }

  /// Bytes buffered now: the buffers' sizes and [TcpStream#AHEAD_OVERHEAD] per segment.
  long bufferedBytes() {
    return bufferedBytes;
  }

  /// Bytes of no delivered message: of incomplete messages, and behind a gap up to the next start
  /// of a message.
  public long droppedBytes() {
    return totals.droppedBytes;
  }

  /// Gaps that were skipped because their segments did not arrive.
  public long gaps() {
    return totals.gaps;
  }
}
