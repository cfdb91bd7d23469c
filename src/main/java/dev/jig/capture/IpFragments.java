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
/// 16 MiB and 30 s; the oldest is dropped and counted.
final class IpFragments {
  static final int MAX_PACKETS = 1_024;
  static final int MAX_BYTES = 16 << 20;

  /// 30 s, IP_FRAG_TIME in Linux.
  static final long TIMEOUT_NS = 30_000_000_000L;

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
  }

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
    Partial removed = partials.remove(key);
    if (removed != null) {
      bytes -= removed.bytes.length;
    }
  }
}
