package dev.jig.it.servers;

import dev.jig.fixture.Prerequisite;
import dev.jig.fixture.Programs;
import java.util.List;

/// The programs that these tests run, looked up on PATH.
final class Tools {
  private static final List<String> NEEDED =
      List.of(
          "ip",
          "tcpdump",
          "tshark",
          "knotd",
          "named",
          "nsd",
          "unbound",
          "dnssec-keygen",
          "dnssec-signzone",
          "ldns-keygen",
          "ldns-signzone",
          "kdig",
          "dig",
          "delv",
          "nsupdate",
          "dnsperf");

  private Tools() {}

  static void require() {
    for (String tool : NEEDED) {
      Prerequisite.require(tool + " is installed", () -> Programs.isInstalled(tool));
    }
  }
}
