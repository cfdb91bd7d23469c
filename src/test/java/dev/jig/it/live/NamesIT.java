package dev.jig.it.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.CProgram;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Prerequisite;
import dev.jig.fixture.Programs;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `--names` and real resolvers with a search list of three suffixes and ndots:5. What the server
/// received is the truth about queries and waste.
@Timeout(180)
final class NamesIT {
  private static final String ADDRESS = "192.0.2.1";

  @TempDir Path folder;
  private final String zone = "z" + ThreadLocalRandom.current().nextInt(1 << 30) + ".test.";
  private final List<String> suffixes = List.of("shop.svc." + zone, "svc." + zone, zone);

  @BeforeEach
  void require() {
    Prerequisite.requireRoot();
    Programs.find("unshare");
  }

  /// A client that prints addresses.
  private record Client(String process, List<String> command) {}

  /// Without busybox, which asks for all suffixes at once: how many queries come before the answer
  /// is chance. `WalkersTest` has it.
  private static List<Client> clients() {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = System.getProperty("java.class.path");
    return List.of(
        new Client("getent", List.of(Programs.find("getent").toString(), "ahosts")),
        new Client("resolve", List.of(CProgram.buildWithMusl("resolve").toString())),
        new Client("dig", List.of(Programs.find("dig").toString(), "+search", "+short")),
        new Client("java", List.of(java, "-cp", classes, NamesIT.class.getName())));
  }

  /// A client in Java: prints the addresses of a name.
  public static void main(String[] names) throws UnknownHostException {
    for (InetAddress address : InetAddress.getAllByName(names[0])) {
      System.out.println(address.getHostAddress());
    }
  }

  private ClientRun run(String server, List<String> command) throws Exception {
    List<String> lines =
        List.of("search " + String.join(" ", suffixes), "nameserver " + server, "options ndots:5");
    Path conf = Files.write(folder.resolve("resolv.conf"), lines);
    // The shell stays, as the first process of a container does: its resolv.conf can be read.
    String script = "mount --bind \"$1\" /etc/resolv.conf; shift; \"$@\" || true; sleep 1";
    List<String> words = new ArrayList<>(List.of("unshare", "--mount", "sh", "-ec", script, "sh"));
    words.add(conf.toString());
    words.addAll(command);
    return ClientRun.of(words);
  }

  private static List<String> with(List<String> command, String name) {
    List<String> words = new ArrayList<>(command);
    words.add(name);
    return words;
  }

  @Test
  void aNameThatTheSecondSuffixFinds() throws Exception {
    String address = StubServer.freeAddress();
    String typed = "db" + ThreadLocalRandom.current().nextInt(1 << 30);
    String wanted = typed + ".";
    String found = wanted + suffixes.get(1);
    try (StubServer server =
            StubServer.start(
                address,
                query -> {
                  if (query.name().equals(found)) {
                    query.answer(ADDRESS);
                  } else {
                    query.denyName();
                  }
                });
        IgProcess ig = trace(wanted)) {
      for (Client client : clients()) {
        int before = server.received().size();
        ClientRun run = run(address, with(client.command(), typed));
        assertThat(run.output()).as(client.process()).contains(ADDRESS);
        List<String> asked = names(server).subList(before, server.received().size());

        Json row = Causes.await(ig, wanted, each -> isOf(client, each));

        assertThat(row.text("found")).as(client.process()).isEqualTo(found);
        assertThat(row.text("outcome")).isEqualTo("ok");
        assertThat(row.number("queries")).as(client.process()).isEqualTo(asked.size());
        assertThat(row.number("wasted"))
            .as(client.process())
            .isEqualTo(asked.stream().filter(name -> !name.equals(found)).count())
            .isPositive();
        assertThat(row.text("searchFrom")).isEqualTo("file");
        assertThat(row.list("addresses")).asString().isEqualTo("[" + ADDRESS + "]");
        assertThat(row.list("lookups")).hasSize(asked.size());
      }
      assertThat(Causes.end(ig)).hasSize(clients().size());
    }
  }

  /// All suffixes fail: the name itself is the last one (glibc, musl, dig and Java).
  @Test
  void aNameThatIsNotFound() throws Exception {
    String address = StubServer.freeAddress();
    String wanted = "nosuch." + zone;
    String typed = wanted.substring(0, wanted.length() - 1);
    try (StubServer server = StubServer.start(address, StubServer.Received::denyName);
        IgProcess ig = trace(wanted)) {
      for (Client client : clients()) {
        int before = server.received().size();
        ClientRun _ = run(address, with(client.command(), typed));
        List<String> asked = names(server).subList(before, server.received().size());

        Json row = Causes.await(ig, wanted, each -> isOf(client, each));

        assertThat(row.has("found")).isFalse();
        assertThat(row.text("outcome")).isEqualTo("nxdomain");
        assertThat(row.number("queries")).as(client.process()).isEqualTo(asked.size());
        assertThat(row.number("wasted"))
            .as(client.process())
            .isEqualTo(asked.stream().filter(name -> !name.equals(wanted)).count())
            .isEqualTo(asked.size() * 3L / 4);
      }
      assertThat(Causes.end(ig)).hasSize(clients().size());
    }
  }

  private static IgProcess trace(String name) {
    return IgProcess.trace("--host", "--names", "-o", "json", "-F", "name:" + name);
  }

  private static boolean isOf(Client client, Json row) {
    return client.process().equals(row.at("processName"));
  }

  private static List<String> names(StubServer server) {
    return server.received().stream().map(StubServer.Received::name).toList();
  }
}
