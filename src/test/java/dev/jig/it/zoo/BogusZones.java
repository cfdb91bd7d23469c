package dev.jig.it.zoo;

import dev.jig.fixture.NetworkHost;
import java.util.List;

/// Resolvers that refuse answers with wrong signatures.
final class BogusZones {
  private static final String KIND = "bogus";

  private BogusZones() {}

  static List<Setup> setups() {
    return List.of(
        Setup.usual(
            KIND,
            "unbound says that signatures have expired",
            BogusZones::expired,
            "bogus 8/8 comm=dig nameserver=10.77.2.1 zone=example.test."),
        Setup.further(
            KIND,
            "bind says nothing, but answers over IPv6 without checking; glibc and dig ask",
            BogusZones::unchecked,
            "bogus 12/12 comm=getent nameserver=fd77:2::1 zone=example.test."));
  }

  private static String expired(Lab lab) {
    NetworkHost upstream = lab.add("knot");
    SignedZone zone = SignedZone.expired(lab.folder("keys"), ZoneFile.EXAMPLE);
    Servers.knot(lab, upstream, zone);
    validating(lab, upstream, zone);
    return lab.onClient(Clients.each(8, dig(lab.server().ipv4()) + " n$i.ok.example.test"));
  }

  /// Unbound at the server's host.
  static void validating(Lab lab, NetworkHost upstream, SignedZone zone) {
    String forward = "forward-zone:\n  name: \".\"\n  forward-addr: " + upstream.ipv4() + "\n";
    Servers.unbound(
        lab,
        lab.server(),
        forward,
        "allow",
        """
        module-config: "validator iterator"
          ede: yes
          %s
        """
            .formatted(zone.unboundAnchor()));
  }

  private static String unchecked(Lab lab) {
    NetworkHost upstream = lab.add("knot");
    SignedZone zone = SignedZone.expired(lab.folder("keys"), ZoneFile.EXAMPLE);
    Servers.knot(lab, upstream, zone);
    Servers.bindForwarder(
        lab, lab.server(), upstream.ipv4(), "dnssec-validation yes;", zone.bindAnchor());
    lab.configure(
        lab.client(), "nameserver " + lab.server().ipv6(), "options timeout:20 attempts:1");
    return lab.onClient(
        Clients.each(
            6,
            Clients.getent("n$i.ok.example.test.")
                + "; "
                + dig(lab.server().ipv6())
                + " +cd n$i.ok.example.test"));
  }

  private static String dig(String server) {
    return "dig +tries=1 +time=20 @" + server;
  }
}
