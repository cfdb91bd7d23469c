package dev.jig.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Cgroups;
import dev.jig.fixture.Command;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.PeakMemory;
import dev.jig.fixture.Prerequisite;
import dev.jig.os.CgroupDirectory;
import dev.jig.wire.proto.AgentGrpc;
import dev.jig.wire.proto.FromAgent;
import dev.jig.wire.proto.FromClient;
import dev.jig.wire.proto.Start;
import dev.jig.wire.proto.Stop;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An agent with as many clients as it allows, none of which reads, under a flood of queries
/// without responses: its heap holds what the bounds allow, and each stream's last line accounts
/// for every packet.
@Timeout(300)
final class AgentMemoryIT {
  private static final int CLIENTS = 32;
  private static final int QUERIES = 150_000;
  private static final long DNS_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);
  private static final long WAIT_NS = TimeUnit.SECONDS.toNanos(120);

  /// CPU time within a second below which the agent is idle: it looks at 32 streams 50 times a
  /// second.
  private static final Duration MAX_IDLE = Duration.ofMillis(250);

  /// The memory limit of the agent's container in deploy/agent.yaml.
  private static final long MAX_RESIDENT_KB = 448 * 1024;

  private final TestReporter reporter;

  @TempDir Path folder;

  AgentMemoryIT(TestReporter reporter) {
    this.reporter = reporter;
  }

  /// A client that takes the first message of its stream and no other.
  private static final class IdleClient implements ClientResponseObserver<FromClient, FromAgent> {
    private final ManagedChannel channel;
    private final CompletableFuture<FromAgent> started = new CompletableFuture<>();
    private final ClientCallStreamObserver<FromClient> requests;

    IdleClient(int agentPort, Start start) {
      channel = NettyChannelBuilder.forAddress("127.0.0.1", agentPort).usePlaintext().build();
      requests = (ClientCallStreamObserver<FromClient>) AgentGrpc.newStub(channel).trace(this);
      requests.onNext(FromClient.newBuilder().setStart(start).build());
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<FromClient> call) {
      call.disableAutoRequestWithInitial(1);
    }

    @Override
    public void onNext(FromAgent message) {
      started.complete(message);
    }

    @Override
    public void onError(Throwable failure) {
      started.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      started.cancel(false);
    }

    void stop() {
      requests.onNext(FromClient.newBuilder().setStop(Stop.getDefaultInstance()).build());
    }
  }

  @Test
  void boundsHoldForAllClientsTogether() throws Exception {
    Prerequisite.requireRoot();
    int port = unusedPort();
    Path container = Files.createTempDirectory(CgroupDirectory.rootPath(), "jig-test-");
    String id = (UUID.randomUUID().toString() + UUID.randomUUID()).replace("-", "");
    Path cgroup =
        Files.createDirectories(
            container.resolve("kubepods").resolve("pod" + UUID.randomUUID()).resolve(id));
    List<IdleClient> clients = new ArrayList<>();
    try (IgProcess agent = IgProcess.start(agentCommand())) {
      int agentPort = awaitPort(agent);
      for (int i = 0; i < CLIENTS; i++) {
        IdleClient client = new IdleClient(agentPort, start(port, i % 2 == 0));
        clients.add(client); // the first one has the largest tables
        assertThat(client.started.get(30, TimeUnit.SECONDS).hasStarted()).isTrue();
      }

      flood(cgroup, port);
      awaitIdle(agent.pid()); // until the ring is read
      TimeUnit.NANOSECONDS.sleep(DNS_TIMEOUT_NS); // until no query waits
      awaitIdle(agent.pid());
      clients.forEach(IdleClient::stop);
      List<String> ends = awaitEnds(agent);

      long peakKb = PeakMemory.kb(agent.pid());
      reporter.publishEntry("peak " + peakKb / 1024 + " MiB", ends.getFirst());
      assertThat(agent.lines()).noneMatch(line -> line.contains("OutOfMemoryError"));
      assertThat(peakKb).isLessThan(MAX_RESIDENT_KB);
      for (String end : ends) {
        assertAccountsForAll(end);
      }
    } finally {
      clients.forEach(client -> client.channel.shutdownNow());
      Cgroups.remove(container);
    }
  }

  /// Every query has a row, and each that was not evicted another one, of its timeout, unless
  /// packets were lost meanwhile; with lookups one row.
  private static void assertAccountsForAll(String end) {
    long recorded = QUERIES - number(end, "lost");
    long expired = recorded - number(end, "forgotten") - number(end, "answersLost");
    assertThat(number(end, "forgotten")).as(end).isPositive();
    assertThat(number(end, "unknown")).as(end).isZero();
    assertThat(number(end, "events")).as(end).isIn(recorded + expired, expired);
    // All lookups may be among those with possibly lost answers.
    assertThat(number(end, "dropped")).as(end).isLessThan(Math.max(1, number(end, "events")));
  }

  private static Start start(int port, boolean lookups) {
    return Start.newBuilder()
        .setPorts(Integer.toString(port))
        .setDnsTimeoutNs(DNS_TIMEOUT_NS)
        .setPaths(true)
        .setPeers(true)
        .setMessages(true)
        .setLookups(lookups)
        .build();
  }

  /// The agent with the heap of its image, without a container runtime: the pod is known by its
  /// cgroup.
  private List<String> agentCommand() {
    Path released = Path.of("src/main/dist/agent.options").toAbsolutePath();
    String none = folder.resolve("none.sock").toString();
    List<String> command = new ArrayList<>(List.of("env", "JIG_AGENT_STATE=" + folder));
    IgProcess.commandLine(
            List.of(
                "agent",
                "--node=node-1",
                "--port=0",
                "--runtimes=docker",
                "--docker-socketpath=" + none))
        .forEach(word -> command.add(word.endsWith("/java.options") ? "@" + released : word));
    return command;
  }

  private static int awaitPort(IgProcess agent) {
    List<String> lines =
        agent.awaitLines(all -> all.stream().anyMatch(line -> line.contains("agent started")));
    String started =
        lines.stream().filter(line -> line.contains("agent started")).findFirst().orElseThrow();
    return (int) number(started, "port");
  }

  private static List<String> awaitEnds(IgProcess agent) {
    long deadlineNs = System.nanoTime() + WAIT_NS;
    List<String> ends = List.of();
    while (ends.size() < CLIENTS && System.nanoTime() < deadlineNs) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      ends = agent.lines().stream().filter(line -> line.contains("stream ended")).toList();
    }
    assertThat(ends).as("%s", agent.lines()).hasSize(CLIENTS);
    return ends;
  }

  /// Waits until the process uses little CPU for a second.
  private static void awaitIdle(long pid) throws InterruptedException {
    long deadlineNs = System.nanoTime() + WAIT_NS;
    Duration before = cpuTime(pid);
    while (System.nanoTime() < deadlineNs) {
      TimeUnit.SECONDS.sleep(1);
      Duration now = cpuTime(pid);
      if (now.minus(before).compareTo(MAX_IDLE) < 0) {
        return;
      }
      before = now;
    }
    throw new AssertionError("the agent is still busy");
  }

  private static Duration cpuTime(long pid) {
    return ProcessHandle.of(pid).orElseThrow().info().totalCpuDuration().orElseThrow();
  }

  private static int unusedPort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void flood(Path cgroup, int port) {
    List<String> command =
        List.of(
            "sh",
            "-c",
            "echo $$ >\"$1\"; shift; exec \"$@\"",
            "sh",
            cgroup + "/cgroup.procs",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            Flood.class.getName(),
            Integer.toString(port));
    Command.run(command).orThrow();
  }

  /// Sends queries of unique names to a port where nothing listens.
  public static final class Flood {
    private static final int PER_SOCKET = 1_000;
    private static final int BURST = 100;
    private static final int MAX_PADDING = 50;
    private static final long PAUSE_NS = 10_000_000;

    private Flood() {}

    public static void main(String[] args) throws IOException {
      InetSocketAddress server =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
      Random random = new Random(1);
      List<DatagramSocket> open = new ArrayList<>(); // a closed one ends its queries
      for (int sent = 0; sent < QUERIES; sent++) {
        if (sent % PER_SOCKET == 0) {
          open.add(new DatagramSocket());
        }
        byte[] query = query(sent, random.nextInt(MAX_PADDING));
        open.getLast().send(new DatagramPacket(query, query.length, server));
        if (sent % BURST == 0) {
          LockSupport.parkNanos(PAUSE_NS);
        }
      }
    }

    private static byte[] query(int number, int padding) {
      byte[] label = ("q%07d".formatted(number) + "x".repeat(padding)).getBytes(US_ASCII);
      ByteBuffer query = ByteBuffer.allocate(12 + 1 + label.length + 14 + 4);
      query.putShort((short) number).putShort((short) 0x0100).putShort((short) 1);
      query.putShort((short) 0).putInt(0);
      query.put((byte) label.length).put(label).put("\7example\4test\0".getBytes(US_ASCII));
      return query.putShort((short) 1).putShort((short) 1).array();
    }
  }

  private static long number(String logLine, String what) {
    Matcher matcher = Pattern.compile("\"" + what + "\":(\\d+)").matcher(logLine);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : -1;
  }
}
