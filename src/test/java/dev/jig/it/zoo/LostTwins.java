package dev.jig.it.zoo;

import dev.jig.fixture.NetworkHost.Family;
import java.util.List;

/// One of A and AAAA, asked together, is lost.
final class LostTwins {
  private static final String KIND = "lost-twin";

  /// An AAAA question's end, from the root label of its name on.
  private static final String AAAA = "-m string --algo bm --hex-string '|00001c0001|'";

  private static final int NAMES = 16;

  /// One name in so many loses a query.
  private static final int INTERVAL = 4;

  private LostTwins() {}

  static List<Setup> setups() {
    return List.of(
        Setup.usual(
            KIND,
            "glibc asks knot; the router's netfilter drops AAAA",
            LostTwins::netfilter,
            "lost-twin 4/16 comm=getent nameserver=10.77.2.1"),
        Setup.further(
            KIND,
            "musl asks nsd over IPv6; AAAA vanishes",
            LostTwins::musl,
            "lost-twin 4/16 comm=resolve nameserver=fd77:2::1"),
        Setup.further(
            KIND,
            "Java asks bind; A vanishes",
            LostTwins::java,
            "lost-twin 4/16 comm=java nameserver=10.77.2.1"));
  }

  /// The client repeats a lost query before it asks the next name, so that of 5 AAAA packets the
  /// first is lost, the second repeats it, and three belong to further names.
  private static String netfilter(Lab lab) {
    Servers.knot(lab, lab.server());
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:2");
    lab.router()
        .filter(
            Family.IPV4,
            "FORWARD -p udp --dport 53 %s -m statistic --mode nth --every %d --packet 0 -j DROP"
                .formatted(AAAA, INTERVAL + 1));
    return lab.onClient(Clients.each(NAMES, Clients.getent("n$i.ok.example.test")));
  }

  private static String musl(Lab lab) throws Exception {
    Servers.nsd(lab, lab.add("nsd"), ZoneFile.ALL);
    Relay.start(
        lab, lab.server(), "10.77.3.1", query -> query.isAaaa() && isLost(query) ? Relay.DROP : 0);
    lab.configure(
        lab.client(), "nameserver " + lab.server().ipv6(), "options timeout:4 attempts:2");
    return lab.onClient(Clients.each(NAMES, Clients.musl("n$i.ok.example.test")));
  }

  /// Once glibc has lost one of two, the process does not ask for both at once any more: each
  /// process loses the first pair.
  private static String java(Lab lab) throws Exception {
    Servers.bind(lab, lab.add("bind"), "");
    Relay.start(
        lab, lab.server(), "10.77.3.1", query -> !query.isAaaa() && isLost(query) ? Relay.DROP : 0);
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:2");
    String[] runs = new String[NAMES / INTERVAL];
    for (int i = 0; i < runs.length; i++) {
      runs[i] = Clients.java(i * INTERVAL + 1, INTERVAL, "n%d.ok.example.test");
    }
    return lab.onClient(String.join("\n", runs));
  }

  /// Of names such as `n12.ok.example.test.`: when it is asked for the first time.
  static boolean isLost(Relay.Asked query) {
    int number = Integer.parseInt(query.name().substring(1, query.name().indexOf('.')));
    return number % INTERVAL == 1 && query.before() == 0;
  }
}
