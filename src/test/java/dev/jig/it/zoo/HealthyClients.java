package dev.jig.it.zoo;

import dev.jig.fixture.NetworkHost;
import dev.jig.fixture.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Clients that do what is unusual and no fault.
final class HealthyClients {
  private static final int FAR_MS = 250;

  private HealthyClients() {}

  static List<Setup> setups() {
    return List.of(
        Setup.usual(Setup.HEALTHY, "a search list of one", HealthyClients::searchList),
        Setup.further(
            Setup.HEALTHY, "typing errors with a search list of one", HealthyClients::typingErrors),
        Setup.usual(Setup.HEALTHY, "names without AAAA", HealthyClients::nodata),
        Setup.further(Setup.HEALTHY, "many names that do not exist", HealthyClients::nxdomain),
        Setup.further(Setup.HEALTHY, "zone transfers", HealthyClients::transfers),
        Setup.further(Setup.HEALTHY, "pipelined TCP", HealthyClients::pipelined),
        Setup.further(Setup.HEALTHY, "multicast DNS without answers", HealthyClients::multicast),
        Setup.further(Setup.HEALTHY, "churn of processes", HealthyClients::churn),
        Setup.further(Setup.HEALTHY, "curl", HealthyClients::curl),
        Setup.further(Setup.HEALTHY, "Java and busybox", HealthyClients::javaAndBusybox),
        Setup.further(
            Setup.HEALTHY, "musl asks a near and a far server at once", HealthyClients::nearAndFar),
        Setup.further(
            Setup.HEALTHY,
            "programs connect to servers and ask nothing",
            HealthyClients::ownAddress),
        Setup.further(Setup.HEALTHY, "two servers in turn", HealthyClients::rotating));
  }

  /// Short names that the suffix completes, and some typing errors.
  private static String searchList(Lab lab) {
    Servers.knot(lab, lab.server());
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4(), "search corp.test");
    return lab.onClient(
        Clients.each(30, Clients.getent("host$i"))
            + "\n"
            + Clients.each(5, Clients.getent("hots$i.corp.test")));
  }

  /// The search list doubles the queries, but no name is found by it or without it.
  private static String typingErrors(Lab lab) {
    Servers.knot(lab, lab.server());
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4(), "search corp.test");
    return lab.onClient(Clients.each(30, Clients.getent("typo$i.example.test")));
  }

  private static String nodata(Lab lab) {
    Servers.nsd(lab, lab.server(), ZoneFile.ALL);
    lab.configure(lab.client(), "nameserver " + lab.server().ipv6());
    return lab.onClient(
        Clients.each(
            30,
            Clients.getent("n$i.v4.example.test") + "; " + Clients.musl("m$i.v4.example.test")));
  }

  /// They learn their own address, and whether they have one of IPv6: then they have no route.
  private static String ownAddress(Lab lab) {
    Servers.knot(lab, lab.server());
    lab.client().run("ip -6 route del default");
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4());
    String connects = "exec 3<>/dev/udp/%s/53".formatted(lab.server().ipv4());
    String probes = "exec 3<>/dev/udp/%s/53".formatted(lab.server().ipv6());
    return lab.onClient(
        Clients.each(20, Clients.getent("n$i.ok.example.test") + "; bash -c '" + connects + "'")
            + "\n"
            + Clients.each(2, "bash -c '" + probes + "'"));
  }

  /// As mail servers ask block lists.
  private static String nxdomain(Lab lab) {
    Servers.bind(lab, lab.server(), "");
    String dig = "dig +tries=1 +time=20 @" + lab.server().ipv4() + " $i.2.0.192.example.test";
    return lab.onClient(Clients.each(100, dig));
  }

  private static String transfers(Lab lab) {
    NetworkHost nsd = lab.add("nsd");
    NetworkHost bind = lab.add("bind");
    Servers.knot(lab, lab.server());
    Servers.nsd(lab, nsd, ZoneFile.ALL);
    Servers.bind(lab, bind, "");
    String script =
        List.of(lab.server(), nsd, bind).stream()
            .map(host -> "dig +time=20 @" + host.ipv4() + " example.test AXFR")
            .collect(Collectors.joining("; "));
    return lab.onClient(Clients.each(6, script));
  }

  private static String pipelined(Lab lab) throws Exception {
    Servers.knot(lab, lab.server());
    String queries =
        IntStream.range(0, 600)
            .mapToObj(i -> "n" + i + ".ok.example.test A\n")
            .collect(Collectors.joining());
    Path file = Files.writeString(lab.folder("dnsperf").resolve("queries"), queries);
    Programs.find("dnsperf");
    return lab.onClient(
        "dnsperf -m tcp -c 2 -q 50 -s %s -d %s -n 1 -Q 300 -t 20"
            .formatted(lab.server().ipv4(), file));
  }

  private static String multicast(Lab lab) {
    Servers.knot(lab, lab.server());
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:20");
    lab.client().run("ip route add 224.0.0.0/4 dev eth0");
    return lab.onClient(
        Clients.together(12, Clients.dig("-p 5353 @224.0.0.251 printer$i.local"))
            + "\n"
            + Clients.each(5, Clients.getent("n$i.ok.example.test")));
  }

  /// Each process asks once and ends.
  private static String churn(Lab lab) {
    Servers.knot(lab, lab.server());
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:20");
    return lab.onClient(
        Clients.each(
            10,
            "for j in 1 2 3 4 5 6; do sh -c \"%s; exit 1\" & done; wait"
                .formatted(Clients.getent("n$i-$j.ok.example.test"))));
  }

  private static String curl(Lab lab) {
    Servers.nsd(lab, lab.server(), ZoneFile.ALL);
    Programs.find("curl");
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:20");
    lab.client()
        .run("ip route add unreachable 192.0.2.0/24; ip -6 route add unreachable 2001:db8::/32");
    return lab.onClient(Clients.each(20, "curl -s http://n$i.ok.example.test/"));
  }

  private static String javaAndBusybox(Lab lab) {
    Servers.bind(lab, lab.server(), "");
    lab.configure(lab.client(), "nameserver " + lab.server().ipv6(), "options timeout:20");
    return lab.onClient(
        Clients.java(1, 20, "n%d.ok.example.test")
            + "\n"
            + Clients.each(20, Clients.busybox("m$i.ok.example.test")));
  }

  /// musl takes the first answer, and the far server's never is.
  private static String nearAndFar(Lab lab) throws Exception {
    NetworkHost far = lab.add("far");
    Servers.knot(lab, lab.server());
    Relay.start(lab, far, lab.server().ipv4(), _ -> FAR_MS);
    lab.configure(
        lab.client(),
        "nameserver " + far.ipv4(),
        "nameserver " + lab.server().ipv4(),
        "options timeout:20");
    return lab.onClient(Clients.each(20, Clients.musl("n$i.ok.example.test")));
  }

  private static String rotating(Lab lab) {
    NetworkHost other = lab.add("other");
    Servers.knot(lab, lab.server());
    Servers.nsd(lab, other, ZoneFile.ALL);
    lab.configure(
        lab.client(),
        "nameserver " + lab.server().ipv4(),
        "nameserver " + other.ipv4(),
        "options rotate timeout:20");
    return lab.onClient(Clients.each(40, Clients.getent("n$i.ok.example.test")));
  }
}
