package dev.jig.filter;

import dev.jig.event.UserFacingException;
import java.util.BitSet;

/// The ports on which DNS is expected: 1 to 16 ports, or `any`. With `any`, UDP payloads on other
/// ports than the default ones are checked by strict rules, too.
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

  /// Parses `-P`: a comma list of ports, or `any`.
  ///
  /// @throws UserFacingException with the value that is not a port
  public static PortSet parse(String text) {
    if (text.strip().equals("any")) {
      return new PortSet(parse(DEFAULT).ports, true);
    }
    BitSet ports = new BitSet();
    for (String part : text.split(",", -1)) {
      ports.set(port(part.strip()));
    }
    if (ports.cardinality() > MAX_PORTS) {
      throw UserFacingException.usage(
          "\""
              + text
              + "\" lists "
              + ports.cardinality()
              + " ports, at most "
              + MAX_PORTS
              + " are possible.",
          HINT);
    }
    return new PortSet(ports, false);
  }

  /// Whether UDP payloads on other ports are also checked by strict rules.
  public boolean isAny() {
    return isAny;
  }

  /// Whether packets from or to this port are taken as DNS without strict rules.
  public boolean contains(int port) {
    return ports.get(port);
  }

  /// A copy of the listed ports; for `any` the default ports.
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
    throw UserFacingException.usage("\"" + text + "\" is not a port.", HINT);
  }
}
