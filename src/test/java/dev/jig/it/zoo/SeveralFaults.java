package dev.jig.it.zoo;

import dev.jig.fixture.NetworkHost;
import java.util.List;

/// Several faults at once, several clients of one fault, and a fault that another follows from.
final class SeveralFaults {
  private static final String KUBERNETES =
      "search shop.svc.cluster.test svc.cluster.test cluster.test";

  private SeveralFaults() {}

  static List<Setup> setups() {
    return List.of(
        Setup.further(
            Setup.SEVERAL,
            "a long search list, and a zone that knot has not loaded",
            SeveralFaults::searchAndFailure,
            "search-path 96/148 comm=getent",
            "server-failure 10/10 comm=getent nameserver=10.77.2.1 zone=corp.test."),
        Setup.further(
            Setup.SEVERAL,
            "three programs ask a silent server",
            SeveralFaults::threeClients,
            "unanswered 16/16 clients=3 nameserver=10.77.2.1"),
        Setup.further(
            Setup.SEVERAL,
            "dnsmasq is silent, since its upstream has a closed port",
            SeveralFaults::silentChain,
            "port-closed 8/8 comm=dnsmasq nameserver=10.77.3.1"),
        Setup.further(
            Setup.SEVERAL,
            "bind answers SERVFAIL, since its upstream has a closed port",
            SeveralFaults::chain,
            "port-closed */* comm=named nameserver=10.77.3.1"));
  }

  private static String searchAndFailure(Lab lab) {
    Servers.knot(lab, lab.server(), ZoneFile.ALL, List.of(ZoneFile.EXAMPLE, ZoneFile.CLUSTER));
    lab.configure(
        lab.client(),
        "nameserver " + lab.server().ipv4(),
        KUBERNETES,
        "options ndots:5 timeout:20");
    return lab.onClient(
        Clients.each(16, Clients.getent("n$i.ok.example.test"))
            + "\n"
            + Clients.each(5, Clients.getent("host$i.corp.test.")));
  }

  private static String threeClients(Lab lab) throws Exception {
    Relay.silent(lab, lab.server());
    lab.configure(
        lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:1 attempts:2");
    return lab.onClient(
        Clients.together(3, Clients.getent("n$i.ok.example.test."))
            + "\n"
            + Clients.together(3, Clients.musl("n$i.ok.example.test"))
            + "\n"
            + Clients.together(4, Clients.dig("n$i.ok.example.test")));
  }

  private static String silentChain(Lab lab) {
    NetworkHost upstream = lab.add("upstream");
    Servers.dnsmasq(lab, lab.server(), "server=" + upstream.ipv4() + "\n");
    lab.select("--host", "-F", "name~chain", "--dns-timeout=1s");
    String dig = Clients.dig("@" + lab.server().ipv4() + " chain$i.example.test");
    return lab.onClient(Clients.together(8, dig)) + "\nsleep 3"; // until dnsmasq's time is over
  }

  /// BIND asks for some names again. Both the client's lookups and those of its server are seen.
  private static String chain(Lab lab) {
    NetworkHost upstream = lab.add("upstream");
    Servers.bindForwarder(lab, lab.server(), upstream.ipv4());
    lab.select("--host", "-F", "name~chain");
    String dig = "dig +tries=1 +time=20 @" + lab.server().ipv4() + " chain$i.example.test";
    return lab.onClient(Clients.each(8, dig));
  }
}
