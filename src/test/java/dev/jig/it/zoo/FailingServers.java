package dev.jig.it.zoo;

import dev.jig.fixture.NetworkHost;
import java.util.List;

/// Servers that fail or refuse.
final class FailingServers {
  private static final String FAILURE = "server-failure";
  private static final String REFUSED = "refused-by-server";

  private FailingServers() {}

  static List<Setup> setups() {
    return List.of(
        Setup.usual(
            FAILURE,
            "knot has not loaded one of its zones",
            FailingServers::missingZone,
            "server-failure 20/20 comm=getent nameserver=10.77.2.1 zone=corp.test."),
        Setup.further(
            FAILURE,
            "unbound's upstream does not have the zone; musl asks",
            FailingServers::refusingUpstream,
            "server-failure 12/12 comm=resolve nameserver=10.77.2.1 zone=example.test."),
        Setup.further(
            FAILURE,
            "bind's upstream has a closed port; dig asks over IPv6",
            FailingServers::closedUpstream,
            "server-failure 8/8 comm=dig nameserver=fd77:2::1"),
        Setup.usual(
            REFUSED,
            "unbound's access list refuses glibc",
            FailingServers::accessList,
            "refused-by-server 12/12 comm=getent nameserver=10.77.2.1"),
        Setup.further(
            REFUSED,
            "nsd does not have the zone that musl asks for over IPv6",
            FailingServers::otherZone,
            "refused-by-server 12/12 comm=resolve nameserver=fd77:2::1 zone=corp.test."),
        Setup.further(
            REFUSED,
            "dnsmasq has no upstream; busybox asks",
            FailingServers::noUpstream,
            "refused-by-server 12/12 comm=busybox nameserver=10.77.2.1 zone=example.test."));
  }

  private static String missingZone(Lab lab) {
    Servers.knot(lab, lab.server(), ZoneFile.ALL, List.of(ZoneFile.EXAMPLE));
    lab.configure(
        lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:20 attempts:2");
    return lab.onClient(
        Clients.each(
            10,
            Clients.getent("host$i.corp.test.") + "; " + Clients.getent("n$i.ok.example.test.")));
  }

  private static String refusingUpstream(Lab lab) {
    NetworkHost upstream = lab.add("upstream");
    Servers.nsd(lab, upstream, List.of(ZoneFile.CORP));
    Servers.unbound(lab, lab.server(), upstream.ipv4(), "allow");
    lab.configure(
        lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:3 attempts:1");
    return lab.onClient(Clients.together(6, Clients.musl("n$i.ok.example.test.")));
  }

  private static String closedUpstream(Lab lab) {
    NetworkHost upstream = lab.add("upstream");
    Servers.bindForwarder(lab, lab.server(), upstream.ipv4());
    String dig = "dig +tries=1 +time=20 @" + lab.server().ipv6();
    return lab.onClient(
        Clients.each(4, dig + " n$i.ok.example.test; " + dig + " host$i.corp.test"));
  }

  private static String accessList(Lab lab) {
    NetworkHost upstream = lab.add("upstream");
    Servers.unbound(lab, lab.server(), upstream.ipv4(), "refuse");
    lab.configure(
        lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:20 attempts:2");
    return lab.onClient(
        Clients.each(
            3,
            Clients.getent("n$i.ok.example.test.") + "; " + Clients.getent("host$i.corp.test.")));
  }

  private static String otherZone(Lab lab) {
    Servers.nsd(lab, lab.server(), List.of(ZoneFile.EXAMPLE));
    lab.configure(
        lab.client(), "nameserver " + lab.server().ipv6(), "options timeout:2 attempts:1");
    return lab.onClient(
        Clients.together(
            6, Clients.musl("host$i.corp.test & ") + Clients.musl("n$i.ok.example.test")));
  }

  private static String noUpstream(Lab lab) {
    Servers.dnsmasq(lab, lab.server(), "");
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4());
    return lab.onClient(Clients.each(6, Clients.busybox("n$i.ok.example.test")));
  }
}
