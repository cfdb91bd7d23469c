package dev.jig.filter;

import dev.jig.event.UsageException;
import java.util.Set;
import java.util.TreeSet;

/// The ports where DNS is looked for: 1 to 16 of them, or any.
///
/// @param ports empty for any
public record PortSet(Set<Integer> ports) {
  private static final int MOST = 16;
  private static final String HINT =
      "Write 1 to 16 ports from 1 to 65535, such as 53,5353, or any.";

  public PortSet {
    ports = Set.copyOf(ports);
  }

  /// Reads `-P`: a comma list of ports, or `any`.
  ///
  /// @throws UsageException naming the value that is no port
  public static PortSet parse(String text) {
    if (text.strip().equals("any")) {
      return new PortSet(Set.of());
    }
    Set<Integer> ports = new TreeSet<>();
    for (String part : text.split(",", -1)) {
      ports.add(port(part.strip()));
    }
    if (ports.size() > MOST) {
      throw new UsageException("\"" + text + "\" are " + ports.size() + " ports.", HINT);
    }
    return new PortSet(ports);
  }

  public boolean isAny() {
    return ports.isEmpty();
  }

  public boolean contains(int port) {
    return ports.isEmpty() || ports.contains(port);
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
