package dev.jig.it.servers;

import dev.jig.it.servers.Namespace.Running;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Three authoritative servers, each with a signed zone and a large one, and a validating resolver
/// that forwards to them; each on port 53 of its own loopback address of a namespace.
final class Servers {
  /// A server, where it listens, and its signed zone.
  enum Server {
    KNOT("127.0.0.2", "knot.example.test"),
    BIND("127.0.0.3", "bind.example.test"),
    NSD("127.0.0.4", "nsd.example.test"),
    /// The resolver; the tests query it for knot's zone.
    UNBOUND("127.0.0.5", "knot.example.test");

    final String address;
    final String zone;

    Server(String address, String zone) {
      this.address = address;
      this.zone = zone;
    }
  }

  /// The servers with zones.
  static final List<Server> AUTHORITATIVE = List.of(Server.KNOT, Server.BIND, Server.NSD);

  static final String LARGE = "large.example.test";

  private final Namespace network;

  private Servers(Namespace network) {
    this.network = network;
  }

  /// Starts all servers; returns once all answer.
  static Servers start(Namespace network) {
    Servers servers = new Servers(network);
    network.write(LARGE, Zones.large(LARGE));
    for (Server server : AUTHORITATIVE) {
      network.write(server.zone, Zones.types(server.zone));
    }
    servers.startKnot();
    servers.startBind();
    servers.startNsd();
    servers.startUnbound();
    return servers;
  }

  /// Signs its zone itself, with NSEC3.
  private void startKnot() {
    network.write(
        "knot.conf",
        """
        server:
          rundir: "FOLDER"
          listen: [127.0.0.2@53, "::1@53"]
          nsid: knot
          udp-max-payload: 4096
        database:
          storage: "FOLDER"
        log:
          - target: stderr
            any: info
        acl:
          - id: all
            address: [127.0.0.0/8, "::1"]
            action: [transfer, update, notify]
        policy:
          - id: signed
            algorithm: ecdsap256sha256
            nsec3: on
        template:
          - id: default
            storage: "FOLDER"
            file: "%s"
            acl: all
            zonefile-load: difference
            zonefile-sync: -1
            journal-content: all
        zone:
          - domain: large.example.test
          - domain: knot.example.test
            dnssec-signing: on
            dnssec-policy: signed
        """
            .replace("FOLDER", network.folder().toString()));
    Running knot = network.start("knotd", "-c", network.folder().resolve("knot.conf").toString());
    awaitAnswer(knot, Server.KNOT, Server.KNOT.zone, "DNSKEY");
    awaitAnswer(knot, Server.KNOT, LARGE, "SOA");
  }

  /// BIND listens only at addresses of an interface: adds its address to loopback.
  private void startBind() {
    network.run("ip", "address", "add", Server.BIND.address + "/32", "dev", "lo").orThrow();
    String zone = Server.BIND.zone;
    inFolder("dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", zone);
    inFolder("dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", "-f", "KSK", zone);
    inFolder("dnssec-signzone", "-q", "-S", "-o", zone, "-f", zone + ".signed", zone);
    network.write(
        "named.conf",
        """
        options {
          directory "FOLDER";
          pid-file none;
          session-keyfile none;
          listen-on { 127.0.0.3; };
          listen-on-v6 { none; };
          recursion no;
          dnssec-validation no;
          notify no;
          allow-transfer { any; };
          max-udp-size 4096;
          minimal-responses no;
        };
        controls { };
        zone "bind.example.test" { type primary; file "bind.example.test.signed"; };
        zone "large.example.test" { type primary; file "large.example.test"; };
        """
            .replace("FOLDER", network.folder().toString()));
    Running named =
        network.start("named", "-g", "-c", network.folder().resolve("named.conf").toString());
    awaitAnswer(named, Server.BIND, zone, "DNSKEY");
    awaitAnswer(named, Server.BIND, LARGE, "SOA");
  }

