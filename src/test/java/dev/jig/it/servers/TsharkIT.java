package dev.jig.it.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.jig.fixture.Command;
import dev.jig.it.servers.Servers.Server;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// `ig trace dns --read` and tshark read the same captures of real servers and clients, and report
/// the same messages with the same fields in the same order.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
final class TsharkIT {
  private static final int MTU = 1500;
  private static final int TYPE_A = 1;
  private static final int PIPELINED = 500;
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
  void pipelinedQueriesWithResponsesInAnyOrder() {
    Capture capture = Capture.start(network, "pipelined");
    for (Server server : Server.values()) {
      dnsperf(server, "tcp", PIPELINED);
      dnsperf(server, "udp", PIPELINED);
    }

    List<SeenMessage> messages = assertSameMessages(capture.stop());

    for (Server server : Server.values()) {
      for (String protocol : List.of("UDP", "TCP")) {
        assertThat(messages.stream().filter(queryTo(protocol, server))).hasSize(PIPELINED);
      }
    }
  }

  @Test
  void clientOptionsAndQueryTypes() {
    Capture capture = Capture.start(network, "lookups");
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

    List<SeenMessage> messages = assertSameMessages(capture.stop());

    assertThat(messages)
        .anyMatch(message -> message.opcode() == 5 && message.isResponse())
        .anyMatch(message -> message.rcode() == 16) // BADVERS
        .anyMatch(message -> message.from().startsWith("::1 "))
        .anyMatch(message -> message.questions().isEmpty() && message.isResponse());
    for (Server server : Server.values()) {
      assertThat(messages)
          .filteredOn(message -> isLongResponse(message, server))
          .extracting(SeenMessage::protocol, message -> message.flags().contains("tc"))
          .contains(tuple("UDP", false), tuple("UDP", true), tuple("TCP", false));
    }
  }

  private void delv(Server server, String transport) {
    String output =
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
    assertThat(output).contains("fully validated");
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

  private static boolean isLongResponse(SeenMessage message, Server server) {
    return message.isResponse()
        && message.from().equals(server.address + " 53")
        && message.questions().stream().anyMatch(question -> question.name().startsWith("long."));
  }

  @Test
  void longResponsesAndZoneTransfers() {
    Capture capture = Capture.start(network, "long");
    queryLongResponses();

    assertLongResponses(assertSameMessages(capture.stop()));
  }

  @Test
  void lostAndRetransmittedSegments() {
    List<String> rule = List.of("INPUT", "-p", "tcp", "-m", "statistic", "--mode", "nth");
    List<String> drop = List.of("--every", "11", "--packet", "0", "-j", "DROP");
    iptables("-A", rule, drop);
    Path file;
    try {
      Capture capture = Capture.start(network, "lossy");
      dnsperf(Server.KNOT, "tcp", 200);
      queryLongResponses();
      file = capture.stop();
    } finally {
      iptables("-D", rule, drop);
    }

    assertLongResponses(assertSameMessages(file));
  }

  /// Debian's iptables writes nftables rules; a kernel without nf_tables takes only the legacy
  /// ones.
  private void iptables(String action, List<String> rule, List<String> more) {
    Command.Result first = null;
    for (String program : List.of("iptables", "iptables-legacy", "iptables-nft")) {
      List<String> words = new ArrayList<>(List.of(program, action));
      words.addAll(rule);
      words.addAll(more);
      Command.Result run = network.run(words);
      if (run.exitCode() == 0) {
        return;
      }
      first = first == null ? run : first;
    }
    Objects.requireNonNull(first).orThrow();
  }

  @Test
  void reorderedSegments() {
    Capture capture = Capture.start(network, "ordered");
    dnsperf(Server.BIND, "tcp", PIPELINED);
    queryLongResponses();

    ReorderedCapture.Copy copy = ReorderedCapture.of(capture.stop());

    assertThat(copy.swaps()).isGreaterThan(100);
    assertLongResponses(assertSameMessages(copy.file()));
  }

  @Test
  void segmentsOf76Bytes() {
    network.setMtu(128);
    Path file;
    try {
      Capture capture = Capture.start(network, "small");
      dnsperf(Server.UNBOUND, "tcp", 200);
      dnsperf(Server.NSD, "udp", 200);
      queryLongResponses();
      file = capture.stop();
    } finally {
      network.setMtu(MTU);
    }

    assertLongResponses(assertSameMessages(file));
  }

  private void queryLongResponses() {
    for (Server server : Server.values()) {
      network.run("dig", "@" + server.address, "+tcp", "big." + Servers.LARGE, "TXT").orThrow();
      if (server != Server.UNBOUND) {
        network.run("kdig", "@" + server.address, Servers.LARGE, "AXFR").orThrow();
        network.run("dig", "@" + server.address, Servers.LARGE, "AXFR").orThrow();
      }
    }
  }

  private static void assertLongResponses(List<SeenMessage> messages) {
    for (Server server : Server.values()) {
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
    String output = network.run(command).orThrow();
    assertThat(output).containsPattern("Queries completed: +" + count + " ");
  }

  private static Predicate<SeenMessage> queryTo(String protocol, Server server) {
    return message ->
        !message.isResponse()
            && message.protocol().equals(protocol)
            && message.from().startsWith(CLIENT + " ")
            && message.to().equals(server.address + " 53");
  }

  /// Asserts that both readers report the same messages of a file, and returns them.
  private static List<SeenMessage> assertSameMessages(Path file) {
    IgReader.Read ig = IgReader.read(file);
    List<SeenMessage> igMessages = ig.messages();
    List<SeenMessage> tsharkMessages = TsharkReader.read(file);
    List<SeenMessage> onlyIg = without(igMessages, tsharkMessages);
    List<SeenMessage> onlyTshark = without(tsharkMessages, igMessages);
    assertThat(onlyIg.stream().limit(3))
        .as("%d of %d only ig: %s", onlyIg.size(), igMessages.size(), ig.summary())
        .isEmpty();
    assertThat(onlyTshark.stream().limit(3))
        .as("%d of %d only tshark: %s", onlyTshark.size(), tsharkMessages.size(), ig.summary())
        .isEmpty();
    assertThat(igMessages.equals(tsharkMessages))
        .as("both readers report the messages in the same order")
        .isTrue();
    return igMessages;
  }

  private static List<SeenMessage> without(List<SeenMessage> all, List<SeenMessage> others) {
    Map<SeenMessage, Integer> left = new HashMap<>();
    others.forEach(message -> left.merge(message, 1, Integer::sum));
    return all.stream().filter(message -> left.merge(message, -1, Integer::sum) < 0).toList();
  }
}
