package dev.jig.capture;

import dev.jig.event.IpAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Puts fragmented IP packets together: RFC 791 section 3.2, RFC 8200 section 4.5. Of overlapping
/// fragments only exact copies are taken (RFC 5722). Bounded in time, number and bytes; what is
/// given up is counted.
final class IpFragments {
  static final int MAX_PACKETS = 1_024;
  static final int MAX_BYTES = 16 << 20;

  /// As long as Linux waits.
  static final long TIMEOUT_NS = 30_000_000_000L;

  private static final int LONGEST = 0xffff;

  private record Key(IpAddress source, IpAddress destination, int protocol, int id) {}

  /// The bytes of one fragment: from, inclusive, to, exclusive.
  private record Piece(int from, int to) {}

  private static final class Partial {
    final long firstNs;
    final List<Piece> pieces = new ArrayList<>();
    byte[] bytes = {};
    int filled;

    /// -1 until the last fragment has come.
    int total = -1;

    /// The number of the header behind the IP header, as the first fragment tells it.
    int protocol;

    Partial(long firstNs) {
      this.firstNs = firstNs;
    }

    boolean isWhole() {
      return filled == total;
    }
  }

  /// A packet without its IP header.
  ///
  /// `protocol` is that of the header it begins with.
  static final class Whole {
    final byte[] bytes;
    final int length;
    final int protocol;

    private Whole(Partial partial) {
      bytes = partial.bytes;
      length = partial.total;
      protocol = partial.protocol;
    }
  }

  private final Map<Key, Partial> partials = new LinkedHashMap<>();
  private int bytes;
  private long givenUp;

  /// Takes the fragment whose header `ip` has read and whose payload begins at the frame's offset.
  ///
  /// @return the packet, if that was the last missing piece
  @Nullable Whole add(IpHeader ip, Frame frame, long timeNs) {
    forget(timeNs);
    int from = ip.fragmentOffset();
    int to = from + frame.wireLength();
    Key key = new Key(ip.source(), ip.destination(), ip.fragmentProtocol(), ip.fragmentId());
    if (to > LONGEST || from == to || ip.hasMoreFragments() && to % 8 != 0) {
      giveUp(key);
      return null;
    }
    Partial partial = partials.computeIfAbsent(key, _ -> new Partial(timeNs));
    if (!place(partial, frame, from, to)) {
      giveUp(key);
      return null;
    }
    if (from == 0) {
      partial.protocol = ip.protocol();
    }
    if (!ip.hasMoreFragments()) {
      partial.total = to;
    }
    if (!partial.isWhole()) {
      makeRoom();
      return null;
    }
    remove(key);
    return new Whole(partial);
  }

  /// Packets of which fragments were seen, but not all.
  long incomplete() {
    return givenUp + partials.size();
  }

  private boolean place(Partial partial, Frame frame, int from, int to) {
    Piece piece = new Piece(from, to);
    if (partial.pieces.contains(piece)) {
      return true; // a copy
    }
    for (Piece other : partial.pieces) {
      if (from < other.to() && other.from() < to) {
        return false;
      }
    }
    if (partial.total >= 0 && to > partial.total) {
      return false;
    }
    if (partial.bytes.length < to) {
      int length = Math.clamp(2L * partial.bytes.length, to, LONGEST);
      bytes += length - partial.bytes.length;
      partial.bytes = java.util.Arrays.copyOf(partial.bytes, length);
    }
    System.arraycopy(frame.bytes, frame.offset, partial.bytes, from, to - from);
    partial.pieces.add(piece);
    partial.filled += to - from;
    return true;
  }

  private void forget(long timeNs) {
    Iterator<Partial> eldest = partials.values().iterator();
    while (eldest.hasNext()) {
      Partial next = eldest.next();
      if (timeNs - next.firstNs <= TIMEOUT_NS) {
        return;
      }
      bytes -= next.bytes.length;
      givenUp++;
      eldest.remove();
    }
  }

  private void makeRoom() {
    while (partials.size() > MAX_PACKETS || bytes > MAX_BYTES) {
      giveUp(partials.keySet().iterator().next());
    }
  }

  private void giveUp(Key key) {
    remove(key);
    givenUp++;
  }

  private void remove(Key key) {
    Partial gone = partials.remove(key);
    if (gone != null) {
      bytes -= gone.bytes.length;
    }
  }
}
