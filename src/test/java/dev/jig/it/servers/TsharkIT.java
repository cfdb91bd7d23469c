package dev.jig.it.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.jig.it.servers.Servers.Server;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// What ig reads of real servers' and clients' packets, beside what tshark reads of the same: every
/// message, with all that both tell.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
final class TsharkIT {
  private static final int MTU = 1500;
  private static final int TYPE_A = 1;
  private static final int PIPELINED = 1_000;
  private static final String CLIENT = "127.0.0.100";

  private Namespace network;
  private Servers servers;

  @BeforeAll
  void start() {
    Tools.require();
    network = Namespace.create(MTU);
    servers = Servers.start(network);
  }

  @AfterAll
  void stop() {
    if (network != null) {
      network.close();
    }
  }

  @Test
  void pipelinedQueriesAndTheirAnswersInWhateverOrder() {
    Capture capture = Capture.begin(network, "pipelined");
    for (Server server : Server.values()) {
      dnsperf(server, "tcp", PIPELINED);
      dnsperf(server, "udp", PIPELINED);
    }

    List<SeenMessage> messages = agreed(capture.end());

    for (Server server : Server.values()) {
      for (String protocol : List.of("UDP", "TCP")) {
        assertThat(messages.stream().filter(asked(protocol, server))).hasSize(PIPELINED);
      }
    }
  }

  @Test
  void whatClientsCanAskInWhateverWay() {
    Capture capture = Capture.begin(network, "lookups");
    for (Server server : Server.values()) {
      String at = "@" + server.address;
      network.run("kdig", at, "a." + server.zone, "A").orThrow();
      network.run("kdig", at, "+tcp", "+dnssec", server.zone, "DNSKEY").orThrow();
      network.run("kdig", at, "+bufsize=4096", "long." + server.zone, "TXT").orThrow();
      network.run("kdig", at, "+bufsize=512", "long." + server.zone, "TXT").orThrow();
      network.run("kdig", at, "+nsid", "+cookie", "+padding=128", server.zone, "SOA").orThrow();
      network.run("kdig", at, "+subnet=192.0.2.0/24", "none." + server.zone, "AAAA").orThrow();
      network.run("kdig", at, "+edns=1", server.zone, "SOA").orThrow();
      network.run("kdig", at, "+noedns", "+cdflag", "+adflag", server.zone, "NS").orThrow();
      network.run("kdig", at, "-c", "CH", "version.bind", "TXT").orThrow();
      network.run("kdig", at, "-t", "TYPE65280", "type65280." + server.zone).orThrow();
      network.run("dig", at, "-x", "192.0.2.1").orThrow();
      network.run("dig", at, "+dnssec", "+ednsopt=65001:abcd", "no." + server.zone).orThrow();
      network.run("dig", at, "+opcode=NOTIFY", server.zone, "SOA").orThrow();
      network.run("dig", at, "+header-only").orThrow();
      network.run("dig", at, "+keepopen", "+tcp", server.zone, "NS", server.zone, "MX").orThrow();
      delv(server, "+tcp");
      delv(server, "+notcp");
    }
    network.run("kdig", "@::1", "+dnssec", Server.KNOT.zone, "ANY").orThrow();
    network.run("kdig", "@::1", "+notcp", "+bufsize=4096", "long." + Server.KNOT.zone, "TXT");
    update();

    List<SeenMessage> messages = agreed(capture.end());

    assertThat(messages)
        .anyMatch(message -> message.opcode() == 5 && message.isResponse())
        .anyMatch(message -> message.rcode() == 16) // BADVERS
        .anyMatch(message -> message.from().startsWith("::1 "))
        .anyMatch(message -> message.questions().isEmpty() && message.isResponse());
    for (Server server : Server.values()) {
      assertThat(messages)
          .filteredOn(message -> isLongAnswer(message, server))
          .extracting(SeenMessage::protocol, message -> message.flags().contains("tc"))
          .contains(tuple("UDP", false), tuple("UDP", true), tuple("TCP", false));
    }
  }

  private void delv(Server server, String transport) {
    String said =
        network
            .run(
                "delv",
                "@" + server.address,
                "-a",
                servers.anchorForDelv(server).toString(),
                "+root=" + server.zone,
                transport,
                "a." + server.zone,
                "AAAA")
            .orThrow();
    assertThat(said).contains("fully validated");
  }

  private void update() {
    Path script =
        network.write(
            "update",
            """
            server 127.0.0.2
            zone knot.example.test
            prereq nxdomain new.knot.example.test
            update add new.knot.example.test 300 A 192.0.2.77
            update delete minfo.knot.example.test MINFO
            send
            """);
    network.run("nsupdate", script.toString()).orThrow();
  }

  private static boolean isLongAnswer(SeenMessage message, Server server) {
    return message.isResponse()
        && message.from().equals(server.address + " 53")
        && message.questions().stream().anyMatch(asked -> asked.name().startsWith("long."));
  }

  @Test
  void longAnswersAndWholeZones() {
    Capture capture = Capture.begin(network, "long");
    askForMuch(List.of(Server.values()));

    assertHasMuch(List.of(Server.values()), agreed(capture.end()));
  }

