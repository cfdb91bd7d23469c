package dev.jig.it.zoo;

import dev.jig.fixture.NetworkHost;
import java.util.List;

/// Servers that read too slowly: the kernel drops what does not fit into the receive buffer.
final class OverloadedServers {
  private static final String KIND = "overloaded-server";

  private OverloadedServers() {}

  static List<Setup> setups() {
    return List.of(
        Setup.further(
            KIND,
            "dig asks an nsd over IPv6 that is stopped, with a small buffer",
            OverloadedServers::stopped,
            "overloaded-server */* comm=dig nameserver=fd77:2::1"),
        Setup.usual(
            KIND,
            "unbound with a small buffer pauses for a second; glibc asks",
            OverloadedServers::pausing,
            "overloaded-server */* comm=getent nameserver=10.77.2.1"),
        Setup.further(
            KIND,
            "glibc asks an nsd that is stopped, with a small buffer, then knot",
            OverloadedServers::first,
            "overloaded-server */* comm=getent nameserver=10.77.3.1"));
  }

  private static String stopped(Lab lab) {
    Servers.nsd(lab, lab.server(), ZoneFile.ALL, "receive-buffer-size: 4096").freeze();
    String dig = Clients.dig("@" + lab.server().ipv6() + " n$i.ok.example.test");
    return lab.onClient(Clients.together(40, dig));
  }

  /// Clients ask again after a second, and are answered.
  private static String pausing(Lab lab) {
    NetworkHost upstream = lab.add("knot");
    Servers.knot(lab, upstream);
    NameServer unbound = unbound(lab, lab.server(), upstream);
    lab.configure(
        lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:2 attempts:3");
    return String.join(
        "\n",
        unbound.signalLine("STOP"),
        "(sleep 1; " + unbound.signalLine("CONT") + ") &",
        lab.onClient(Clients.together(20, Clients.getent("n$i.ok.example.test"))),
        "wait");
  }

  private static NameServer unbound(Lab lab, NetworkHost host, NetworkHost upstream) {
    String forward = "forward-zone:\n  name: \".\"\n  forward-addr: " + upstream.ipv4() + "\n";
    return Servers.unbound(lab, host, forward, "allow", "so-rcvbuf: 4096");
  }

  private static String first(Lab lab) {
    Servers.knot(lab, lab.server());
    NetworkHost stopped = lab.add("stopped");
    Servers.nsd(lab, stopped, ZoneFile.ALL, "receive-buffer-size: 4096").freeze();
    lab.configure(
        lab.client(),
        "nameserver " + stopped.ipv4(),
        "nameserver " + lab.server().ipv4(),
        "options timeout:1 attempts:2");
    return lab.onClient(Clients.together(30, Clients.getent("n$i.ok.example.test")));
  }
}
