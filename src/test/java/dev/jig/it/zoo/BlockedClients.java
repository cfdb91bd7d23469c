package dev.jig.it.zoo;

import dev.jig.fixture.NetworkHost;
import dev.jig.fixture.NetworkHost.Family;
import java.util.List;

/// Of two clients one gets no answers.
final class BlockedClients {
  private static final String KIND = "blocked";

  private BlockedClients() {}

  static List<Setup> setups() {
    return List.of(
        Setup.usual(
            KIND,
            "the router's netfilter drops the queries of one client",
            BlockedClients::forward,
            "blocked 10/10 comm=getent nameserver=10.77.2.1"),
        Setup.further(
            KIND,
            "the client's own netfilter refuses its queries over IPv6",
            BlockedClients::output,
            "blocked 8/8 comm=dig nameserver=fd77:2::1"),
        Setup.further(
            KIND,
            "the router rejects dig's queries over IPv6",
            BlockedClients::rejected,
            "blocked 8/8 comm=dig nameserver=fd77:2::1"),
        Setup.further(
            KIND,
            "the server's netfilter drops the queries of one client",
            BlockedClients::input,
            "blocked 10/10 comm=resolve nameserver=10.77.2.1"),
        Setup.further(
            KIND,
            "bind ignores one client",
            BlockedClients::ignored,
            "blocked 8/8 comm=dig nameserver=10.77.2.1"));
  }

  private static String forward(Lab lab) {
    Servers.knot(lab, lab.server());
    lab.router().filter(Family.IPV4, "FORWARD -s 10.77.1.1 -p udp --dport 53 -j DROP");
    return both(lab, lab.server().ipv4(), Clients.getent("n$i.ok.example.test."), 5);
  }

  private static String output(Lab lab) {
    Servers.nsd(lab, lab.server(), ZoneFile.ALL);
    lab.client().filter(Family.IPV6, "OUTPUT -p udp --dport 53 -j DROP");
    return both(lab, lab.server().ipv6(), Clients.dig("n$i.ok.example.test"), 8);
  }

  /// It drops them, and answers as a closed port does.
  private static String rejected(Lab lab) {
    Servers.knot(lab, lab.server());
    lab.router()
        .filter(
            Family.IPV6,
            "FORWARD -p udp --dport 53 -j REJECT --reject-with icmp6-port-unreachable");
    String dig = Clients.dig("@" + lab.server().ipv6() + " n$i.ok.example.test");
    return lab.onClient(Clients.each(8, dig));
  }

  private static String input(Lab lab) {
    Servers.knot(lab, lab.server());
    lab.server().filter(Family.IPV4, "INPUT -s 10.77.1.1 -p udp --dport 53 -j DROP");
    return both(lab, lab.server().ipv4(), Clients.musl("n$i.ok.example.test"), 5);
  }

  private static String ignored(Lab lab) {
    Servers.bind(lab, lab.server(), "blackhole { 10.77.1.0/24; };");
    return both(lab, lab.server().ipv4(), Clients.dig("n$i.ok.example.test"), 8);
  }

  /// Both clients ask; the other one, at 10.77.3.1, is answered.
  private static String both(Lab lab, String nameserver, String command, int count) {
    NetworkHost other = lab.add("other");
    lab.configure(lab.client(), "nameserver " + nameserver, "options timeout:1 attempts:2");
    lab.configure(other, "nameserver " + nameserver, "options timeout:20");
    String script = Clients.together(count, command);
    return lab.on(other, script) + "\n" + lab.onClient(script) + "\n" + lab.on(other, script);
  }
}