  /// Serves a zone signed with RSA keys and NSEC3.
  private void startNsd() {
    String zone = Server.NSD.zone;
    String zoneKey = inFolder("ldns-keygen", "-a", "RSASHA256", "-b", "1024", zone).strip();
    String keyKey = inFolder("ldns-keygen", "-k", "-a", "RSASHA256", "-b", "2048", zone).strip();
    inFolder("ldns-signzone", "-n", "-t", "0", "-f", zone + ".signed", zone, zoneKey, keyKey);
    network.write(
        "nsd.conf",
        """
        server:
          ip-address: 127.0.0.4
          username: ""
          zonesdir: "FOLDER"
          pidfile: "FOLDER/nsd.pid"
          xfrdfile: "FOLDER/nsd.xfrd"
          zonelistfile: "FOLDER/nsd.zones"
          database: ""
          ipv4-edns-size: 4096
          rrl-ratelimit: 0
          minimal-responses: no
          xfrdir: "FOLDER"
        remote-control:
          control-enable: no
        zone:
          name: nsd.example.test
          zonefile: nsd.example.test.signed
          provide-xfr: 127.0.0.0/8 NOKEY
        zone:
          name: large.example.test
          zonefile: large.example.test
          provide-xfr: 127.0.0.0/8 NOKEY
        """
            .replace("FOLDER", network.folder().toString()));
    Running nsd = network.start("nsd", "-d", "-c", network.folder().resolve("nsd.conf").toString());
    awaitAnswer(nsd, Server.NSD, zone, "DNSKEY");
    awaitAnswer(nsd, Server.NSD, LARGE, "SOA");
  }

  private void startUnbound() {
    String stubs =
        Stream.of(
                Map.entry(LARGE, Server.KNOT),
                Map.entry(Server.KNOT.zone, Server.KNOT),
                Map.entry(Server.BIND.zone, Server.BIND),
                Map.entry(Server.NSD.zone, Server.NSD))
            .map(stub ->
                "stub-zone:\n  name: %s\n  stub-addr: %s\n"
                    .formatted(stub.getKey(), stub.getValue().address))
            .collect(Collectors.joining());
    String anchors =
        AUTHORITATIVE.stream()
            .map(server -> "  trust-anchor-file: " + anchor(server) + "\n")
            .collect(Collectors.joining());
    network.write(
        "unbound.conf",
        """
        server:
          directory: "FOLDER"
          username: ""
          chroot: ""
          pidfile: ""
          use-syslog: no
          interface: 127.0.0.5
          access-control: 127.0.0.0/8 allow
          do-ip6: no
          do-not-query-localhost: no
          local-zone: "test." nodefault
          domain-insecure: "large.example.test"
          max-udp-size: 4096
          edns-buffer-size: 4096
          minimal-responses: no
        """
                .replace("FOLDER", network.folder().toString())
            + anchors
            + "remote-control:\n  control-enable: no\n"
            + stubs);
    Running unbound =
        network.start("unbound", "-d", "-c", network.folder().resolve("unbound.conf").toString());
    awaitAnswer(unbound, Server.UNBOUND, Server.KNOT.zone, "SOA");
  }

  /// The server's own keys, as a file of trust anchors.
  private Path anchor(Server server) {
    String keys =
        keys(server)
            .map(key -> server.zone + ". 300 IN DNSKEY " + key + "\n")
            .collect(Collectors.joining());
    return network.write(server.zone + ".anchor", keys);
  }

  /// The keys that sign keys, as delv reads them.
  Path anchorForDelv(Server server) {
    String keys =
        keys(server)
            .map(key -> key.split(" ", 4))
            .map(key -> "static-key %s %s %s \"%s\";".formatted((Object[]) key))
            .map(key -> server.zone + ". " + key)
            .collect(Collectors.joining("\n"));
    return network.write(server.zone + ".anchor-delv", "trust-anchors {\n" + keys + "\n};\n");
  }

  private Stream<String> keys(Server server) {
    return network
        .run("kdig", "+short", "+tcp", "@" + server.address, server.zone, "DNSKEY")
        .orThrow()
        .lines()
        .filter(key -> key.startsWith("257 "));
  }

  /// Runs a program in the namespace's folder.
  private String inFolder(String... command) {
    List<String> words =
        Stream.concat(Stream.of("env", "-C", network.folder().toString()), Stream.of(command))
            .toList();
    return network.run(words).orThrow();
  }

  private void awaitAnswer(Running running, Server server, String name, String type) {
    running.await(
        "answering for " + name,
        () ->
            network
                .run("kdig", "+retry=0", "+time=1", "@" + server.address, name, type)
                .out()
                .contains("ANSWER SECTION"));
  }
}
