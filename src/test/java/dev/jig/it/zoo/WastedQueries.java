package dev.jig.it.zoo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Queries that a correct name, or a correct configuration, would save.
final class WastedQueries {
  private static final String SEARCH = "search-path";
  private static final String NO_SUCH_NAME = "no-such-name";
  private static final String KUBERNETES =
      "search shop.svc.cluster.test svc.cluster.test cluster.test";

  private WastedQueries() {}

  static List<Setup> setups() {
    return List.of(
        Setup.usual(
            SEARCH,
            "glibc with ndots:5 and three suffixes asks knot",
            WastedQueries::glibcSearch,
            "search-path 48/64 comm=getent"),
        Setup.further(
            SEARCH,
            "musl with ndots:5 and three suffixes asks nsd over IPv6",
            WastedQueries::muslSearch,
            "search-path 48/64 comm=resolve"),
        Setup.further(
            SEARCH,
            "glibc asks for one name again and again",
            WastedQueries::sameName,
            "search-path 150/200 comm=getent"),
        Setup.usual(
            NO_SUCH_NAME,
            "glibc asks for a name that is gone",
            WastedQueries::gone,
            "no-such-name 50/50 comm=getent name=old.example.test."),
        Setup.further(
            NO_SUCH_NAME,
            "curl asks bind for a name that is gone, over IPv6",
            WastedQueries::curl,
            "no-such-name 50/50 comm=curl name=old.example.test."),
        Setup.further(
            NO_SUCH_NAME,
            "dnsmasq loses a name that musl has found before",
            WastedQueries::removed,
            "no-such-name 8/12 comm=resolve name=old.example.test."),
        Setup.further(
            NO_SUCH_NAME,
            "a name that is gone, with a search list of one",
            WastedQueries::goneWithSearchList,
            "no-such-name 50/50 comm=getent name=old.example.test."));
  }

  private static String glibcSearch(Lab lab) {
    Servers.knot(lab, lab.server());
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4(), KUBERNETES, "options ndots:5");
    return lab.onClient(Clients.each(8, Clients.getent("n$i.ok.example.test")));
  }

  private static String muslSearch(Lab lab) {
    Servers.nsd(lab, lab.server(), ZoneFile.ALL);
    lab.configure(lab.client(), "nameserver " + lab.server().ipv6(), KUBERNETES, "options ndots:5");
    return lab.onClient(Clients.each(8, Clients.musl("n$i.ok.example.test")));
  }

  /// The names that the search list makes do not exist, which is no fault of their own.
  private static String sameName(Lab lab) {
    Servers.knot(lab, lab.server());
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4(), KUBERNETES, "options ndots:5");
    return lab.onClient(Clients.each(25, Clients.getent("n.ok.example.test")));
  }

  /// While the name has an address of IPv4, AAAA is answered without records.
  private static String removed(Lab lab) throws Exception {
    Path hosts = lab.folder("hosts").resolve("hosts");
    Files.writeString(hosts, "192.0.2.1 old.example.test\n");
    NameServer dnsmasq =
        Servers.dnsmasq(lab, lab.server(), "local=/test/\naddn-hosts=" + hosts + "\n");
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4(), "options timeout:20");
    String musl = Clients.musl("old.example.test");
    return String.join(
        "\n",
        lab.onClient(Clients.each(2, musl)),
        ": >" + hosts,
        dnsmasq.signalLine("HUP"),
        "sleep 2",
        lab.onClient(Clients.each(4, musl)));
  }

  private static String goneWithSearchList(Lab lab) {
    Servers.knot(lab, lab.server());
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4(), "search corp.test");
    return lab.onClient(Clients.each(25, Clients.getent("old.example.test")));
  }

  private static String gone(Lab lab) {
    Servers.knot(lab, lab.server());
    lab.configure(lab.client(), "nameserver " + lab.server().ipv4());
    return lab.onClient(
        Clients.each(
            25,
            Clients.getent("old.example.test.") + "; " + Clients.getent("n$i.ok.example.test.")));
  }

  private static String curl(Lab lab) {
    Servers.bind(lab, lab.server(), "");
    lab.configure(lab.client(), "nameserver " + lab.server().ipv6());
    return lab.onClient(Clients.each(25, "curl -s http://old.example.test.:1/"));
  }
}
