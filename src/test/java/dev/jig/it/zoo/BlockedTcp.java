package dev.jig.it.zoo;

import dev.jig.fixture.NetworkHost.Family;
import java.util.List;

/// Answers need TCP, which gets none.
final class BlockedTcp {
  private static final String KIND = "tcp-blocked";

  private BlockedTcp() {}

  static List<Setup> setups() {
    return List.of(
        Setup.usual(
            KIND,
            "the router's netfilter drops dig's connections to knot",
            BlockedTcp::dropped,
            "tcp-blocked 6/6 comm=dig nameserver=10.77.2.1"),
        Setup.further(
            KIND,
            "the router resets glibc's connections to nsd over IPv6",
            BlockedTcp::reset,
            "tcp-blocked 6/6 comm=getent nameserver=fd77:2::1"),
        Setup.further(
            KIND,
            "connections are accepted, and get no answer",
            BlockedTcp::silent,
            "tcp-blocked 6/6 comm=dig nameserver=10.77.2.1"));
  }

  private static String dropped(Lab lab) {
    Servers.knot(lab, lab.server());
    lab.router().filter(Family.IPV4, "FORWARD -p tcp --dport 53 -j DROP");
    String dig = Clients.dig("+noedns @" + lab.server().ipv4() + " n$i.big.example.test");
    return lab.onClient(Clients.together(6, dig));
  }

  private static String reset(Lab lab) {
    Servers.nsd(lab, lab.server(), ZoneFile.ALL);
    lab.router().filter(Family.IPV6, "FORWARD -p tcp --dport 53 -j REJECT --reject-with tcp-reset");
    lab.configure(
        lab.client(), "nameserver " + lab.server().ipv6(), "options timeout:1 attempts:2");
    return lab.onClient(Clients.each(6, "getent ahostsv4 n$i.big.example.test."));
  }

  private static String silent(Lab lab) throws Exception {
    Servers.bind(lab, lab.add("bind"), "");
    Relay.start(lab, lab.server(), "10.77.3.1", _ -> 0).listen(lab.server());
    String dig = Clients.dig("+noedns @" + lab.server().ipv4() + " n$i.big.example.test");
    return lab.onClient(Clients.together(6, dig));
  }
}
