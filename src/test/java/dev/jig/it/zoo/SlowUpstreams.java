package dev.jig.it.zoo;

import dev.jig.fixture.NetworkHost;
import java.util.List;

/// Resolvers on this machine that wait for the server that they ask.
final class SlowUpstreams {
  private static final String KIND = "slow-upstream";
  private static final int DELAY_MS = 1_000;

  private SlowUpstreams() {}

  static List<Setup> setups() {
    return List.of(
        Setup.further(
            KIND,
            "unbound has a far upstream, beside a near server",
            SlowUpstreams::besideNear,
            "slow-upstream 20/20 comm=dig nameserver=10.77.2.1"),
        Setup.further(
            KIND,
            "dnsmasq has a far upstream; glibc asks over IPv6",
            SlowUpstreams::forwarder,
            "slow-upstream 24/24 comm=getent nameserver=fd77:2::1"));
  }

  /// The resolver is not slow: what it asks is far away.
  private static String besideNear(Lab lab) throws Exception {
    NetworkHost far = lab.add("far");
    NetworkHost near = lab.add("near");
    Servers.knot(lab, near);
    Relay.start(lab, far, near.ipv4(), _ -> DELAY_MS);
    Servers.unbound(lab, lab.server(), far.ipv4(), "allow");
    String dig = "dig +tries=1 +time=20 ";
    return lab.onClient(
        Clients.together(20, dig + "@" + lab.server().ipv4() + " n$i.ok.example.test")
            + "\n"
            + Clients.each(20, dig + "@" + near.ipv4() + " n$i.ok.example.test"));
  }

  private static String forwarder(Lab lab) throws Exception {
    NetworkHost far = lab.add("far");
    Servers.nsd(lab, lab.add("nsd"), ZoneFile.ALL);
    Relay.start(lab, far, "10.77.4.1", _ -> DELAY_MS);
    Servers.dnsmasq(lab, lab.server(), "server=" + far.ipv4() + "\n");
    lab.configure(lab.client(), "nameserver " + lab.server().ipv6(), "options timeout:20");
    return lab.onClient(Clients.together(12, Clients.getent("n$i.ok.example.test")));
  }
}
