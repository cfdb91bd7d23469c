package dev.jig.match;

import dev.jig.event.IpAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// TCP connections that clients open after a truncated answer (RFC 7766 section 5) and that have
/// carried no query yet, by the socket's cookie. Bounded: beyond it the oldest is forgotten.
final class OpenConnections {
  private static final int MAX = 1024;

  /// One connection.
  ///
  /// @param attempt the attempt that it is of `lookup`
  record Connection(
      OpenLookup lookup, OpenAttempt attempt, @Nullable IpAddress nameserver, int nameserverPort) {}

  /// Oldest first.
  private final Map<Long, Connection> byCookie = new LinkedHashMap<>();

  boolean isEmpty() {
    return byCookie.isEmpty();
  }

  /// Adds a connection; returns one that has to go for it.
  @Nullable Connection add(long cookie, Connection added) {
    byCookie.put(cookie, added);
    if (byCookie.size() <= MAX) {
      return null;
    }
    return byCookie.remove(byCookie.keySet().iterator().next());
  }

  @Nullable Connection remove(long cookie) {
    return byCookie.isEmpty() ? null : byCookie.remove(cookie);
  }

  @Nullable Connection get(long cookie) {
    return byCookie.get(cookie);
  }

  /// Finds the lookup of a question that has a connection here, and gives that connection to the
  /// lookup of `used`, which carries the question instead. Null if there is none.
  @Nullable OpenLookup exchange(LookupKey asked, Connection used) {
    for (Map.Entry<Long, Connection> each : byCookie.entrySet()) {
      Connection other = each.getValue();
      if (other.lookup.key.isSameAs(asked)) {
        each.setValue(
            new Connection(used.lookup, used.attempt, other.nameserver, other.nameserverPort));
        other.lookup.removeConnection(other.attempt);
        return other.lookup;
      }
    }
    return null;
  }

  /// The only connection to a server; null if there are several.
  @Nullable Connection onlyOneTo(IpAddress server, int port) {
    Connection only = null;
    for (Connection each : byCookie.values()) {
      if (each.nameserverPort == port && server.equals(each.nameserver)) {
        if (only != null) {
          return null;
        }
        only = each;
      }
    }
    return only;
  }

  /// Removes those that were opened at or before a time.
  List<Connection> removeOlderThan(long deadlineNs) {
    List<Connection> due = new ArrayList<>();
    Iterator<Connection> all = byCookie.values().iterator();
    while (all.hasNext()) {
      Connection oldest = all.next();
      if (oldest.attempt.bootNs > deadlineNs) {
        break;
      }
      all.remove();
      due.add(oldest);
    }
    return due;
  }
}
