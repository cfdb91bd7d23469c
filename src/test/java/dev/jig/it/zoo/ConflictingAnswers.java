package dev.jig.it.zoo;

import java.util.List;

/// One query gets two answers that differ.
final class ConflictingAnswers {
  private static final String KIND = "conflicting-answers";
  private static final int LATER_MS = 20;

  private ConflictingAnswers() {}

  static List<Setup> setups() {
    return List.of(
        Setup.usual(
            KIND,
            "a forged answer comes before knot's; glibc asks",
            ConflictingAnswers::forged,
            "conflicting-answers 10/20 comm=getent nameserver=10.77.2.1"),
        Setup.further(
            KIND,
            "a forged answer comes before nsd's over IPv6; musl asks",
            ConflictingAnswers::forgedForMusl,
            "conflicting-answers 10/20 comm=resolve nameserver=fd77:2::1"));
  }

  /// glibc's socket is open until AAAA is answered.
  private static String forged(Lab lab) throws Exception {
    Servers.knot(lab, lab.add("knot"));
    Relay.start(lab, lab.server(), "10.77.3.1", query -> query.isAaaa() ? LATER_MS : Relay.FORGE);
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:20");
    return lab.onClient(Clients.each(10, Clients.getent("n$i.ok.example.test")));
  }

  /// musl waits for both answers, too.
  private static String forgedForMusl(Lab lab) throws Exception {
    Servers.nsd(lab, lab.add("nsd"), ZoneFile.ALL);
    Relay.start(lab, lab.server(), "10.77.3.1", query -> query.isAaaa() ? LATER_MS : Relay.FORGE);
    lab.configure(lab.client(), "nameserver " + lab.server().ipv6(), "options timeout:20");
    return lab.onClient(Clients.each(10, Clients.musl("n$i.ok.example.test")));
  }
}
