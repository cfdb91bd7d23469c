package dev.jig.it.zoo;

import dev.jig.fixture.NetworkHost;
import dev.jig.fixture.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Servers that do what they should, and what is near a fault but is none.
final class HealthyResolvers {
  private static final int FAR_MS = 250;

  private HealthyResolvers() {}

  static List<Setup> setups() {
    return List.of(
        Setup.usual(Setup.HEALTHY, "a busy resolver", HealthyResolvers::busy),
        Setup.further(Setup.HEALTHY, "a resolver's cold cache", HealthyResolvers::coldCache),
        Setup.usual(Setup.HEALTHY, "a far but steady server", HealthyResolvers::far),
        Setup.further(Setup.HEALTHY, "two far but steady servers", HealthyResolvers::twoFar),
        Setup.further(
            Setup.HEALTHY,
            "a resolver with a far upstream beside a near server",
            HealthyResolvers::farUpstream),
        Setup.further(Setup.HEALTHY, "a single timeout", HealthyResolvers::singleTimeout),
        Setup.further(Setup.HEALTHY, "two lost twins in a hundred", HealthyResolvers::twoLost),
        Setup.further(Setup.HEALTHY, "four failures in a hundred", HealthyResolvers::fewFailures),
        Setup.further(Setup.HEALTHY, "few answers over TCP", HealthyResolvers::fewOverTcp));
  }

  /// A new name in three is asked again, one in ten does not exist.
  private static String busy(Lab lab) throws Exception {
    unbound(lab, "10.77.3.1");
    Servers.knot(lab, lab.add("knot"));
    String queries =
        IntStream.range(0, 900)
            .mapToObj(i ->
                i % 10 == 0
                    ? "gone" + i + ".example.test A\n"
                    : "n" + i % 300 + ".ok.example.test " + (i % 2 == 0 ? "A" : "AAAA") + "\n")
            .collect(Collectors.joining());
    Path file = Files.writeString(lab.folder("dnsperf").resolve("queries"), queries);
    Programs.find("dnsperf");
    return lab.onClient(
        "dnsperf -s %s -d %s -n 1 -Q 300 -t 20".formatted(lab.server().ipv4(), file));
  }

  private static void unbound(Lab lab, String upstream) {
    Servers.unbound(lab, lab.server(), upstream, "allow");
  }

  /// The first answers come from afar, the later ones from the cache.
  private static String coldCache(Lab lab) throws Exception {
    NetworkHost far = lab.add("far");
    Servers.knot(lab, lab.add("knot"));
    Relay.start(lab, far, "10.77.4.1", _ -> FAR_MS);
    unbound(lab, far.ipv4());
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:10");
    String names = Clients.each(15, Clients.getent("n$i.ok.example.test"));
    return lab.onClient(names + "\n" + names);
  }

  private static String far(Lab lab) throws Exception {
    Servers.nsd(lab, lab.add("nsd"), ZoneFile.ALL);
    Relay.start(lab, lab.server(), "10.77.3.1", _ -> FAR_MS);
    lab.configure(lab.client(), "nameserver " + lab.server().ipv6(), "options timeout:10");
    return lab.onClient(Clients.each(20, Clients.getent("n$i.ok.example.test")));
  }

  private static String twoFar(Lab lab) throws Exception {
    NetworkHost other = lab.add("far");
    Servers.bind(lab, lab.add("bind"), "");
    for (NetworkHost host : List.of(lab.server(), other)) {
      Relay.start(lab, host, "10.77.4.1", _ -> FAR_MS);
    }
    lab.configure(
        lab.client(),
        "nameserver " + lab.server().ipv4(),
        "nameserver " + other.ipv4(),
        "options timeout:10 rotate");
    return lab.onClient(Clients.each(20, Clients.getent("n$i.ok.example.test")));
  }

  /// The resolver is not slow: what it asks is far away.
  private static String farUpstream(Lab lab) throws Exception {
    NetworkHost far = lab.add("far");
    NetworkHost near = lab.add("near");
    Servers.knot(lab, near);
    Relay.start(lab, far, near.ipv4(), _ -> FAR_MS);
    unbound(lab, far.ipv4());
    String dig = "dig +tries=1 +time=20 ";
    return lab.onClient(
        Clients.together(20, dig + "@" + lab.server().ipv4() + " n$i.ok.example.test")
            + "\n"
            + Clients.each(20, dig + "@" + near.ipv4() + " n$i.ok.example.test"));
  }

  /// Each query for one name of 30 is lost once: its client repeats both.
  private static String singleTimeout(Lab lab) throws Exception {
    Servers.knot(lab, lab.add("knot"));
    Relay.start(
        lab,
        lab.server(),
        "10.77.3.1",
        query -> query.name().startsWith("n7.") && query.before() == 0 ? Relay.DROP : 0);
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:2");
    return lab.onClient(Clients.each(30, Clients.getent("n$i.ok.example.test")));
  }

  private static String twoLost(Lab lab) throws Exception {
    Servers.knot(lab, lab.add("knot"));
    Relay.start(
        lab,
        lab.server(),
        "10.77.3.1",
        query ->
            query.isAaaa() && query.name().matches("n[37]0\\..*") && query.before() == 0
                ? Relay.DROP
                : 0);
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:2");
    return lab.onClient(Clients.each(100, Clients.getent("n$i.ok.example.test")));
  }

  private static String fewFailures(Lab lab) {
    Servers.knot(lab, lab.server(), ZoneFile.ALL, List.of(ZoneFile.EXAMPLE));
    String at = "@" + lab.server().ipv4() + " ";
    return lab.onClient(
        Clients.each(96, "dig +tries=1 +time=20 " + at + "n$i.ok.example.test")
            + "\n"
            + Clients.each(4, "dig +tries=1 +time=20 " + at + "host$i.corp.test"));
  }

  private static String fewOverTcp(Lab lab) {
    Servers.knot(lab, lab.server());
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:10");
    return lab.onClient(
        Clients.each(90, Clients.getent("n$i.ok.example.test"))
            + "\n"
            + Clients.each(4, Clients.getent("n$i.big.example.test")));
  }
}
