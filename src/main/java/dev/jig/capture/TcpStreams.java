package dev.jig.capture;

import dev.jig.event.IpAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// All TCP connections in progress, one stream per direction and side, as they were seen: at each
/// end of a hop on this machine apart. Bounded in number and bytes: the longest unused gives way,
/// and what it kept is counted. One thread.
public final class TcpStreams {
  /// Half of them, with the queries and answers of a server that holds 8,192 connections open.
  static final int MAX_STREAMS = 16_384;

  /// Enough for a hundred of the longest messages in progress, and a small part of the heap.
  static final long MAX_BYTES = 8L << 20;

  /// How often is looked for what was missing too long: files tick with every packet.
  private static final long REVIEW_NS = 10_000_000;

  /// Takes the messages of streams, each stream's in order.
  @FunctionalInterface
  public interface MessageHandler {
    /// A message without its length prefix, whose length may be 0.
    ///
    /// @param packet the segment that completed it; its payload is not the message
    void onMessage(Packet packet, byte[] bytes, int offset, int length);
  }

  /// What was given up. Messages are counted by whoever takes them.
  static final class Totals {
    private long droppedBytes;
    private long gaps;

    void addDroppedBytes(int bytes) {
      droppedBytes += bytes;
    }

    /// @param bytes of a message begun before it
    void addGap(int bytes) {
      gaps++;
      droppedBytes += bytes;
    }
  }

  /// A listener and the sockets it accepts share their cgroup, but not their cookie.
  private record Key(
      Packet.Direction direction,
      long cgroupId,
      IpAddress source,
      int sourcePort,
      IpAddress destination,
      int destinationPort) {

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

  private final Totals totals = new Totals();
  private final Map<Key, TcpStream> streams = new LinkedHashMap<>(64, 0.75f, true);
  private final Set<TcpStream> gapped = new LinkedHashSet<>();
  private final int streamsAtMost;
  private final long bytesAtMost;
  private long bufferedBytes;
  private long reviewedNs = -REVIEW_NS;

  public TcpStreams() {
    this(MAX_STREAMS, MAX_BYTES);
  }

  TcpStreams(int streamsAtMost, long bytesAtMost) {
    this.streamsAtMost = streamsAtMost;
    this.bytesAtMost = bytesAtMost;
  }

  /// Takes a segment, and hands on the messages it completes.
  ///
  /// @return whether bytes of this stream were given up: one of them may have been an answer
  public boolean add(Packet packet, MessageHandler handler) {
    long givenUp = totals.droppedBytes + totals.gaps;
    TcpStream stream = streams.computeIfAbsent(Key.of(packet), _ -> new TcpStream(totals));
    int before = stream.bufferedBytes();
    stream.add(packet, handler);
    bufferedBytes += stream.bufferedBytes() - before;
    if (stream.hasGap()) {
      gapped.add(stream);
    } else if (!gapped.isEmpty()) {
      gapped.remove(stream);
    }
    boolean complete = givenUp == totals.droppedBytes + totals.gaps;
    makeRoom();
    return !complete;
  }

  /// Gives up waiting for segments that were missing too long.
  ///
  /// @param bootNs now, on the packets' clock
  public void expireGaps(long bootNs, MessageHandler handler) {
    if (gapped.isEmpty() || bootNs >= reviewedNs && bootNs < reviewedNs + REVIEW_NS) {
      return;
    }
    reviewedNs = bootNs;
    List<TcpStream> settled = new ArrayList<>();
    for (TcpStream stream : gapped) {
      int before = stream.bufferedBytes();
      stream.expireGap(bootNs, handler);
      bufferedBytes += stream.bufferedBytes() - before;
      if (!stream.hasGap()) {
        settled.add(stream);
      }
    }
    settled.forEach(gapped::remove);
  }

  /// The end: what is not whole stays so.
  public void finish(MessageHandler handler) {
    expireGaps(Long.MAX_VALUE, handler);
    streams.values().forEach(TcpStream::discard);
    streams.clear();
    gapped.clear();
    bufferedBytes = 0;
  }

  private void makeRoom() {
    if (streams.size() <= streamsAtMost && bufferedBytes <= bytesAtMost) {
      return;
    }
    Iterator<TcpStream> eldest = streams.values().iterator();
    while (eldest.hasNext() && (streams.size() > streamsAtMost || bufferedBytes > bytesAtMost)) {
      TcpStream gone = eldest.next();
      eldest.remove();
      gapped.remove(gone);
      bufferedBytes -= gone.bufferedBytes();
      gone.discard();
    }
  }

  /// Streams known at the moment.
  int size() {
    return streams.size();
  }

  /// Bytes kept at the moment: buffers as long as they are, and what segments need beside their
  /// data.
  long bufferedBytes() {
    return bufferedBytes;
  }

  /// Bytes seen that belong to no message handed on: of messages never completed, or behind a gap
  /// where no message could be found to begin.
  public long droppedBytes() {
    return totals.droppedBytes;
  }

  /// How often segments were missing for good: not captured, or lost.
  public long gaps() {
    return totals.gaps;
  }
}
