package dev.jig.capture;

import dev.jig.event.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reassembles IP packets (RFC 791 section 3.2, RFC 8200 section 4.5). A packet with overlapping
/// fragments is dropped, but exact copies are allowed (RFC 5722). At most 1,024 incomplete packets,
/// 16 MiB and 30 s; the oldest is dropped and counted. The begin of a packet of which the rest has
/// not come for 1 s is given up with what follows it without a hole ([#takeBegun]).
final class IpFragments {
  static final int MAX_PACKETS = 1_024;
  static final int MAX_BYTES = 16 << 20;

  /// 30 s, IP_FRAG_TIME in Linux.
  static final long TIMEOUT_NS = 30_000_000_000L;

  /// Fragments of one packet are sent at once.
  static final long MAX_REST_NS = 1_000_000_000;

  private static final int MAX_LENGTH = 0xffff;

  private record Key(IpAddress source, IpAddress destination, int protocol, int id) {}

  /// The bytes of one fragment.
  ///
  /// @param to exclusive
  private record Range(int from, int to) {}

  private static final class Partial {
    final long firstNs;
    final List<Range> ranges = new ArrayList<>();
    byte[] bytes = {};
    int filled;

    /// -1 until the last fragment was added.
    int total = -1;

    /// The number of the header behind the IP header, from the first fragment.
    int protocol;

    Partial(long firstNs) {
      this.firstNs = firstNs;
    }

    boolean isComplete() {
      return filled == total;
    }

    /// How many bytes there are from the packet's first on.
    int begunLength() {
      int end = 0;
      for (int before = -1; before != end; ) {
        before = end;
        for (Range range : ranges) {
          end = range.from() == end ? range.to() : end;
        }
      }
      return end;
    }
  }

  /// The begin of a packet of which fragments are missing, without its IP header.
  ///
  /// @param addresses source and destination, as in the IP header
  /// @param protocol the number of the first header
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Begun(byte[] addresses, long timeNs, byte[] bytes, int length, int protocol) {}

  /// A reassembled packet without its IP header; `protocol` is the number of its first header.
  static final class Reassembled {
    final byte[] bytes;
    final int length;
    final int protocol;

    private Reassembled(Partial partial) {
      bytes = partial.bytes;
      length = partial.total;
      protocol = partial.protocol;
    }
  }

  private final Map<Key, Partial> partials = new LinkedHashMap<>();

  /// Source and destination of those packets of which the first fragment has come, oldest first.
  private final Map<Key, byte[]> begun = new LinkedHashMap<>();

  private int bytes;
  private long dropped;

  /// Adds the fragment with the header in `ip` and the payload at the frame's offset.
  ///
  /// @return the packet if it is complete now, else null
  @Nullable Reassembled add(IpHeader ip, Frame frame, long timeNs) {
    expire(timeNs);
    int from = ip.fragmentOffset();
    int to = from + frame.wireLength();
    Key key = new Key(ip.source(), ip.destination(), ip.fragmentProtocol(), ip.fragmentId());
    if (to > MAX_LENGTH || from == to || ip.hasMoreFragments() && to % 8 != 0) {
      drop(key);
      return null;
    }
    Partial partial = partials.computeIfAbsent(key, _ -> new Partial(timeNs));
    if (!addRange(partial, frame, from, to)) {
      drop(key);
      return null;
    }
    if (from == 0) {
      partial.protocol = ip.protocol();
      begun.putIfAbsent(key, ip.copyAddresses());
    }
    if (!ip.hasMoreFragments()) {
      partial.total = to;
    }
    if (!partial.isComplete()) {
      evict();
      return null;
    }
    remove(key);
    return new Reassembled(partial);
  }

  /// Takes the oldest packet that has waited for its rest for too long; it counts as incomplete.
  /// Null if there is none.
  @Nullable Begun takeBegun(long timeNs) {
    for (Map.Entry<Key, byte[]> eldest : begun.entrySet()) {
      Partial partial = partials.get(eldest.getKey());
      if (partial == null || timeNs - partial.firstNs <= MAX_REST_NS) {
        return null;
      }
      drop(eldest.getKey());
      return new Begun(
          eldest.getValue(),
          partial.firstNs,
          partial.bytes,
          partial.begunLength(),
          partial.protocol);
    }
    return null;
  }

  /// Packets of which some fragments are missing.
  long incomplete() {
    return dropped + partials.size();
  }

  private boolean addRange(Partial partial, Frame frame, int from, int to) {
    Range range = new Range(from, to);
    if (partial.ranges.contains(range)) {
      return true; // an exact copy
    }
    for (Range other : partial.ranges) {
      if (from < other.to() && other.from() < to) {
        return false;
      }
    }
    if (partial.total >= 0 && to > partial.total) {
      return false;
    }
    if (partial.bytes.length < to) {
      int length = Math.clamp(2L * partial.bytes.length, to, MAX_LENGTH);
      bytes += length - partial.bytes.length;
      partial.bytes = Arrays.copyOf(partial.bytes, length);
    }
    System.arraycopy(frame.bytes, frame.offset, partial.bytes, from, to - from);
    partial.ranges.add(range);
    partial.filled += to - from;
    return true;
  }

  private void expire(long timeNs) {
    Iterator<Partial> eldest = partials.values().iterator();
    while (eldest.hasNext()) {
      Partial next = eldest.next();
      if (timeNs - next.firstNs <= TIMEOUT_NS) {
        return;
      }
      bytes -= next.bytes.length;
      dropped++;
      eldest.remove();
      begun.keySet().retainAll(partials.keySet());
    }
  }

  private void evict() {
    while (partials.size() > MAX_PACKETS || bytes > MAX_BYTES) {
      drop(partials.keySet().iterator().next());
    }
  }

  private void drop(Key key) {
    remove(key);
    dropped++;
  }

  private void remove(Key key) {
    begun.remove(key);
    Partial removed = partials.remove(key);
    if (removed != null) {
      bytes -= removed.bytes.length;
    }
  }
}
