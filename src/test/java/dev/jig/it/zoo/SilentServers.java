package dev.jig.it.zoo;

import dev.jig.fixture.NetworkHost;
import java.util.List;

/// Servers that answer nothing: the only one, or the first of two.
final class SilentServers {
  private static final String UNANSWERED = "unanswered";
  private static final String DEAD = "dead-nameserver";

  private SilentServers() {}

  static List<Setup> setups() {
    return List.of(
        Setup.usual(
            UNANSWERED,
            "glibc asks a socket that nothing reads",
            SilentServers::silentSocket,
            "unanswered 10/10 comm=getent nameserver=10.77.2.1"),
        Setup.further(
            UNANSWERED,
            "dig asks a frozen knot over IPv6",
            SilentServers::frozen,
            "unanswered 8/8 comm=dig nameserver=fd77:2::1"),
        Setup.further(
            UNANSWERED,
            "musl asks an address that the router's routes swallow",
            SilentServers::blackhole,
            "unanswered 10/10 comm=resolve nameserver=10.77.9.1"),
        Setup.further(
            UNANSWERED,
            "nsd stops answering",
            SilentServers::stops,
            "unanswered 10/20 comm=getent nameserver=10.77.2.1"),
        Setup.usual(
            DEAD,
            "glibc asks a silent server, then knot",
            SilentServers::silentFirst,
            "dead-nameserver 12/12 comm=getent nameserver=10.77.3.1"),
        Setup.further(
            DEAD,
            "dig asks a frozen nsd over IPv6, then bind",
            SilentServers::frozenFirst,
            "dead-nameserver 8/8 comm=dig nameserver=fd77:3::1"));
  }

  private static String silentSocket(Lab lab) throws Exception {
    Relay.silent(lab, lab.server());
    lab.configure(
        lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:1 attempts:2");
    return lab.onClient(Clients.together(5, Clients.getent("n$i.ok.example.test.")));
  }

  private static String frozen(Lab lab) {
    Servers.knot(lab, lab.server()).freeze();
    String dig = Clients.dig("@" + lab.server().ipv6() + " n$i.ok.example.test");
    return lab.onClient(Clients.together(8, dig));
  }

  private static String blackhole(Lab lab) {
    lab.router().run("ip route add blackhole 10.77.9.0/24");
    lab.configure(lab.client(), "nameserver 10.77.9.1", "options timeout:2 attempts:2");
    return lab.onClient(Clients.together(5, Clients.musl("n$i.ok.example.test")));
  }

  private static String stops(Lab lab) {
    NameServer nsd = Servers.nsd(lab, lab.server(), ZoneFile.ALL);
    lab.configure(
        lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:1 attempts:2");
    String client = Clients.together(5, Clients.getent("n$i.ok.example.test."));
    return lab.onClient(client) + "\n" + nsd.signalLine("STOP") + "\n" + lab.onClient(client);
  }

  private static String silentFirst(Lab lab) throws Exception {
    Servers.knot(lab, lab.server());
    NetworkHost first = lab.add("silent");
    Relay.silent(lab, first);
    lab.configure(
        lab.client(),
        "nameserver " + first.ipv4(),
        "nameserver " + lab.server().ipv4(),
        "options timeout:2 attempts:2");
    return lab.onClient(Clients.together(6, Clients.getent("n$i.ok.example.test")));
  }

  private static String frozenFirst(Lab lab) {
    Servers.bind(lab, lab.server(), "");
    NetworkHost first = lab.add("nsd");
    Servers.nsd(lab, first, ZoneFile.ALL).freeze();
    lab.configure(lab.client(), "nameserver " + first.ipv6(), "nameserver " + lab.server().ipv6());
    return lab.onClient(Clients.together(8, "dig +time=2 n$i.ok.example.test"));
  }
}
