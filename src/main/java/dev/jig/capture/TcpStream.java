package dev.jig.capture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One direction of a TCP connection, put together: segments of any size, in any order and any
/// number of copies become DNS messages, each behind a length of two bytes (RFC 1035 section
/// 4.2.2).
///
/// The handshake is not recorded, so a stream begins with the first segment seen. Where that does
/// not begin a message, or bytes are missing, the borders between messages are lost: they are
/// sought byte by byte, and every message's begin is then doubted.
final class TcpStream {
  /// A message's length ahead of it, and the longest of them together.
  static final int PREFIX_LENGTH = 2;

  static final int MAX_LENGTH = PREFIX_LENGTH + 0xffff;

  /// Beyond a gap: so many bytes, in so many segments, for so long.
  static final int MAX_AHEAD_BYTES = 256 * 1024;

  static final int MAX_AHEAD_SEGMENTS = 256;

  /// What is kept of a segment beside its data, roughly.
  static final int AHEAD_OVERHEAD = 256;

  static final long MAX_GAP_NS = 2_000_000_000;

  /// A segment farther away is of another connection between the same endpoints.
  static final int WINDOW = 1 << 20;

  private static final int FIRST_BUFFER = 512;
  private static final byte[] EMPTY = {};

  /// A segment that came before the bytes ahead of it.
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

  /// The connection, for telling it from a later one between the same endpoints.
  private long cookie;

  /// Sequence number of the first byte seen.
  private int firstSeq;

  /// Sequence number of the byte after the last one taken.
  private int nextSeq;

  private boolean begun;

  /// Whether all bytes so far were seen, from the first of a message on.
  private boolean complete = true;

  /// The same, and a message was found: from here on lengths are believed. Else each message's
  /// begin has to look like one.
  private boolean sure;

  /// Whether what is in progress looks like one.
  private boolean believed;

  /// The message in progress with its length: `filled` bytes of it.
  private byte[] message = EMPTY;

  private int filled;

  /// By sequence number; null as long as nothing is missing.
  private @Nullable List<Ahead> ahead;

  private int aheadBytes;

  TcpStream(TcpStreams.Totals totals) {
    this.totals = totals;
  }

  /// Bytes kept for later.
  int bufferedBytes() {
    int segments = ahead == null ? 0 : ahead.size();
    return message.length + aheadBytes + segments * AHEAD_OVERHEAD;
  }

  /// Whether segments wait for one that is missing.
  boolean hasGap() {
    return ahead != null;
  }

  /// Takes the payload of `packet`.
  void add(Packet packet, TcpStreams.MessageHandler handler) {
    int seq = packet.tcpSeq;
    int distance = seq - nextSeq;
    if (!begun || isOfAnother(packet, distance)) {
      reset();
      begun = true;
      firstSeq = seq;
      nextSeq = seq;
      distance = 0;
    }
    cookie = packet.socketCookie;
    if (distance > 0) {
      keep(packet);
      expireGap(packet.bootNs, handler);
      return;
    }
    if (seq - firstSeq < 0) {
      totals.addDroppedBytes(Math.min(packet.payloadLength, firstSeq - seq)); // overtaken at the begin
    }
    if (-distance < packet.payloadLength) {
      take(packet, packet.payload, packet.payloadOffset, packet.payloadLength, -distance, handler);
    } // else all of it is known: a retransmission
    takeAhead(packet, handler);
  }

  /// A listener's cookie may come first, from data that overtake the end of the handshake.
  private boolean isOfAnother(Packet packet, int distance) {
    return distance != 0
        && (distance > WINDOW || distance < -WINDOW || packet.socketCookie != cookie);
  }

  private void reset() {
    if (ahead == null) {
      totals.addDroppedBytes(filled);
    } else {
      totals.addGap(filled + aheadBytes);
    }
    filled = 0;
    message = EMPTY;
    ahead = null;
    aheadBytes = 0;
    believed = false;
    complete = true;
    sure = false;
  }

  /// Forgets what is kept, which is counted.
  void discard() {
    reset();
    begun = false;
  }

  private void take(
      Packet head,
      byte[] bytes,
      int offset,
      int length,
      int known,
      TcpStreams.MessageHandler handler) {
    nextSeq += length - known;
    feed(head, bytes, offset + known, length - known, handler);
  }

  private void feed(
      Packet head, byte[] bytes, int offset, int length, TcpStreams.MessageHandler handler) {
    int next = offset;
    int end = offset + length;
    while (next < end) {
      if (filled == 0 && begins(bytes, next, end - next) && isWhole(bytes, next, end - next)) {
        handOver(head, bytes, next, handler);
        next += PREFIX_LENGTH + messageLength(bytes, next);
        continue;
      }
      next += append(bytes, next, end - next);
      while (isBelieved() && isWhole(message, 0, filled)) {
        handOver(head, takeMessage(), 0, handler);
      }
    }
  }

