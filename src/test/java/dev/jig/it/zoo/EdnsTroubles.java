package dev.jig.it.zoo;

import java.util.List;

/// Servers, or networks before them, that do not accept EDNS.
final class EdnsTroubles {
  private static final String KIND = "edns-trouble";

  private EdnsTroubles() {}

  static List<Setup> setups() {
    return List.of(
        Setup.usual(
            KIND,
            "a server answers FORMERR to EDNS; dig asks with and without",
            EdnsTroubles::rejected,
            "edns-trouble 10/20 comm=dig nameserver=10.77.2.1"),
        Setup.further(
            KIND,
            "queries with EDNS vanish on the way to nsd; dig asks over IPv6, with and without",
            EdnsTroubles::dropped,
            "edns-trouble 8/16 comm=dig nameserver=fd77:2::1"));
  }

  private static String rejected(Lab lab) throws Exception {
    Servers.knot(lab, lab.add("knot"));
    Relay.start(lab, lab.server(), "10.77.3.1", query -> query.hasEdns() ? Relay.REJECT : 0);
    String asks = "@" + lab.server().ipv4() + " n$i.ok.example.test";
    return lab.onClient(
        Clients.each(10, Clients.dig(asks) + "; " + Clients.dig("+noedns " + asks)));
  }

  private static String dropped(Lab lab) throws Exception {
    Servers.nsd(lab, lab.add("nsd"), ZoneFile.ALL);
    Relay.start(lab, lab.server(), "10.77.3.1", query -> query.hasEdns() ? Relay.DROP : 0);
    String at = "@" + lab.server().ipv6();
    return lab.onClient(
        Clients.together(
            8,
            "{ %s; %s; }"
                .formatted(
                    Clients.dig(at + " n$i.ok.example.test"),
                    Clients.dig("+noedns " + at + " n$i.ok.example.test"))));
  }
}
