package dev.jig.it.zoo;

import dev.jig.fixture.NetworkHost;
import java.util.List;

/// Forwarders that ask each other.
final class ForwardingLoops {
  private static final String KIND = "loop";

  private ForwardingLoops() {}

  static List<Setup> setups() {
    return List.of(
        Setup.usual(
            KIND,
            "two dnsmasq forward to each other; dig asks",
            ForwardingLoops::dnsmasq,
            "loop */* comm=dnsmasq nameserver=10.77.2.1"),
        Setup.further(
            KIND,
            "unbound forwards to bind, which forwards to unbound, over IPv6",
            ForwardingLoops::unboundAndBind,
            "loop */* comm=named nameserver=fd77:2::1"));
  }

  private static String dnsmasq(Lab lab) {
    NetworkHost other = lab.add("other");
    Servers.dnsmasq(lab, lab.server(), "server=" + other.ipv4() + "\n");
    Servers.dnsmasq(lab, other, "server=" + lab.server().ipv4() + "\n");
    return ask(lab, lab.server().ipv4());
  }

  private static String unboundAndBind(Lab lab) {
    NetworkHost other = lab.add("other");
    Servers.unbound(lab, lab.server(), other.ipv6(), "allow");
    Servers.bindForwarder(lab, other, lab.server().ipv6());
    return ask(lab, lab.server().ipv6());
  }

  private static String ask(Lab lab, String server) {
    lab.select("--host", "-F", "name~loop", "--dns-timeout=2s");
    return lab.onClient(
            Clients.each(6, "dig +tries=1 +time=2 @" + server + " loop$i.ok.example.test"))
        + "\nsleep 3";
  }
}
