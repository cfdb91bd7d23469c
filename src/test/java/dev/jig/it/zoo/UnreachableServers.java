package dev.jig.it.zoo;

import dev.jig.fixture.NetworkHost;
import dev.jig.fixture.TestNetwork;
import java.util.List;

/// Nothing at the port, or no way to the host.
final class UnreachableServers {
  private static final String CLOSED = "port-closed";
  private static final String UNREACHABLE = "unreachable";

  private UnreachableServers() {}

  static List<Setup> setups() {
    return List.of(
        Setup.usual(
            CLOSED,
            "glibc asks a host without a server",
            UnreachableServers::noServer,
            "port-closed 12/12 comm=getent nameserver=10.77.2.1"),
        Setup.further(
            CLOSED,
            "dig asks a host without a server over IPv6",
            UnreachableServers::noServerForDig,
            "port-closed 8/8 comm=dig nameserver=fd77:2::1"),
        Setup.further(
            CLOSED,
            "Java asks a host without a server, then knot",
            UnreachableServers::noServerFirst,
            "port-closed 12/12 comm=java nameserver=10.77.3.1"),
        Setup.usual(
            UNREACHABLE,
            "no host has the address of glibc's server, says the router",
            UnreachableServers::missingServer,
            "unreachable 12/12 comm=getent nameserver=10.77.2.99"),
        Setup.further(
            UNREACHABLE,
            "the router says of few packets that its routes lead nowhere",
            UnreachableServers::unreachableRoute,
            "unreachable 12/12 comm=getent nameserver=10.77.9.1"),
        Setup.further(
            UNREACHABLE,
            "the router has no route for dig's queries over IPv6",
            UnreachableServers::routerWithoutRoute,
            "unreachable 8/8 comm=dig nameserver=fd99::1"),
        Setup.further(
            UNREACHABLE,
            "no host has the address on the client's link",
            UnreachableServers::missingNeighbour,
            "unreachable 12/12 comm=getent nameserver=10.77.1.99"),
        Setup.further(
            UNREACHABLE,
            "the router's device at the client's link is down",
            UnreachableServers::deviceDown,
            "unreachable */* comm=getent nameserver=10.77.2.1"),
        Setup.usual(
            UNREACHABLE,
            "the client has no route to glibc's server",
            UnreachableServers::clientWithoutRoute,
            "unreachable 12/12 comm=getent nameserver=10.77.2.1"),
        Setup.further(
            UNREACHABLE,
            "the client has no route for dig's queries over IPv6",
            UnreachableServers::clientWithoutRouteOverIpv6,
            "unreachable 8/8 comm=dig nameserver=fd77:2::1"),
        Setup.further(
            UNREACHABLE,
            "the client has no route to musl's server, and its socket is not connected",
            UnreachableServers::clientWithoutRouteForMusl,
            "unreachable 12/12 comm=resolve nameserver=10.77.2.1"));
  }

  private static String noServer(Lab lab) {
    lab.configure(
        lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:1 attempts:2");
    return lab.onClient(Clients.each(6, Clients.getent("n$i.ok.example.test.")));
  }

  private static String noServerForDig(Lab lab) {
    String dig = Clients.dig("@" + lab.server().ipv6() + " n$i.ok.example.test");
    return lab.onClient(Clients.each(8, dig));
  }

  private static String noServerFirst(Lab lab) {
    Servers.knot(lab, lab.server());
    NetworkHost first = lab.add("closed");
    lab.configure(
        lab.client(),
        "nameserver " + first.ipv4(),
        "nameserver " + lab.server().ipv4(),
        "options timeout:1 attempts:2");
    return lab.onClient(Clients.java(1, 6, "n%d.ok.example.test"));
  }

  /// The router asks for the link address for about 3 s.
  private static String missingServer(Lab lab) {
    lab.router().run("echo 0 >/proc/sys/net/ipv4/icmp_ratelimit");
    lab.configure(lab.client(), "nameserver 10.77.2.99", "options timeout:6 attempts:1");
    return lab.onClient(Clients.together(6, Clients.getent("n$i.ok.example.test.")));
  }

  /// The kernel sends such an error five times, then once a second.
  private static String unreachableRoute(Lab lab) {
    lab.router().run("ip route add unreachable 10.77.9.0/24");
    lab.configure(lab.client(), "nameserver 10.77.9.1", "options timeout:1 attempts:2");
    return lab.onClient(Clients.together(6, Clients.getent("n$i.ok.example.test.")));
  }

  private static String routerWithoutRoute(Lab lab) {
    lab.router().run("echo 0 >/proc/sys/net/ipv6/icmp/ratelimit");
    return lab.onClient(Clients.together(8, Clients.dig("@fd99::1 n$i.ok.example.test")));
  }

  /// The kernel asks for the link address for about 3 s.
  private static String missingNeighbour(Lab lab) {
    lab.configure(
        lab.client(), "nameserver " + TestNetwork.MISSING_IPV4, "options timeout:6 attempts:1");
    return lab.onClient(Clients.together(6, Clients.getent("n$i.ok.example.test.")));
  }

  /// No packet leaves. A and AAAA have one socket.
  private static String clientWithoutRoute(Lab lab) {
    lab.client().run("ip route del default");
    lab.configure(
        lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:1 attempts:2");
    return lab.onClient(Clients.each(6, Clients.getent("n$i.ok.example.test.")));
  }

  private static String clientWithoutRouteOverIpv6(Lab lab) {
    lab.client().run("ip -6 route del default");
    String dig = Clients.dig("@" + lab.server().ipv6() + " n$i.ok.example.test");
    return lab.onClient(Clients.each(8, dig));
  }

  /// Sends A and AAAA from one socket.
  private static String clientWithoutRouteForMusl(Lab lab) {
    lab.client().run("ip route del default");
    lab.configure(
        lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:1 attempts:1");
    return lab.onClient(Clients.each(6, Clients.musl("n$i.ok.example.test.")));
  }

  /// The router's link address is permanent, else the kernel would ask for it, as of a missing
  /// host.
  private static String deviceDown(Lab lab) {
    String link = lab.router().run("cat /sys/class/net/inside/address").strip();
    lab.client().run("ip neigh replace 10.77.1.254 lladdr " + link + " dev eth0 nud permanent");
    lab.router().run("ip link set inside down");
    lab.configure(
        lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:1 attempts:2");
    return lab.onClient(Clients.together(6, Clients.getent("n$i.ok.example.test.")));
  }
}
