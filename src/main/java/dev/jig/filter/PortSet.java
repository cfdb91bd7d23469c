package dev.jig.filter;

import dev.jig.event.UsageException;
import java.util.BitSet;

/// The ports where DNS is looked for: 1 to 16 of them, or any, which adds to the default ports
/// every UDP payload that can hardly be anything but DNS.
public final class PortSet {
  private static final int MAX_PORTS = 16;
  private static final String DEFAULT = "53,5353";
  private static final String HINT =
      "Write 1 to 16 ports from 1 to 65535, such as 53,5353, or any.";

  private final BitSet ports;
  private final boolean isAny;

  private PortSet(BitSet ports, boolean any) {
    this.ports = ports;
    this.isAny = any;
  }

  /// Reads `-P`: a comma list of ports, or `any`.
  ///
  /// @throws UsageException naming the value that is no port
  public static PortSet parse(String text) {
    if (text.strip().equals("any")) {
      return new PortSet(parse(DEFAULT).ports, true);
    }
    BitSet ports = new BitSet();
    for (String part : text.split(",", -1)) {
      ports.set(port(part.strip()));
    }
    if (ports.cardinality() > MAX_PORTS) {
      throw new UsageException("\"" + text + "\" are " + ports.cardinality() + " ports.", HINT);
    }
    return new PortSet(ports, false);
  }

  /// Whether, besides these ports, every UDP payload counts that is DNS by the strict rules.
  public boolean isAny() {
    return isAny;
  }

  /// Whether what goes to or from this port is taken for DNS.
  public boolean contains(int port) {
    return ports.get(port);
  }

  /// The listed ports, for any those of the default; the caller's own.
  public BitSet ports() {
    return (BitSet) ports.clone();
  }

  private static int port(String text) {
    boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (digits && text.length() <= 5) {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= 65535) {
        return port;
      }
    }
    throw new UsageException("\"" + text + "\" is no port.", HINT);
  }
}
