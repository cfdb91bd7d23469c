package dev.jig.event;

import java.util.List;
import java.util.stream.IntStream;

/// The header's flags: RFC 1035 section 4.1.1, AD and CD from RFC 4035 section 3. There is one
/// object for each combination, so that they are compared by identity.
public final class Flags {
  private static final List<String> NAMES = List.of("aa", "tc", "rd", "ra", "ad", "cd");
  private static final int AA = 1;
  private static final int TC = 1 << 1;
  private static final int RD = 1 << 2;
  private static final int RA = 1 << 3;
  private static final int AD = 1 << 4;
  private static final int CD = 1 << 5;

  private static final List<Flags> ALL =
      IntStream.range(0, 1 << NAMES.size()).mapToObj(Flags::new).toList();

  /// No flag is set.
  public static final Flags NONE = ALL.getFirst();

  private final int bits;
  private final List<String> names;

  private Flags(int bits) {
    this.bits = bits;
    this.names =
        IntStream.range(0, NAMES.size())
            .filter(bit -> (bits >> bit & 1) != 0)
            .mapToObj(NAMES::get)
            .toList();
  }

  public static Flags of(boolean aa, boolean tc, boolean rd, boolean ra, boolean ad, boolean cd) {
    return ALL.get(
        (aa ? AA : 0)
            | (tc ? TC : 0)
            | (rd ? RD : 0)
            | (ra ? RA : 0)
            | (ad ? AD : 0)
            | (cd ? CD : 0));
  }

  /// The flags of [#bits]; higher bits are ignored.
  public static Flags ofBits(int bits) {
    return ALL.get(bits & ALL.size() - 1);
  }

  /// One bit for each flag, in the order of [#names], the first one lowest.
  public int bits() {
    return bits;
  }

  /// Whether the message was truncated (TC).
  public boolean isTruncated() {
    return (bits & TC) != 0;
  }

  /// Whether the client asked for recursion (RD).
  public boolean isRecursionDesired() {
    return (bits & RD) != 0;
  }

  /// Whether the client asked for data that are not validated (CD, RFC 4035 section 3.2.2).
  public boolean isCheckingDisabled() {
    return (bits & CD) != 0;
  }

  /// The names of the set flags, in the header's order.
  public List<String> names() {
    return names;
  }

  @Override
  public String toString() {
    return names.toString();
  }
}
