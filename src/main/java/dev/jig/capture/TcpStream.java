package dev.jig.capture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reassembles one direction of a TCP connection into DNS messages, each behind a length of two
/// bytes (RFC 1035 section 4.2.2). Segments may have any size and order, and may be repeated.
///
/// The handshake is not recorded, so a stream starts with the first segment seen. If that does not
/// start a message, or bytes are missing, message boundaries are unknown: [DnsStartDetector]
/// searches for the next start byte by byte, and checks every further one.
final class TcpStream {
  /// The length field ahead of a message.
  static final int PREFIX_LENGTH = 2;

  /// The longest message with its length field.
  static final int MAX_LENGTH = PREFIX_LENGTH + 0xffff;

  /// Limits of what is buffered behind a gap: 256 KiB, 256 segments, and [TcpStreams#MAX_GAP_NS].
  static final int MAX_AHEAD_BYTES = 256 * 1024;

  static final int MAX_AHEAD_SEGMENTS = 256;

  /// Approximate bytes of a buffered segment besides its data.
  static final int AHEAD_OVERHEAD = 256;

  /// Bytes that the other side has acknowledged are missing after 100 ms: captures may hold the two
  /// directions of a connection out of order.
  static final long MAX_ACKNOWLEDGED_GAP_NS = 100_000_000;

  /// A segment more than 1 MiB away belongs to another connection between the same endpoints.
  static final int WINDOW = 1 << 20;

  private static final int INITIAL_CAPACITY = 512;
  private static final byte[] EMPTY = {};

  /// A segment that is buffered behind a gap.
  private static final class Ahead {
    final int seq;
    final byte[] bytes;
    final Packet head;

    Ahead(Packet packet) {
      int from = packet.payloadOffset;
      seq = packet.tcpSeq;
      bytes = Arrays.copyOfRange(packet.payload, from, from + packet.payloadLength);
      head = packet.copyWithoutPayload();
    }

    int endSeq() {
      return seq + bytes.length;
    }
  }

  private final TcpStreams.Totals totals;

  /// The socket's cookie, to distinguish a later connection between the same endpoints.
  private long cookie;

  /// Sequence number of the first byte seen.
  private int firstSeq;

  /// Sequence number of the byte behind the last one processed.
  private int nextSeq;

  private boolean started;

  /// Whether no byte is missing since the start of the first message.
  private boolean complete = true;

  /// Whether message boundaries are known: complete, and a message was found. Else each start is
  /// checked.
  private boolean synchronised;

  /// Whether the incomplete message passed the check.
  private boolean plausible;

  /// The first `filled` bytes of the incomplete message and its length field.
  private byte[] message = EMPTY;

  private int filled;

  /// Segments behind a gap by sequence number; null without a gap.
  private @Nullable List<Ahead> ahead;

  private int aheadBytes;

  /// The acknowledgement of bytes that have not come, at the stream's end; null if there is none.
  private @Nullable Packet unseenAck;

  TcpStream(TcpStreams.Totals totals) {
    this.totals = totals;
  }

  /// Bytes buffered.
  int bufferedBytes() {
    int segments = ahead == null ? 0 : ahead.size();
    return message.length + aheadBytes + segments * AHEAD_OVERHEAD;
  }

  /// Whether bytes are missing, before buffered segments or at the end.
  boolean hasGap() {
    return ahead != null || unseenAck != null;
  }

  /// Adds the payload of `packet`, and delivers the messages that it completes.
  void add(Packet packet, TcpStreams.MessageHandler handler) {
    if (packet.tcpSyn) {
      begin(packet.tcpSeq);
    }
    int seq = packet.tcpSeq;
    int distance = seq - nextSeq;
    if (!started || isOtherConnection(packet, distance)) {
      reset();
      started = true;
      firstSeq = seq;
      nextSeq = seq;
      distance = 0;
    }
    cookie = packet.socketCookie;
    if (distance > 0) {
      buffer(packet);
      if (unseenAck != null) {
        skipAcknowledged(unseenAck, handler);
      }
      expireGap(packet.bootNs, handler);
      return;
    }
    if (seq - firstSeq < 0) { // older than the first byte seen
      totals.addDroppedBytes(Math.min(packet.payloadLength, firstSeq - seq));
    }
    if (-distance < packet.payloadLength) {
      process(
          packet, packet.payload, packet.payloadOffset, packet.payloadLength, -distance, handler);
    } // else a retransmission
    processAhead(packet, handler);
  }

