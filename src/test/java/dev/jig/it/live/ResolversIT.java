package dev.jig.it.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Prerequisite;
import dev.jig.fixture.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Type;

/// Lookups of glibc and of unbound: which answer they took, and how long they waited.
@Timeout(180)
final class ResolversIT {
  private static final String FIRST_ADDRESS = "192.0.2.1";
  private static final String SECOND_ADDRESS = "192.0.2.2";
  private static final long MS = 1_000_000;

  /// From the end of getaddrinfo until the test knows that its process has ended.
  private static final Offset<Long> MAX_ENDING = Offset.offset(300 * MS);

  private static final int MAX_RUNS = 5;

  @TempDir Path folder;
  private final String zone = "z" + ThreadLocalRandom.current().nextInt(1 << 30) + ".test.";

  @BeforeEach
  void require() {
    Prerequisite.requireRoot();
    Programs.find("getent");
    Programs.find("unshare");
  }

  private Path resolvConf(String... lines) throws Exception {
    return Files.writeString(folder.resolve("resolv.conf"), String.join("\n", lines) + "\n");
  }

  private static IgProcess trace(String name) {
    return IgProcess.trace("--host", "--lookups", "-o", "json", "-F", "name:" + name);
  }

  /// glibc asks the first server, waits 2 s, asks the second, and then reads only the second one's
  /// socket: the answer of the first is there 300 ms earlier, and is not read.
  @Test
  void theAnswerOfTheServerThatItNoLongerReads() throws Exception {
    String name = "next." + zone;
    String addressA = StubServer.freeAddress();
    String addressB = StubServer.freeAddress();
    try (StubServer a = StubServer.start(addressA, _ -> {});
        StubServer b =
            StubServer.start(
                addressB,
                query -> {
                  query.after(400, () -> a.received().getFirst().answer(FIRST_ADDRESS));
                  query.after(700, () -> query.answer(SECOND_ADDRESS));
                });
        IgProcess ig = trace(name)) {
      Path conf =
          resolvConf("nameserver " + addressA, "nameserver " + addressB, "options timeout:2");

      ClientRun getent = ClientRun.withResolvConf(conf, "getent", "ahostsv4", name);

      assertThat(getent.output()).contains(SECOND_ADDRESS).doesNotContain(FIRST_ADDRESS);
      Json row = Causes.await(ig, name, lookup -> lookup.has("tries"));
      assertThat(row.text("state")).isEqualTo("answered");
      assertThat(row.text("nameserver")).isEqualTo(addressB);
      assertThat(row.list("addresses")).asString().isEqualTo("[" + SECOND_ADDRESS + "]");
      assertThat(row.number("latency"))
          .isBetween(
              b.received().getFirst().answeredNs() - a.received().getFirst().receivedNs(),
              getent.endNs() - getent.startNs());
      assertThat(attempts(row)).containsExactly(addressA + " late", addressB + " answered");
      getent.assertIs("getent", row);
      assertThat(a.received()).hasSize(1);
      assertThat(Causes.end(ig)).hasSize(1);
    }
  }

  private static List<String> attempts(Json row) {
    return row.list("attempts").stream()
        .map(Map.class::cast)
        .map(attempt -> attempt.get("nameserver") + " " + attempt.get("state"))
        .toList();
  }

  /// A is answered at once, AAAA never: the application waits for both. A busy machine takes long
  /// to end a program: then another run is measured.
  @Test
  void howLongTheApplicationWaitsForBoth() throws Exception {
    String address = StubServer.freeAddress();
    Path conf = resolvConf("nameserver " + address, "options timeout:1 attempts:2");
    try (StubServer server =
            StubServer.start(
                address,
                query -> {
                  if (query.isOfType(Type.A)) {
                    query.answer(FIRST_ADDRESS);
                  }
                });
        IgProcess ig = trace("~" + zone.replace(".", "\\."))) {
      for (int run = 1; ; run++) {
        String name = "pair" + run + "." + zone;
        int before = server.received().size();
        ClientRun getent = ClientRun.withResolvConf(conf, "getent", "ahosts", name);
        List<StubServer.Received> queries =
            server.received().subList(before, server.received().size());
        long firstNs = queries.getFirst().receivedNs();
        long lastWaitNs = queries.getLast().receivedNs() - firstNs + 900 * MS;

        long waitedNs = pairLatency(ig, name, getent);

        assertThat(waitedNs).isBetween(lastWaitNs, getent.endNs() - getent.startNs());
        long measuredNs = getent.endNs() - firstNs;
        if (run == MAX_RUNS || Math.abs(measuredNs - waitedNs) < MAX_ENDING.value) {
          assertThat(waitedNs).isCloseTo(measuredNs, MAX_ENDING);
          return;
        }
      }
    }
  }

  /// The wait that both rows give, after comparing what else they say.
  private static long pairLatency(IgProcess ig, String name, ClientRun getent) {
    Json a = Causes.await(ig, name, row -> row.text("qtype").equals("A"));
    Json aaaa = Causes.await(ig, name, row -> row.text("qtype").equals("AAAA"));
    assertThat(List.of(a, aaaa))
        .extracting(row -> row.text("state") + ", twin " + row.text("twin"))
        .containsExactly("answered, twin closed", "closed, twin answered");
    getent.assertIs("getent", a, aaaa);
    assertThat(aaaa.number("tries")).isGreaterThanOrEqualTo(2);
    assertThat(attempts(a)).allMatch(attempt -> attempt.endsWith(" answered"));
    assertThat(attempts(aaaa)).noneMatch(attempt -> attempt.endsWith(" waiting"));
    assertThat(aaaa.number("pairLatency")).isEqualTo(a.number("pairLatency"));
    return a.number("pairLatency");
  }

  /// dig, unbound and a server that refuses EDNS with FORMERR: unbound asks again without.
  @Test
  void unboundAsksAgainWithoutEdns() throws Exception {
    String name = "edns." + zone;
    String upstream = StubServer.freeAddress();
    String address = StubServer.freeAddress();
    try (StubServer server =
            StubServer.start(
                upstream,
                query -> {
                  if (query.hasEdns()) {
                    query.refuseEdns();
                  } else {
                    query.answer(FIRST_ADDRESS);
                  }
                });
        Unbound unbound = Unbound.start(folder, address, upstream);
        IgProcess ig = trace(name)) {
      ClientRun dig = ClientRun.of("dig", "+tries=1", "+timeout=30", "@" + address, name);

      assertThat(dig.output()).contains(FIRST_ADDRESS);
      assertThat(server.received())
          .extracting(StubServer.Received::hasEdns)
          .containsExactly(true, false);
      Json row = Causes.await(ig, name, lookup -> lookup.text("nameserver").equals(upstream));
      assertThat(row.text("state") + " " + row.number("tries")).isEqualTo("answered 2");
      assertThat(attempts(row)).containsOnly(upstream + " answered");
      assertThat(row.list("attempts"))
          .extracting(attempt -> ((Map<?, ?>) attempt).get("rcode"))
          .asString()
          .isEqualTo("[FormErr, NoError]");
      assertThat(row.text("processName") + " " + row.number("pid"))
          .isEqualTo("unbound " + unbound.pid());
      Json digs = Causes.await(ig, name, lookup -> lookup.text("nameserver").equals(address));
      dig.assertIs("dig", digs);
      assertThat(digs.text("state") + " " + digs.number("tries")).isEqualTo("answered 1");
      assertThat(Causes.end(ig)).hasSize(2);
    }
  }
}
