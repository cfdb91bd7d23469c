package dev.jig.filter;

import dev.jig.event.UsageException;
import java.util.BitSet;

/// The ports where DNS is looked for: 1 to 16 of them, or any.
public final class PortSet {
  private static final int MOST = 16;
  private static final String HINT =
      "Write 1 to 16 ports from 1 to 65535, such as 53,5353, or any.";

  private final BitSet ports;

  private PortSet(BitSet ports) {
    this.ports = ports;
  }

  /// Reads `-P`: a comma list of ports, or `any`.
  ///
  /// @throws UsageException naming the value that is no port
  public static PortSet parse(String text) {
    BitSet ports = new BitSet();
    if (!text.strip().equals("any")) {
      for (String part : text.split(",", -1)) {
        ports.set(port(part.strip()));
      }
    }
    if (ports.cardinality() > MOST) {
      throw new UsageException("\"" + text + "\" are " + ports.cardinality() + " ports.", HINT);
    }
    return new PortSet(ports);
  }

  /// Whether every port counts.
  public boolean any() {
    return ports.isEmpty();
  }

  public boolean contains(int port) {
    return ports.isEmpty() || ports.get(port);
  }

  /// The listed ports, none for any; the caller's own.
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
