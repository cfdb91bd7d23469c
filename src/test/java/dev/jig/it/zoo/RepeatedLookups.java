package dev.jig.it.zoo;

import dev.jig.fixture.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Processes that ask for what they have just been answered.
final class RepeatedLookups {
  private static final String KIND = "uncached";

  private RepeatedLookups() {}

  static List<Setup> setups() {
    return List.of(
        Setup.usual(
            KIND,
            "Java without its cache asks knot for one name",
            RepeatedLookups::java,
            "uncached 58/60 comm=java name=n.ok.example.test."),
        Setup.further(
            KIND,
            "dnsperf asks nsd for three names over IPv6",
            RepeatedLookups::dnsperf,
            "uncached 57/60 comm=dnsperf"));
  }

  private static String java(Lab lab) {
    Servers.knot(lab, lab.server());
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:20");
    return lab.onClient(
        Clients.java(1, 30, "n.ok.example.test")
            .replace("java -", "java -Dsun.net.inetaddr.ttl=0 -"));
  }

  private static String dnsperf(Lab lab) throws Exception {
    Servers.nsd(lab, lab.server(), ZoneFile.ALL);
    Programs.find("dnsperf");
    Path file =
        Files.writeString(
            lab.folder("dnsperf").resolve("queries"),
            "a.ok.example.test A\nb.ok.example.test AAAA\nc.v4.example.test A\n");
    return lab.onClient(
        "dnsperf -s %s -d %s -n 20 -Q 20 -t 20".formatted(lab.server().ipv6(), file));
  }
}
