package dev.jig.it.zoo;

import dev.jig.fixture.NetworkHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// Starts servers at port 53 of both addresses of a host.
final class Servers {
  private static final String NO_VALIDATION = "dnssec-validation no; ";

  private Servers() {}

  /// Knot DNS with all zones.
  static NameServer knot(Lab lab, NetworkHost host) {
    return knot(lab, host, ZoneFile.ALL, ZoneFile.ALL);
  }

  /// Knot DNS.
  ///
  /// @param zones in its configuration
  /// @param loaded those of them with a file: it answers SERVFAIL for the others
  static NameServer knot(Lab lab, NetworkHost host, List<ZoneFile> zones, List<ZoneFile> loaded) {
    return knot(lab, host, zones, folder(lab, host, loaded));
  }

  /// Knot DNS with the one zone that is signed.
  static NameServer knot(Lab lab, NetworkHost host, SignedZone zone) {
    Path folder = folder(lab, host, List.of());
    zone.write(folder);
    return knot(lab, host, List.of(zone.zone()), folder);
  }

  private static NameServer knot(Lab lab, NetworkHost host, List<ZoneFile> zones, Path folder) {
    String zoneList =
        zones.stream()
            .map(zone -> "  - domain: %s\n    file: %s\n".formatted(zone.zone, zone.zone))
            .collect(Collectors.joining());
    return start(
        lab,
        host,
        folder,
        """
        server:
          rundir: "FOLDER"
          listen: [IPV4@53, IPV6@53]
        database:
          storage: "FOLDER"
        log:
          - target: stderr
            any: info
        acl:
          - id: transfer
            action: transfer
        template:
          - id: default
            storage: "FOLDER"
            acl: transfer
        zone:
        """
            + zoneList,
        "knotd",
        "-c",
        "conf");
  }

  /// NSD with some zones: it refuses all others.
  static NameServer nsd(Lab lab, NetworkHost host, List<ZoneFile> zones) {
    return nsd(lab, host, zones, "");
  }

  /// The same.
  ///
  /// @param options further ones of the clause `server`
  static NameServer nsd(Lab lab, NetworkHost host, List<ZoneFile> zones, String options) {
    Path folder = folder(lab, host, zones);
    String zoneList =
        zones.stream()
            .map(zone ->
                """
                zone:
                  name: %1$s
                  zonefile: %1$s
                  provide-xfr: 0.0.0.0/0 NOKEY
                """
                    .formatted(zone.zone))
            .collect(Collectors.joining());
    return start(
        lab,
        host,
        folder,
        """
        server:
          ip-address: IPV4
          ip-address: IPV6
          server-count: 1
          username: ""
          zonesdir: "FOLDER"
          pidfile: "FOLDER/pid"
          xfrdfile: "FOLDER/xfrd"
          zonelistfile: "FOLDER/zones"
          database: ""
          rrl-ratelimit: 0
          xfrdir: "FOLDER"
          %s
        remote-control:
          control-enable: no
        """
                .formatted(options)
            + zoneList,
        "nsd",
        "-d",
        "-c",
        "conf");
  }

  /// BIND with all zones.
  ///
  /// @param options further ones, such as `allow-query { none; };`
  static NameServer bind(Lab lab, NetworkHost host, String options) {
    Path folder = folder(lab, host, ZoneFile.ALL);
    String zoneList =
        ZoneFile.ALL.stream()
            .map(zone -> "zone \"%1$s\" { type primary; file \"%1$s\"; };\n".formatted(zone.zone))
            .collect(Collectors.joining());
    String config = bindConfig(NO_VALIDATION + options) + zoneList;
    return start(lab, host, folder, config, "named", "-g", "-c", "conf");
  }

  /// BIND that forwards every query.
  static NameServer bindForwarder(Lab lab, NetworkHost host, String upstream) {
    return bindForwarder(lab, host, upstream, NO_VALIDATION, "");
  }

  /// The same.
  ///
  /// @param options further ones
  /// @param statements beside the options
  static NameServer bindForwarder(
      Lab lab, NetworkHost host, String upstream, String options, String statements) {
    String all =
        "allow-recursion { any; }; forward only; forwarders { %s; }; %s"
            .formatted(upstream, options);
    Path folder = folder(lab, host, List.of());
    return start(lab, host, folder, bindConfig(all) + statements, "named", "-g", "-c", "conf");
  }

  private static String bindConfig(String options) {
    return """
    options {
      directory "FOLDER";
      pid-file none;
      session-keyfile none;
      listen-on { IPV4; };
      listen-on-v6 { IPV6; };
      empty-zones-enable no;
      allow-transfer { any; };
      %s
    };
    controls { };
    """
        .formatted(options);
  }

  /// Unbound that forwards every query.
  ///
  /// @param access `allow` or `refuse`: for all clients
  static NameServer unbound(Lab lab, NetworkHost host, String upstream, String access) {
    String forward = "forward-zone:\n  name: \".\"\n  forward-addr: " + upstream + "\n";
    return unbound(lab, host, forward, access, "");
  }

  /// Unbound with zones that it forwards or has stubs for.
  ///
  /// @param options further ones of the clause `server`
  static NameServer unbound(
      Lab lab, NetworkHost host, String zones, String access, String options) {
    Path folder = folder(lab, host, List.of());
    return start(
        lab,
        host,
        folder,
        """
        server:
          interface: IPV4
          interface: IPV6
          access-control: 0.0.0.0/0 %1$s
          access-control: ::/0 %1$s
          use-syslog: no
          logfile: ""
          username: ""
          chroot: ""
          directory: "FOLDER"
          pidfile: ""
          module-config: "iterator"
          num-threads: 1
          unknown-server-time-limit: 10000
          local-zone: "test." nodefault
          %2$s
        remote-control:
          control-enable: no
        """
                .formatted(access, options)
            + zones,
        "unbound",
        "-d",
        "-c",
        "conf");
  }

  /// Dnsmasq, which answers REFUSED without options that name servers or zones.
  static NameServer dnsmasq(Lab lab, NetworkHost host, String options) {
    Path folder = folder(lab, host, List.of());
    return start(
        lab,
        host,
        folder,
        "no-resolv\n"
            + "no-hosts\n"
            + "bind-interfaces\n"
            + "listen-address=IPV4,IPV6\n"
            + "user=root\n"
            + "local=/start.test/\n"
            + options,
        "dnsmasq",
        "--keep-in-foreground",
        "--conf-file=conf",
        "--pid-file",
        "--log-facility=-");
  }

  private static Path folder(Lab lab, NetworkHost host, List<ZoneFile> zones) {
    Path folder = lab.folder("server-" + host.namespace());
    zones.forEach(zone -> zone.write(folder));
    return folder;
  }

  private static NameServer start(
      Lab lab, NetworkHost host, Path folder, String config, String program, String... arguments) {
    String text =
        config
            .replace("FOLDER", folder.toString())
            .replace("IPV4", host.ipv4())
            .replace("IPV6", host.ipv6());
    try {
      Files.writeString(folder.resolve("conf"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lab.use(NameServer.start(host, folder, program, arguments));
  }
}