  /// A contiguous segment belongs to this connection whatever its cookie: data that arrive before
  /// the handshake's end have the listener's.
  private boolean isOtherConnection(Packet packet, int distance) {
    return distance != 0
        && (distance > WINDOW || distance < -WINDOW || packet.socketCookie != cookie);
  }

  /// A connection begins: its first byte has this number.
  void begin(int seq) {
    if (started && seq == firstSeq) {
      return; // sent again
    }
    reset();
    started = true;
    firstSeq = seq;
    nextSeq = seq;
  }

  /// The other side has received everything before an acknowledgement: what is missing here was
  /// lost by the capture, and will not come.
  void skipAcknowledged(Packet ack, TcpStreams.MessageHandler handler) {
    int beyond = ack.tcpAck - nextSeq;
    if (!started || beyond <= 0 || beyond > WINDOW) {
      return;
    }
    while (ahead != null && !ahead.isEmpty() && ack.tcpAck - ahead.getFirst().seq >= 0) {
      skipFirstGap(ahead, handler);
    }
    // FIN has a sequence number, but no data
    unseenAck = ahead == null && ack.tcpAck - nextSeq > 1 ? kept(ack) : null;
  }

  private Packet kept(Packet ack) {
    return unseenAck == null ? ack.copyWithoutPayload() : unseenAck;
  }

  private void reset() {
    unseenAck = null;
    if (ahead == null) {
      totals.addDroppedBytes(filled);
    } else {
      totals.addGap(filled + aheadBytes);
    }
    filled = 0;
    message = EMPTY;
    ahead = null;
    aheadBytes = 0;
    plausible = false;
    complete = true;
    synchronised = false;
  }

  /// Drops and counts what is buffered.
  void discard() {
    reset();
    started = false;
  }

  private void process(
      Packet head,
      byte[] bytes,
      int offset,
      int length,
      int processed,
      TcpStreams.MessageHandler handler) {
    nextSeq += length - processed;
    if (unseenAck != null && unseenAck.tcpAck - nextSeq <= 1) {
      unseenAck = null;
    }
    feed(head, bytes, offset + processed, length - processed, handler);
  }

  private void feed(
      Packet head, byte[] bytes, int offset, int length, TcpStreams.MessageHandler handler) {
    int next = offset;
    int end = offset + length;
    while (next < end) {
      if (filled == 0 && isStart(bytes, next, end - next) && isComplete(bytes, next, end - next)) {
        deliver(head, bytes, next, handler);
        next += PREFIX_LENGTH + messageLength(bytes, next);
        continue;
      }
      next += append(bytes, next, end - next);
      while (isAccepted() && isComplete(message, 0, filled)) {
        deliver(head, takeMessage(), 0, handler);
      }
    }
  }

  private void deliver(Packet head, byte[] bytes, int offset, TcpStreams.MessageHandler handler) {
    synchronised |= complete;
    handler.onMessage(head, bytes, offset + PREFIX_LENGTH, messageLength(bytes, offset));
  }

  /// Removes the complete message from the buffer. Bytes behind it, buffered while an earlier byte
  /// might have started a message, stay as the start of the next.
  private byte[] takeMessage() {
    byte[] whole = message;
    int end = PREFIX_LENGTH + messageLength(whole, 0);
    message = filled == end ? EMPTY : Arrays.copyOfRange(whole, end, filled);
    filled -= end;
    plausible = false;
    if (filled > 0 && !synchronised) {
      checkBuffered();
    }
    return whole;
  }

  private boolean isStart(byte[] bytes, int offset, int length) {
    return synchronised || check(bytes, offset, length) == DnsStartDetector.Result.LIKELY;
  }

  private DnsStartDetector.Result check(byte[] bytes, int offset, int length) {
    return complete
        ? DnsStartDetector.checkHeader(bytes, offset, length)
        : DnsStartDetector.checkQuestion(bytes, offset, length);
  }

  private boolean isAccepted() {
    return synchronised || plausible;
  }

