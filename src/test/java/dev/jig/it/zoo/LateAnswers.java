package dev.jig.it.zoo;

import java.util.List;

/// Answers that come when the client has given up.
final class LateAnswers {
  private static final String KIND = "late-answers";
  private static final int FAR_MS = 1_000;

  private LateAnswers() {}

  static List<Setup> setups() {
    return List.of(
        Setup.usual(
            KIND,
            "dig waits for half a second, a far knot needs one",
            LateAnswers::dig,
            "late-answers 8/8 comm=dig nameserver=10.77.2.1"),
        Setup.further(
            KIND,
            "musl waits for a second; nsd answers after two, over IPv6",
            LateAnswers::musl,
            "late-answers 12/12 comm=resolve nameserver=fd77:2::1"));
  }

  private static String dig(Lab lab) throws Exception {
    Servers.knot(lab, lab.add("knot"));
    Relay.start(lab, lab.server(), "10.77.3.1", _ -> FAR_MS);
    String dig = "timeout 0.5 dig +tries=1 +time=20 @" + lab.server().ipv4();
    return lab.onClient(Clients.together(8, dig + " n$i.ok.example.test") + "\nsleep 4");
  }

  private static String musl(Lab lab) throws Exception {
    Servers.nsd(lab, lab.add("nsd"), ZoneFile.ALL);
    Relay.start(lab, lab.server(), "10.77.3.1", _ -> FAR_MS * 2);
    lab.configure(
        lab.client(), "nameserver " + lab.server().ipv6(), "options timeout:1 attempts:1");
    return lab.onClient(Clients.together(6, Clients.musl("n$i.ok.example.test")) + "\nsleep 4");
  }
}
