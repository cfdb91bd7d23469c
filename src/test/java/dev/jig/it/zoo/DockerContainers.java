package dev.jig.it.zoo;

import dev.jig.fixture.Docker;
import dev.jig.fixture.DockerImages;
import java.util.ArrayList;
import java.util.List;

/// Faults seen through Docker's embedded resolver, which containers ask at 127.0.0.11: it forwards
/// to an address of this machine, from which a relay leads to knot.
final class DockerContainers {
  private static final String CONTAINER = "jig-zoo-" + ProcessHandle.current().pid();

  /// Without an address of IPv6 glibc asks only for A.
  private static final String SUBNET = "fd77:100::/64";

  private DockerContainers() {}

  static List<Setup> setups() {
    String client = " container=" + CONTAINER;
    return List.of(
        Setup.further(
            "lost-twin",
            "AAAA vanishes behind Docker's resolver",
            DockerContainers::lostTwins,
            "lost-twin 4/16" + client + " comm=getent nameserver=127.0.0.11"),
        Setup.further(
            "server-failure",
            "knot behind Docker's resolver has not loaded its zones",
            DockerContainers::missingZones,
            "server-failure 12/12" + client + " comm=resolve nameserver=127.0.0.11"),
        Setup.further(
            "search-path",
            "a container with ndots:5 and three suffixes",
            DockerContainers::searchPath,
            "search-path 48/64" + client + " comm=getent"),
        Setup.further(Setup.HEALTHY, "churn of containers", DockerContainers::churn));
  }

  private static String lostTwins(Lab lab) throws Exception {
    Docker.Network network = network(lab);
    relay(lab, network, query -> query.isAaaa() && LostTwins.isLost(query) ? Relay.DROP : 0);
    start(lab, network, "--dns-option=timeout:2");
    return exec(Clients.each(16, Clients.getent("n$i.ok.example.test")));
  }

  private static String missingZones(Lab lab) throws Exception {
    Docker.Network network = network(lab);
    Servers.knot(lab, lab.server(), ZoneFile.ALL, List.of());
    Relay.startHere(lab, network.hostAddress(), _ -> 0);
    start(lab, network, "--dns-option=timeout:2", "--dns-option=attempts:1");
    return exec(Clients.together(3, "resolve n$i.ok.example.test & resolve host$i.corp.test"));
  }

  private static String searchPath(Lab lab) throws Exception {
    Docker.Network network = network(lab);
    relay(lab, network, _ -> 0);
    start(
        lab,
        network,
        "--dns-search=shop.svc.cluster.test",
        "--dns-search=svc.cluster.test",
        "--dns-search=cluster.test",
        "--dns-option=ndots:5");
    return exec(Clients.each(8, Clients.getent("n$i.ok.example.test")));
  }

  /// Each container asks once and ends.
  private static String churn(Lab lab) throws Exception {
    Docker.Network network = network(lab);
    relay(lab, network, _ -> 0);
    lab.select("-F", "name~churn");
    return Clients.each(
        12,
        "docker run --rm %s %s %s"
            .formatted(
                String.join(" ", options(network)),
                DockerImages.clients(),
                Clients.getent("churn$i.ok.example.test")));
  }

  private static Docker.Network network(Lab lab) {
    Docker.require();
    Docker.Network network = Docker.network("--ipv6", "--subnet=" + SUBNET);
    lab.use(network::close);
    return network;
  }

  private static List<String> options(Docker.Network network) {
    return List.of("--network=" + network.name(), "--dns=" + network.hostAddress());
  }

  private static void relay(Lab lab, Docker.Network network, Relay.Fate fate) throws Exception {
    Servers.knot(lab, lab.server());
    Relay.startHere(lab, network.hostAddress(), fate);
  }

  /// Starts the client's container, and has `ig` trace it.
  private static void start(Lab lab, Docker.Network network, String... more) {
    List<String> options = new ArrayList<>(options(network));
    options.add("--name=" + CONTAINER);
    options.addAll(List.of(more));
    lab.use(Docker.start(DockerImages.clients(), options, "sleep", "600")::close);
    lab.select("-c", CONTAINER);
  }

  /// The line that runs a script in the container.
  private static String exec(String script) {
    return "docker exec " + CONTAINER + " sh -c '" + script + "'";
  }
}