  /// Appends the bytes that the incomplete message needs to be checked, then those that it needs to
  /// be complete; returns how many.
  private int append(byte[] bytes, int offset, int length) {
    int taken = 0;
    while (taken < length && (filled < PREFIX_LENGTH || !isAccepted())) {
      ensureCapacity(filled + 1);
      message[filled++] = bytes[offset + taken++];
      if (!synchronised) {
        checkBuffered();
      }
    }
    if (filled < PREFIX_LENGTH || !isAccepted()) {
      return taken;
    }
    int missing = Math.max(0, PREFIX_LENGTH + messageLength(message, 0) - filled);
    int more = Math.min(missing, length - taken);
    ensureCapacity(filled + more);
    System.arraycopy(bytes, offset + taken, message, filled, more);
    filled += more;
    return taken + more;
  }

  /// Drops bytes from the front until they can start a message.
  private void checkBuffered() {
    DnsStartDetector.Result result = check(message, 0, filled);
    while (result == DnsStartDetector.Result.NO) {
      System.arraycopy(message, 1, message, 0, --filled);
      totals.addDroppedBytes(1);
      complete = false;
      result = check(message, 0, filled);
    }
    plausible = result == DnsStartDetector.Result.LIKELY;
  }

  private void ensureCapacity(int length) {
    if (message.length < length) {
      int doubled = Math.max(INITIAL_CAPACITY, 2 * message.length);
      message = Arrays.copyOf(message, Math.min(MAX_LENGTH, Math.max(length, doubled)));
    }
  }

  private static boolean isComplete(byte[] bytes, int offset, int length) {
    return length >= PREFIX_LENGTH && length >= PREFIX_LENGTH + messageLength(bytes, offset);
  }

  private static int messageLength(byte[] bytes, int offset) {
    return (bytes[offset] & 0xff) << 8 | bytes[offset + 1] & 0xff;
  }

  private void buffer(Packet packet) {
    if (ahead == null) {
      ahead = new ArrayList<>();
    }
    int at = ahead.size();
    while (at > 0 && ahead.get(at - 1).seq - packet.tcpSeq > 0) {
      at--;
    }
    ahead.add(at, new Ahead(packet));
    aheadBytes += packet.payloadLength;
  }

  /// Processes the segments that are contiguous now. The messages in them get the time of `filler`,
  /// the segment that closed the gap; null if the gap was skipped: then their own segment's.
  private void processAhead(@Nullable Packet filler, TcpStreams.MessageHandler handler) {
    List<Ahead> waiting = ahead;
    while (waiting != null && !waiting.isEmpty()) {
      Ahead next = waiting.getFirst();
      int processed = nextSeq - next.seq;
      if (processed < 0) {
        return;
      }
      waiting.removeFirst();
      aheadBytes -= next.bytes.length;
      if (next.endSeq() - nextSeq > 0) {
        Packet head = filler == null ? next.head : filler;
        process(head, next.bytes, 0, next.bytes.length, processed, handler);
      }
    }
    ahead = null;
  }

  /// Skips the gap if it exceeds a limit: its segments were lost or not captured.
  void expireGap(long bootNs, TcpStreams.MessageHandler handler) {
    while (ahead != null && !ahead.isEmpty() && isExpired(ahead, bootNs)) {
      skipFirstGap(ahead, handler);
    }
    Packet ack = unseenAck;
    if (ack != null && bootNs - ack.bootNs > MAX_ACKNOWLEDGED_GAP_NS) {
      unseenAck = null;
      skipTo(ack.tcpAck);
      handler.onLost(ack, false);
    }
  }

  private void skipFirstGap(List<Ahead> waiting, TcpStreams.MessageHandler handler) {
    Ahead first = waiting.getFirst();
    skipTo(first.seq);
    processAhead(null, handler);
    handler.onLost(first.head, true);
  }

  private void skipTo(int seq) {
    totals.addGap(filled);
    filled = 0;
    message = EMPTY;
    plausible = false;
    complete = false;
    synchronised = false;
    nextSeq = seq;
  }

  private boolean isExpired(List<Ahead> waiting, long bootNs) {
    return bootNs - waiting.getFirst().head.bootNs > totals.maxGapNs()
        || aheadBytes > MAX_AHEAD_BYTES
        || waiting.size() > MAX_AHEAD_SEGMENTS;
  }
}
