package dev.jig.agent;

import dev.jig.agent.AgentLog.Level;
import dev.jig.agent.endpoints.EndpointDirectory;
import dev.jig.agent.endpoints.WatchListener;
import dev.jig.container.ContainerListener;
import dev.jig.container.ContainerRuntime;
import dev.jig.container.Containers;
import dev.jig.trace.CaptureListener;
import dev.jig.trace.CaptureLoop;
import dev.jig.wire.AgentPort;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The agent of one node: a capture, the node's containers, and a gRPC server on loopback with one
/// stream per client.
public final class NodeAgent implements AutoCloseable {
  /// The default port on the pod's loopback; clients reach it by the API server's port-forward.
  public static final int PORT = AgentPort.DEFAULT;

  private static final long CHECK_MS = 1_000;

  /// The ring thread completes a turn at least five times a second.
  private static final int MAX_STALLED_CHECKS = 20;

  private static final long DRAIN_MS = 2_000;

  /// The agent's options.
  ///
  /// @param node the node's name in Kubernetes
  /// @param version this program's
  /// @param port on loopback; 0: any free one
  /// @param aliveFile written every second while the ring thread makes progress; the probe checks
  ///   its age
  /// @param resolveEndpoints whether rows name the pods and services of addresses, read from the
  ///   API server
  public record Settings(
      String node, String version, int port, Path aliveFile, boolean resolveEndpoints) {}

  private final Settings settings;
  private final AgentLog log;
  private final @Nullable EndpointDirectory endpoints;
  private final CaptureLoop loop;
  private final Containers containers;
  private final AgentService service;
  private final Server server;
  private final ScheduledExecutorService watchdog =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("watchdog").factory());
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final Runnable onStall;
  private long lastTurns = -1;
  private int stalledChecks;

  private NodeAgent(
      Settings settings, List<ContainerRuntime> runtimes, AgentLog log, Runnable onStall) {
    this.settings = settings;
    this.log = log;
    this.onStall = onStall;
    this.endpoints =
        settings.resolveEndpoints() ? EndpointDirectory.open(new EndpointLog(log)) : null;
    this.loop =
        CaptureLoop.load(
            false, false, endpoints == null ? UnaryOperator.identity() : endpoints.namer());
    this.containers = new Containers(loop.cgroupRoot(), runtimes, new RuntimeWarnings(log));
    this.service = new AgentService(loop, containers, settings, log);
    this.server = server(settings.port(), service);
  }

  /// NIO sockets: Netty's native transport would unpack a library, and the root is read-only.
  private static Server server(int port, AgentService service) {
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    return NettyServerBuilder.forAddress(loopback)
        .channelType(NioServerSocketChannel.class)
        .bossEventLoopGroup(oneThread())
        .workerEventLoopGroup(oneThread())
        .executor(Executors.newVirtualThreadPerTaskExecutor())
        .permitKeepAliveTime(5, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true)
        .addService(service)
        .build();
  }

  private static EventLoopGroup oneThread() {
    return new MultiThreadIoEventLoopGroup(
        1, Thread.ofPlatform().daemon().name("clients").factory(), NioIoHandler.newFactory());
  }

  /// Loads and attaches the programs, and listens.
  ///
  /// @param onStall called if the ring thread makes no progress for 20 s
  /// @throws dev.jig.event.UserFacingException if this machine cannot trace
  /// @throws IOException if the port is not available
  public static NodeAgent start(
      Settings settings, List<ContainerRuntime> runtimes, AgentLog log, Runnable onStall)
      throws IOException {
    NodeAgent agent = new NodeAgent(settings, runtimes, log, onStall);
    try {
      agent.serve();
      return agent;
    } catch (IOException | RuntimeException e) {
      agent.close();
      throw e;
    }
  }

  private void serve() throws IOException {
    loop.setContainers(containers);
    loop.attach();
    containers.start();
    server.start();
    loop.missingPrograms()
        .forEach((program, errno) ->
            log.info("the kernel refuses a program", Map.of("program", program, "errno", errno)));
    log.info(
        "agent started",
        Map.of("node", settings.node(), "version", settings.version(), "port", server.getPort()));
    var _ = watchdog.scheduleWithFixedDelay(this::check, 0, CHECK_MS, TimeUnit.MILLISECONDS);
  }

  /// The port it listens on.
  public int port() {
    return server.getPort();
  }

  /// Serves until [#stop], as the ring thread.
  public void run() {
    CaptureListener none = new CaptureListener() {};
    loop.run(0, none);
    loop.end(none);
  }

  private void check() {
    try {
      long turns = loop.iterations();
      stalledChecks = turns == lastTurns ? stalledChecks + 1 : 0;
      lastTurns = turns;
      if (stalledChecks >= MAX_STALLED_CHECKS) {
        log.log(Level.ERROR, "the ring thread makes no progress", Map.of("turns", turns));
        onStall.run();
      } else if (stalledChecks == 0) {
        Files.writeString(settings.aliveFile(), Long.toString(turns));
      }
      service.endExpired();
    } catch (IOException | RuntimeException e) {
      log.log(Level.ERROR, "the agent's watchdog failed", Map.of("error", e.toString()));
    }
  }

  /// Ends every stream, giving up to 2 s to send the rest, then [#run]. Any thread.
  public void stop() {
    if (!stopping.compareAndSet(false, true)) {
      return;
    }
    log.info("agent stops", Map.of("streams", service.streamCount()));
    service.endAll("the agent stops");
    server.shutdown();
    try {
      server.awaitTermination(DRAIN_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    loop.stop();
  }

  @Override
  public void close() {
    watchdog.shutdownNow();
    server.shutdownNow();
    if (endpoints != null) {
      endpoints.close();
    }
    containers.close();
    loop.close();
  }

  /// Logs the runtimes' warnings.
  private record RuntimeWarnings(AgentLog log) implements ContainerListener {
    @Override
    public void onWarning(String sentence) {
      log.log(Level.WARNING, sentence, Map.of());
    }
  }

  /// Logs what the API server's watches report.
  private record EndpointLog(AgentLog log) implements WatchListener {
    @Override
    public void onListed(String resource, int objects, long rejectedAddresses) {
      log.info(
          "endpoints listed",
          Map.of("kind", resource, "objects", objects, "leftOut", rejectedAddresses));
    }

    @Override
    public void onFailed(String resource, Exception cause) {
      log.log(
          Level.WARNING,
          "endpoints cannot be watched, names stay as they are",
          Map.of("kind", resource, "error", cause.toString()));
    }

    @Override
    public void onRecovered(String resource) {
      log.info("endpoints are watched again", Map.of("kind", resource));
    }
  }
}