  private void handOver(Packet head, byte[] bytes, int offset, TcpStreams.MessageHandler handler) {
    sure |= complete;
    handler.onMessage(head, bytes, offset + PREFIX_LENGTH, messageLength(bytes, offset));
  }

  /// What was kept while an earlier byte might have begun a message can be more than this one: that
  /// begins the next.
  private byte[] takeMessage() {
    byte[] whole = message;
    int end = PREFIX_LENGTH + messageLength(whole, 0);
    message = filled == end ? EMPTY : Arrays.copyOfRange(whole, end, filled);
    filled -= end;
    believed = false;
    if (filled > 0 && !sure) {
      judgeBuffered();
    }
    return whole;
  }

  private boolean begins(byte[] bytes, int offset, int length) {
    return sure || judge(bytes, offset, length) == DnsStartDetector.Result.LIKELY;
  }

  private DnsStartDetector.Result judge(byte[] bytes, int offset, int length) {
    return complete
        ? DnsStartDetector.checkHeader(bytes, offset, length)
        : DnsStartDetector.checkQuestion(bytes, offset, length);
  }

  private boolean isBelieved() {
    return sure || believed;
  }

  /// Takes what the message in progress needs to be judged, or else to be whole; returns how many
  /// bytes that were.
  private int append(byte[] bytes, int offset, int length) {
    int taken = 0;
    while (taken < length && (filled < PREFIX_LENGTH || !isBelieved())) {
      room(filled + 1);
      message[filled++] = bytes[offset + taken++];
      if (!sure) {
        judgeBuffered();
      }
    }
    if (filled < PREFIX_LENGTH || !isBelieved()) {
      return taken;
    }
    int missing = Math.max(0, PREFIX_LENGTH + messageLength(message, 0) - filled);
    int more = Math.min(missing, length - taken);
    room(filled + more);
    System.arraycopy(bytes, offset + taken, message, filled, more);
    filled += more;
    return taken + more;
  }

  /// Drops from the front what begins no message.
  private void judgeBuffered() {
    DnsStartDetector.Result verdict = judge(message, 0, filled);
    while (verdict == DnsStartDetector.Result.NO) {
      System.arraycopy(message, 1, message, 0, --filled);
      totals.addDroppedBytes(1);
      complete = false;
      verdict = judge(message, 0, filled);
    }
    believed = verdict == DnsStartDetector.Result.LIKELY;
  }

  private void room(int length) {
    if (message.length < length) {
      int doubled = Math.max(FIRST_BUFFER, 2 * message.length);
      message = Arrays.copyOf(message, Math.min(MAX_LENGTH, Math.max(length, doubled)));
    }
  }

  private static boolean isWhole(byte[] bytes, int offset, int length) {
    return length >= PREFIX_LENGTH && length >= PREFIX_LENGTH + messageLength(bytes, offset);
  }

  private static int messageLength(byte[] bytes, int offset) {
    return (bytes[offset] & 0xff) << 8 | bytes[offset + 1] & 0xff;
  }

  private void keep(Packet packet) {
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

  /// What the last segment made contiguous. It is read, and its messages sent on, only now: their
  /// time is that of `filler`, or where a gap was given up, their own.
  private void takeAhead(@Nullable Packet filler, TcpStreams.MessageHandler handler) {
    List<Ahead> waiting = ahead;
    while (waiting != null && !waiting.isEmpty()) {
      Ahead next = waiting.getFirst();
      int known = nextSeq - next.seq;
      if (known < 0) {
        return;
      }
      waiting.removeFirst();
      aheadBytes -= next.bytes.length;
      if (next.endSeq() - nextSeq > 0) {
        Packet head = filler == null ? next.head : filler;
        take(head, next.bytes, 0, next.bytes.length, known, handler);
      }
    }
    ahead = null;
  }

  /// A segment that does not come any more was lost before it was seen.
  void expireGap(long bootNs, TcpStreams.MessageHandler handler) {
    while (ahead != null && !ahead.isEmpty() && isDue(ahead, bootNs)) {
      Ahead first = ahead.getFirst();
      totals.addGap(filled);
      filled = 0;
      message = EMPTY;
      believed = false;
      complete = false;
      sure = false;
      nextSeq = first.seq;
      takeAhead(null, handler);
    }
  }

  private boolean isDue(List<Ahead> waiting, long bootNs) {
    return bootNs - waiting.getFirst().head.bootNs > MAX_GAP_NS
        || aheadBytes > MAX_AHEAD_BYTES
        || waiting.size() > MAX_AHEAD_SEGMENTS;
  }
}
