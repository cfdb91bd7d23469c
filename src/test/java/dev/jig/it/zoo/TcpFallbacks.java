package dev.jig.it.zoo;

import java.util.List;

/// Answers that do not fit into UDP, and come over TCP.
final class TcpFallbacks {
  private static final String KIND = "tcp-fallback";

  private TcpFallbacks() {}

  static List<Setup> setups() {
    return List.of(
        Setup.usual(
            KIND,
            "glibc asks knot, without EDNS, for long answers",
            TcpFallbacks::glibc,
            "tcp-fallback 12/12 comm=getent nameserver=10.77.2.1"),
        Setup.further(
            KIND,
            "dig accepts 512 bytes of nsd's answers over IPv6, of which one in three is long",
            TcpFallbacks::dig,
            "tcp-fallback 12/36 comm=dig nameserver=fd77:2::1"));
  }

  private static String glibc(Lab lab) {
    Servers.knot(lab, lab.server());
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:10");
    return lab.onClient(Clients.each(12, "getent ahostsv4 n$i.big.example.test."));
  }

  private static String dig(Lab lab) {
    Servers.nsd(lab, lab.server(), ZoneFile.ALL);
    String dig = Clients.dig("+bufsize=512 @" + lab.server().ipv6());
    return lab.onClient(
        Clients.each(
            12,
            dig
                + " n$i.big.example.test; "
                + dig
                + " n$i.ok.example.test; "
                + dig
                + " n$i.v4.example.test"));
  }
}
