package dev.jig.it.zoo;

import dev.jig.fixture.NetworkHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// One of a client's two servers is slow.
final class SlowServers {
  private static final String KIND = "slow-server";
  private static final int DELAY_MS = 1_000;

  private SlowServers() {}

  static List<Setup> setups() {
    return List.of(
        Setup.usual(
            KIND,
            "dig asks two servers, knot and one far away",
            SlowServers::dig,
            "slow-server 20/20 comm=dig nameserver=10.77.3.1"),
        Setup.further(
            KIND,
            "glibc asks a slow server, later nsd, over IPv6",
            SlowServers::glibc,
            "slow-server 40/40 comm=getent nameserver=fd77:3::1"));
  }

  private static String dig(Lab lab) throws Exception {
    Servers.knot(lab, lab.server());
    NetworkHost far = far(lab);
    String slow = "dig +tries=1 +time=20 @" + far.ipv4() + " n$i.ok.example.test";
    String fast = "dig +tries=1 +time=20 @" + lab.server().ipv4() + " n$i.ok.example.test";
    return lab.onClient(Clients.together(20, slow) + "\n" + Clients.each(20, fast));
  }

  private static String glibc(Lab lab) throws Exception {
    Servers.nsd(lab, lab.server(), ZoneFile.ALL);
    NetworkHost far = far(lab);
    lab.configure(lab.client(), "nameserver " + far.ipv6(), "options timeout:20");
    Path near =
        Files.writeString(
            lab.folder("near").resolve("resolv.conf"), "nameserver " + lab.server().ipv6() + "\n");
    String getent = Clients.getent("n$i.ok.example.test");
    return lab.onClient(
        Clients.together(20, getent)
            + "\nmount --bind %s /etc/resolv.conf\n".formatted(near)
            + Clients.each(20, getent));
  }

  private static NetworkHost far(Lab lab) throws Exception {
    NetworkHost far = lab.add("far");
    Relay.start(lab, far, lab.server().ipv4(), _ -> DELAY_MS);
    return far;
  }
}
