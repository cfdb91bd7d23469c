package dev.jig.trace;

import dev.jig.capture.Packet;
import dev.jig.capture.Packet.Direction;
import dev.jig.event.Endpoint;
import dev.jig.event.Owner;
import dev.jig.event.Protocol;
import dev.jig.event.Timeout;
import dev.jig.table.Lru;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Servers that a program asks although no packet leaves: there is no route. From the third
/// connect() or send on each is reported, and with the third the two before it: one alone may have
/// been a full send buffer, or a route that has just come or gone.
///
/// A query of the program to the same server begins the count again. So does a query to any other
/// server for what only connect() of UDP shows: programs connect a UDP socket to a public resolver
/// to learn whether they have an IPv6 address, and send nothing. A program that cannot ask at all
/// sends no query in between.
final class UnsentQueries {
  /// So many connects or sends to a server are reported.
  static final int MIN_FAILURES = 3;

  /// The longest time from one to the next.
  static final long MAX_GAP_NS = 60_000_000_000L;

  static final int MAX_PROGRAMS = 256;

  /// Servers of one program.
  static final int MAX_SERVERS = 16;

  /// Sockets with a drop that are remembered.
  private static final int MAX_DROPPED = 64;

  /// Takes what is reported.
  interface Handler {
    void onUnsent(Timeout row, long cgroupId, long bootNs);
  }

  /// Not a process: a resolver's client such as getent asks once and ends.
  private record Program(long cgroupId, long netNs, String name) {}

  private record Waiting(Timeout row, long cgroupId) {}

  /// What one program asked of one server.
  private static final class Failures {
    final List<Waiting> waiting = new ArrayList<>(MIN_FAILURES);
    boolean reported;
    boolean ofConnectsOnly = true;
    long lastNs;
  }

  private final Runnable beforeReport;
  private final Handler handler;
  private final Lru<Program, Lru<Endpoint, Failures>> byProgram =
      new Lru<>(MAX_PROGRAMS, servers -> servers.values().forEach(this::onEvicted));
  private final long[] dropped = new long[MAX_DROPPED];
  private int nextDropped;
  private long evicted;

  /// @param beforeReport takes in what is known of lost packets, and may [#clear] this
  UnsentQueries(Runnable beforeReport, Handler handler) {
    this.beforeReport = beforeReport;
    this.handler = handler;
  }

  boolean isEmpty() {
    return byProgram.isEmpty();
  }

  /// Those evicted before there were three of them.
  long evicted() {
    return evicted;
  }

  private void onEvicted(Failures failures) {
    evicted += failures.waiting.size();
  }

  /// A packet was dropped on the socket that sent it, which has a cause of its own. From Linux 5.11
  /// on the kernel program leaves such sends out.
  void onDropped(long socketCookie) {
    dropped[nextDropped] = socketCookie;
    nextDropped = (nextDropped + 1) % MAX_DROPPED;
  }

  private boolean isDropped(long socketCookie) {
    for (long cookie : dropped) {
      if (cookie == socketCookie) {
        return true;
      }
    }
    return false;
  }

  /// No packet left of a connect() or send.
  ///
  /// @param row of it
  /// @param connect whether of connect()
  void onUnsent(Packet packet, Timeout row, boolean connect) {
    if (isDropped(packet.socketCookie())) {
      return;
    }
    beforeReport.run();
    Failures failures = failures(programOf(packet), row.flow().destination());
    if (packet.bootNs() - failures.lastNs > MAX_GAP_NS) {
      failures.waiting.clear();
      failures.reported = false;
    }
    failures.lastNs = packet.bootNs();
    failures.ofConnectsOnly &= connect && packet.protocol() == Protocol.UDP;
    failures.waiting.add(new Waiting(row, packet.cgroupId()));
    if (failures.reported || failures.waiting.size() == MIN_FAILURES) {
      failures.reported = true;
      failures.waiting.forEach(one -> handler.onUnsent(one.row(), one.cgroupId(), packet.bootNs()));
      failures.waiting.clear();
    }
  }

  private Failures failures(Program program, Endpoint server) {
    return byProgram
        .computeIfAbsent(program, _ -> new Lru<>(MAX_SERVERS, this::onEvicted))
        .computeIfAbsent(server, _ -> new Failures());
  }

  /// A query was sent or received.
  void onQuery(Packet packet) {
    if (packet.direction() != Direction.EGRESS) {
      return;
    }
    Program program = programOf(packet);
    Lru<Endpoint, Failures> servers = byProgram.get(program);
    if (servers == null) {
      return;
    }
    Endpoint asked =
        packet.nameserver() == null
            ? new Endpoint(packet.destination(), packet.destinationPort())
            : new Endpoint(packet.nameserver(), packet.nameserverPort());
    servers.remove(asked);
    servers.removeIf(failures -> failures.ofConnectsOnly);
    if (servers.isEmpty()) {
      byProgram.remove(program);
    }
  }

  /// Packets were lost, perhaps such queries.
  void clear() {
    byProgram.clear();
  }

  private static Program programOf(Packet packet) {
    Owner owner = packet.owner();
    long socketNetNs = packet.socketNetNs();
    return owner == null
        ? new Program(packet.cgroupId(), socketNetNs, "")
        : new Program(
            packet.cgroupId(), socketNetNs == 0 ? owner.netNs() : socketNetNs, nameOf(owner));
  }

  private static String nameOf(Owner owner) {
    @Nullable String name = owner.processName();
    return name == null ? owner.comm() : name;
  }
}
