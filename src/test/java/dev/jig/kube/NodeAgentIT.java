package dev.jig.kube;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.agent.NodeAgent;
import dev.jig.event.AttemptState;
import dev.jig.event.Lookup;
import dev.jig.event.State;
import dev.jig.fixture.CProgram;
import dev.jig.fixture.Command;
import dev.jig.fixture.Prerequisite;
import dev.jig.kube.ClusterTrace.Request.PodSelection;
import dev.jig.os.CgroupDirectory;
import dev.jig.trace.RowDetails;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An agent on this machine and its clients over loopback, without a cluster.
@Timeout(180)
final class NodeAgentIT implements TenClients.Scene {
  private static final String SERVER = "127.0.0.1";
  private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);
  private static final String NODE = "node-1.example.test";

  @TempDir Path folder;

  private final List<Process> servers = new ArrayList<>();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final int firstPort = freePort();
  private final int secondPort = freePort();
  private PodCgroups pods;
  private NodeAgent agent;
  private Thread ring;

  @BeforeEach
  void startAgentAndServers() throws Exception {
    Prerequisite.requireRoot();
    pods = new PodCgroups(CgroupDirectory.rootPath());
    for (String pod : TenClients.pods()) {
      pods.add(namespace(TenClients.namespaceOf(pod)), pod, TenClients.containerOf(pod));
    }
    serve(firstPort);
    serve(secondPort);
    agent =
        NodeAgent.start(
            new NodeAgent.Settings(NODE, TraceClient.VERSION, 0, folder.resolve("alive"), false),
            List.of(pods),
            (_, event, details) -> log.add(event + " " + details),
            () -> log.add("stalled"));
    ring = Thread.ofPlatform().name("ring").start(agent::run);
  }

  @AfterEach
  void stopAll() throws Exception {
    if (agent != null) {
      agent.stop();
      ring.join();
      agent.close();
    }
    for (Process server : servers) {
      server.destroyForcibly().waitFor();
    }
    if (pods != null) {
      pods.remove();
    }
  }

  @Test
  void eachClientGetsItsRowsAndASlowOneLosesOnlyItsOwn() throws Exception {
    new TenClients(this).run();

    await("all streams' ends", () -> ends().size() == 10);
    assertThat(ends()).allMatch(it -> it.contains("by=client"));
    assertThat(ends().stream().filter(it -> !it.contains("dropped=0,"))).hasSize(1);
    assertThat(log).doesNotContain("stalled");
  }

  @Test
  void withLookupsAClientGetsOneRowPerLookup() throws Exception {
    int queries = 100;
    ClusterTrace.Request request =
        new ClusterTrace.Request(
            List.of(),
            Integer.toString(firstPort),
            TIMEOUT_NS,
            new RowDetails(false, false, false, false, true),
            new PodSelection("", "one", "", ""),
            Set.of());
    try (TraceClient client = TraceClient.start(transport(), "lookups", request)) {
      client.awaitStarted();
      query("one", firstPort, queries);
      client.await(queries);

      assertThat(client.rows())
          .hasSize(queries)
          .allSatisfy(row -> {
            Lookup lookup = requireNonNull(row.lookup());
            assertThat(lookup.tries()).isEqualTo(1);
            assertThat(lookup.attempts().getFirst().state()).isEqualTo(AttemptState.ANSWERED);
            assertThat(row.state()).isEqualTo(State.ANSWERED);
            assertThat(row.latencyNs()).isEqualTo(lookup.attempts().getFirst().durationNs());
            assertThat(row.subject().node()).isEqualTo(NODE);
            assertThat(requireNonNull(row.subject().container()).pod()).isNotNull();
          });
      client.stop();
    }
    await("the stream's end", () -> ends().size() == 1);
    assertThat(ends().getFirst()).contains("forgotten=0,", "lost=0");
  }

  private List<String> ends() {
    return log.stream().filter(it -> it.startsWith("stream ended")).toList();
  }

  @Override
  public AgentTransport transport() {
    return new LoopbackTransport(Map.of(NODE, agent.port()));
  }

  @Override
  public int firstPort() {
    return firstPort;
  }

  @Override
  public int secondPort() {
    return secondPort;
  }

  @Override
  public String namespace(char letter) {
    return "space-" + letter;
  }

  @Override
  public void query(String pod, int port, int queries) {
    String load = CProgram.build("load").toString();
    List<String> query = List.of(load, "query", SERVER, "" + port, "" + queries, "1");
    String said = Command.run(pods.within(pod, query)).orThrow();
    assertThat(said).startsWith("sent=" + queries + " answered=" + queries + " ");
  }

  private void serve(int port) throws IOException {
    Path ready = folder.resolve("ready-" + port);
    List<String> serve =
        List.of(CProgram.build("load").toString(), "serve", SERVER, "" + port, ready.toString());
    servers.add(new ProcessBuilder(pods.within(TenClients.DNS, serve)).inheritIO().start());
    await("a server", () -> Files.exists(ready));
  }

  /// A free port outside the kernel's ephemeral range.
  private static int freePort() {
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 30_000);
      try (DatagramSocket socket =
          new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // taken
      }
    }
    throw new AssertionError("no free port");
  }

  private static void await(String what, java.util.function.BooleanSupplier condition) {
    long startNs = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - startNs).as("waiting for %s", what).isLessThan(TIMEOUT_NS);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }
}
