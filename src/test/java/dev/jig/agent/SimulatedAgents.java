package dev.jig.agent;

import dev.jig.event.Container;
import dev.jig.event.Container.Pod;
import dev.jig.event.Owner;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import dev.jig.event.WireMessage;
import dev.jig.kube.FanInClient;
import dev.jig.wire.proto.AgentGrpc;
import dev.jig.wire.proto.FromAgent;
import dev.jig.wire.proto.FromClient;
import dev.jig.wire.proto.Started;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Agents of many nodes in this process, on loopback: real streams, buffers and messages, without a
/// kernel program. Each produces events at a steady rate once it has a client.
public final class SimulatedAgents implements AutoCloseable {
  private static final int TICK_MS = 10;
  private static final int PODS_PER_NODE = 10;

  /// `example.org. IN A`, and two addresses in answer to it.
  private static final WireMessage QUERY =
      message("3c1f01000001000000000000076578616d706c65036f72670000010001");

  private static final WireMessage RESPONSE =
      message(
          "3c1f81800001000200000000076578616d706c65036f72670000010001"
              + "c00c000100010000012c0004c0000268c00c000100010000012c0004c0000269");

  private final List<Agent> agents = new ArrayList<>();
  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(
          1, Thread.ofPlatform().daemon().name("agents").factory(), NioIoHandler.newFactory());
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("events").factory());
  private volatile boolean silent;

  /// An agent with one client.
  private final class Agent extends AgentGrpc.AgentImplBase {
    final String node;
    final Server server;
    final List<Row> events;
    private volatile @Nullable AgentStream stream;
    private long offered;

    Agent(int number) throws IOException {
      node = "node-" + number + ".example.test";
      events = IntStream.range(0, PODS_PER_NODE).boxed().flatMap(this::eventsOfPod).toList();
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .channelType(NioServerSocketChannel.class)
              .bossEventLoopGroup(loop)
              .workerEventLoopGroup(loop)
              .executor(Executors.newVirtualThreadPerTaskExecutor())
              .addService(this)
              .build()
              .start();
    }

    private Stream<Row> eventsOfPod(int pod) {
      String name = "app-" + pod + "-7d9c5b6f4-x2x" + pod;
      var details =
          new Pod("default", name, "uid-" + pod, Map.of("app", "app-" + pod), "main", false);
      String id = (HexFormat.of().toHexDigits(node.hashCode()) + "0" + pod + "c0ffee").repeat(4);
      Container container =
          new Container(
              "containerd", id, "main", "registry.example.com/a:1", null, Map.of(), details);
      return Stream.of(
          of(container, SampleEvents.query(), QUERY),
          of(container, SampleEvents.response(), RESPONSE));
    }

    private Row of(Container container, SampleEvents.Builder sample, WireMessage message) {
      int tid = Math.abs(container.id().hashCode() % 4_000_000);
      long started = 77_000_000_000L + container.id().hashCode();
      sample.container = container;
      sample.message = message;
      sample.owner =
          new Owner(tid, tid, 0, 0, "app", 1, "init", 4026533000L, 4026533005L, started, null);
      return sample.build();
    }

    @Override
    public StreamObserver<FromClient> trace(StreamObserver<FromAgent> answer) {
      var call = (ServerCallStreamObserver<FromAgent>) answer;
      AgentStream mine =
          new AgentStream(
              node,
              () -> 0,
              new RowContent(new StreamBuffer.Budget(StreamBuffer.Budget.MAX_BYTES, 1)));
      call.setOnReadyHandler(mine::onReady);
      call.setOnCancelHandler(() -> mine.detach(call));
      return new StreamObserver<>() {
        @Override
        public void onNext(FromClient said) {
          switch (said.getWhatCase()) {
            case START -> {
              mine.attach(call, started(), 0);
              stream = mine;
            }
            case ACK -> mine.acknowledge(said.getAck().getSequence());
            case STOP -> mine.finish("");
            case RESUME, WHAT_NOT_SET ->
                throw new IllegalStateException("not simulated: " + said.getWhatCase());
          }
        }

        @Override
        public void onError(Throwable t) {
          mine.detach(call);
        }

        @Override
        public void onCompleted() {
          mine.finish("");
        }
      };
    }

    private Started started() {
      return Started.newBuilder()
          .setStream(node)
          .setNode(node)
          .setVersion(FanInClient.VERSION)
          .build();
    }

    void offer(int count) {
      AgentStream to = stream;
      for (int i = 0; to != null && i < count; i++) {
        to.accept(events.get((int) (offered++ % events.size())));
      }
    }
  }

  /// Starts the agents.
  ///
  /// @param eventsPerSecond of each, a multiple of 100
  public SimulatedAgents(int count, int eventsPerSecond) throws IOException {
    for (int i = 1; i <= count; i++) {
      agents.add(new Agent(i));
    }
    int perTick = eventsPerSecond * TICK_MS / 1_000;
    var _ = clock.scheduleAtFixedRate(() -> tick(perTick), TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
  }

  private void tick(int each) {
    if (!silent) {
      agents.forEach(agent -> agent.offer(each));
    }
  }

  /// The ports of all agents.
  public List<Integer> ports() {
    return agents.stream().map(agent -> agent.server.getPort()).toList();
  }

  /// Stops the events.
  ///
  /// @return how many there were
  public long silence() {
    silent = true;
    clock.shutdown();
    try {
      if (!clock.awaitTermination(1, TimeUnit.MINUTES)) {
        throw new UncheckedIOException(new IOException("the clock does not end"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return agents.stream().mapToLong(agent -> agent.offered).sum();
  }

  @Override
  public void close() {
    clock.shutdownNow();
    agents.forEach(agent -> agent.server.shutdownNow());
    var _ = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }

  private static WireMessage message(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    return WireMessage.of(bytes, 0, bytes.length);
  }
}