  @Test
  void segmentsThatWereLostAndSentAgain() {
    List<String> rule = List.of("INPUT", "-p", "tcp", "-m", "statistic", "--mode", "nth");
    List<String> drop = List.of("--every", "11", "--packet", "0", "-j", "DROP");
    iptables("-A", rule, drop);
    Path file;
    try {
      Capture capture = Capture.begin(network, "lossy");
      dnsperf(Server.KNOT, "tcp", 200);
      askForMuch(List.of(Server.values()));
      file = capture.end();
    } finally {
      iptables("-D", rule, drop);
    }

    assertHasMuch(List.of(Server.values()), agreed(file));
  }

  private void iptables(String action, List<String> rule, List<String> more) {
    List<String> words = new ArrayList<>(List.of("iptables", action));
    words.addAll(rule);
    words.addAll(more);
    network.run(words).orThrow();
  }

  @Test
  void segmentsThatChangedPlaces() {
    Capture capture = Capture.begin(network, "ordered");
    dnsperf(Server.BIND, "tcp", PIPELINED);
    askForMuch(List.of(Server.values()));

    ReorderedCapture.Copy copy = ReorderedCapture.of(capture.end());

    assertThat(copy.swaps()).isGreaterThan(100);
    assertHasMuch(List.of(Server.values()), agreed(copy.file()));
  }

  @Test
  void segmentsOf76Bytes() {
    // nsd does not go on after a write of which the socket takes only a part.
    List<Server> asked = List.of(Server.KNOT, Server.BIND, Server.UNBOUND);
    network.setMtu(128);
    Path file;
    try {
      Capture capture = Capture.begin(network, "small");
      dnsperf(Server.UNBOUND, "tcp", 200);
      dnsperf(Server.NSD, "udp", 200);
      askForMuch(asked);
      file = capture.end();
    } finally {
      network.setMtu(MTU);
    }

    assertHasMuch(asked, agreed(file));
  }

  private void askForMuch(List<Server> asked) {
    for (Server server : asked) {
      network.run("dig", "@" + server.address, "+tcp", "big." + Servers.LARGE, "TXT").orThrow();
      if (server != Server.UNBOUND) {
        network.run("kdig", "@" + server.address, Servers.LARGE, "AXFR").orThrow();
        network.run("dig", "@" + server.address, Servers.LARGE, "AXFR").orThrow();
      }
    }
  }

  private static void assertHasMuch(List<Server> asked, List<SeenMessage> messages) {
    for (Server server : asked) {
      assertThat(messages)
          .filteredOn(message -> message.from().equals(server.address + " 53"))
          .filteredOn(message -> message.counts().get(1) == Zones.BIG_RECORDS)
          .isNotEmpty();
      long addresses =
          messages.stream()
              .filter(message -> message.isResponse() && message.protocol().equals("TCP"))
              .filter(message -> message.from().equals(server.address + " 53"))
              .flatMap(message -> message.records().stream())
              .filter(record -> record.type() == TYPE_A && record.name().matches("h\\d+\\.large.*"))
              .count();
      assertThat(addresses).isEqualTo(server == Server.UNBOUND ? 0 : 2 * Zones.HOSTS);
    }
  }

  private void dnsperf(Server server, String mode, int count) {
    List<String> questions = new ArrayList<>();
    List<String> known = Zones.questions(server.zone);
    for (int i = 0; i < count; i++) {
      questions.add(known.get(i % known.size()));
    }
    Path file = network.write("questions", String.join("\n", questions) + "\n");
    List<String> command = new ArrayList<>(List.of("dnsperf", "-m", mode, "-a", CLIENT));
    command.addAll(List.of("-s", server.address, "-d", file.toString(), "-n", "1"));
    command.addAll(List.of("-c", "4", "-q", "60", "-e", "-D", "-t", "20"));
    String said = network.run(command).orThrow();
    assertThat(said).containsPattern("Queries completed: +" + count + " ");
  }

  private static Predicate<SeenMessage> asked(String protocol, Server server) {
    return message ->
        !message.isResponse()
            && message.protocol().equals(protocol)
            && message.from().startsWith(CLIENT + " ")
            && message.to().equals(server.address + " 53");
  }

  /// The messages of a file, of which both readers say the same.
  private static List<SeenMessage> agreed(Path file) {
    IgReader.Read ours = IgReader.read(file);
    List<SeenMessage> read = ours.messages();
    List<SeenMessage> theirs = TsharkReader.read(file);
    List<SeenMessage> onlyWe = without(read, theirs);
    List<SeenMessage> onlyTshark = without(theirs, read);
    assertThat(onlyWe.stream().limit(3))
        .as("%d of %d only ig: %s", onlyWe.size(), read.size(), ours.summary())
        .isEmpty();
    assertThat(onlyTshark.stream().limit(3))
        .as("%d of %d only tshark: %s", onlyTshark.size(), theirs.size(), ours.summary())
        .isEmpty();
    assertThat(read.equals(theirs)).as("in the same order").isTrue();
    return read;
  }

  private static List<SeenMessage> without(List<SeenMessage> all, List<SeenMessage> others) {
    Map<SeenMessage, Integer> left = new HashMap<>();
    others.forEach(message -> left.merge(message, 1, Integer::sum));
    return all.stream().filter(message -> left.merge(message, -1, Integer::sum) < 0).toList();
  }
}
