package dev.jig.it.zoo;

import dev.jig.fixture.NetworkHost;
import dev.jig.fixture.NetworkHost.Family;
import java.util.List;

/// One query gets two answers that differ.
final class ConflictingAnswers {
  private static final String KIND = "conflicting-answers";
  private static final int LATER_MS = 20;

  private ConflictingAnswers() {}

  static List<Setup> setups() {
    return List.of(
        Setup.usual(
            KIND,
            "a forged answer comes before knot's; glibc asks",
            ConflictingAnswers::forged,
            "conflicting-answers 10/20 comm=getent nameserver=10.77.2.1"),
        Setup.further(
            KIND,
            "two servers with one address and other data get each query over IPv6; busybox asks",
            ConflictingAnswers::twoServers,
            "conflicting-answers */* comm=busybox nameserver=fd77:2::1"));
  }

  /// glibc's socket is open until AAAA is answered.
  private static String forged(Lab lab) throws Exception {
    Servers.knot(lab, lab.add("knot"));
    Relay.start(lab, lab.server(), "10.77.3.1", query -> query.isAaaa() ? LATER_MS : Relay.FORGE);
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:20");
    return lab.onClient(Clients.each(10, Clients.getent("n$i.ok.example.test")));
  }

  private static String twoServers(Lab lab) {
    NetworkHost copy = copyQueries(lab);
    Servers.nsd(lab, lab.server(), ZoneFile.ALL);
    Servers.dnsmasq(
        lab, copy, "address=/example.test/203.0.113.66\naddress=/example.test/2001:db8::66\n");
    lab.configure(lab.client(), "nameserver " + lab.server().ipv6());
    return lab.onClient(Clients.each(20, Clients.busybox("n$i.ok.example.test")));
  }

  /// Adds a host that gets a copy of each query to the server, and has its addresses, too.
  static NetworkHost copyQueries(Lab lab) {
    NetworkHost copy = lab.add("copy");
    copy.run(
        "ip address add %s/32 dev lo; ip address add %s/128 dev lo nodad"
            .formatted(lab.server().ipv4(), lab.server().ipv6()));
    lab.router().run("echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter");
    for (Family family : Family.values()) {
      lab.router()
          .rule(
              family,
              "mangle",
              "PREROUTING -i inside -p udp --dport 53 -j TEE --gateway " + copy.address(family));
    }
    return copy;
  }
}
