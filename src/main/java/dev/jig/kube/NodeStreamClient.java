package dev.jig.kube;

import dev.jig.event.DnsEvent;
import dev.jig.wire.EventCodec;
import dev.jig.wire.KnownParts;
import dev.jig.wire.proto.Ack;
import dev.jig.wire.proto.AgentGrpc;
import dev.jig.wire.proto.Begun;
import dev.jig.wire.proto.Ended;
import dev.jig.wire.proto.Events;
import dev.jig.wire.proto.FromAgent;
import dev.jig.wire.proto.FromClient;
import dev.jig.wire.proto.Progress;
import dev.jig.wire.proto.Resume;
import dev.jig.wire.proto.Start;
import dev.jig.wire.proto.Stop;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The stream of one node, through thick and thin: begun, resumed after a broken connection, begun
/// anew with a word about the gap where the agent is another one.
final class NodeStreamClient {
  private static final long PAUSE_MIN_MS = 250;
  private static final long PAUSE_MAX_MS = 5_000;

  /// The agent says something every second.
  private static final long SILENCE_MS = 10_000;

  /// For [#heardMs] while the viewer makes us wait, and so the agent: it is not silent.
  private static final long LISTENED_TO = Long.MAX_VALUE;

  private static final long ACK_EVERY = 1_024;

  /// Under way at most, for the forwarded port loses bytes where there is no limit (decision 0014).
  /// gRPC would raise its own up to 8 MiB.
  private static final int WINDOW_BYTES = 1 << 20;

  /// One thread for the sockets of all nodes.
  private static final EventLoopGroup LOOP =
      new MultiThreadIoEventLoopGroup(
          1, Thread.ofPlatform().daemon().name("nodes").factory(), NioIoHandler.newFactory());

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

  /// Where events go, in order. May make the caller wait, and so the agent.
  interface Sink {
    void event(DnsEvent event) throws InterruptedException;

    void lost(long count) throws InterruptedException;

    void say(String sentence);

    void debug(String sentence);
  }

  private final AgentTransport road;
  private final String node;
  private final Supplier<Optional<Cluster.Agent>> agents;
  private final Start request;
  private final String version;
  private final Sink sink;
  private final Semaphore nudge = new Semaphore(0);
  private volatile boolean tried;
  private volatile boolean stopping;
  private volatile boolean over;
  private volatile @Nullable Call current;
  private @Nullable Thread thread;

  // Of the stream; written by the call that carries it.
  private volatile @Nullable String stream;
  private volatile @Nullable String streamOf;
  private volatile long taken;
  private volatile long counted;
  private volatile long agentLost;
  private volatile long heardMs = System.currentTimeMillis();
  private volatile boolean begunOnce;
  private boolean told;

  /// @param agents the node's agent at present
  NodeStreamClient(
      AgentTransport road,
      String node,
      Supplier<Optional<Cluster.Agent>> agents,
      Start request,
      String version,
      Sink sink) {
    this.road = road;
    this.node = node;
    this.agents = agents;
    this.request = request;
    this.version = version;
    this.sink = sink;
  }

  void start() {
    thread = Thread.ofVirtual().name("node-" + node).start(this::follow);
  }

  /// Whether its first try is over: it has begun, or failed.
  boolean hasTried() {
    return tried;
  }

  boolean isOver() {
    return over;
  }

  /// The agents were listed anew: no need to wait any longer.
  void nudge() {
    if (nudge.availablePermits() == 0) {
      nudge.release();
    }
  }

  /// Asks the agent to end the stream; over when it has.
  void stop() {
    stopping = true;
    Call call = current;
    if (call != null) {
      call.stop();
    } else if (thread != null) {
      thread.interrupt();
    }
  }

  /// No more patience.
  void abandon() {
    if (thread != null) {
      thread.interrupt();
    }
  }

  private void follow() {
    long pauseMs = PAUSE_MIN_MS;
    try {
      while (!stopping) {
        long beganMs = System.currentTimeMillis();
        Optional<Cluster.Agent> agent = agents.get();
        if (agent.isPresent()) {
          String why = carry(agent.get());
          if (stopping) {
            return;
          }
          tellOnce(why);
        } else {
          tellOnce("its agent is gone");
        }
        tried = true;
        boolean wasUp = System.currentTimeMillis() - beganMs > PAUSE_MAX_MS;
        pauseMs = wasUp ? PAUSE_MIN_MS : Math.min(2 * pauseMs, PAUSE_MAX_MS);
        boolean _ = nudge.tryAcquire(pauseMs, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      // stopped
    } finally {
      over = true;
      tried = true;
    }
  }

  private void tellOnce(String why) {
    if (!told) {
      sink.say("node " + node + ": " + why + "; trying again.");
      told = true;
    } else {
      sink.debug("node " + node + ": " + why);
    }
  }

  /// One connection, from its begin to its end.
  ///
  /// @return why it ended
  private String carry(Cluster.Agent agent) throws InterruptedException {
    try (AgentTransport.PortForward forward = road.forwardPort(agent)) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), forward.port()))
              .usePlaintext()
              .eventLoopGroup(LOOP)
              .channelType(NioSocketChannel.class)
              .executor(Executors.newVirtualThreadPerTaskExecutor())
              .flowControlWindow(WINDOW_BYTES)
              .disableRetry()
              .build();
      try {
        return carry(agent, channel);
      } finally {
        channel.shutdownNow();
      }
    } catch (KubernetesClientException e) {
      return String.valueOf(Cluster.toException(e).getMessage());
    } catch (IOException e) {
      return e.toString();
    }
  }

  private String carry(Cluster.Agent agent, ManagedChannel channel) throws InterruptedException {
    Call call = new Call(agent);
    heardMs = System.currentTimeMillis();
    AgentGrpc.newStub(channel).trace(call);
    current = call;
    try {
      call.begin();
      if (stopping) {
        call.stop();
      }
      while (!call.done.await(1, TimeUnit.SECONDS)) {
        if (System.currentTimeMillis() - heardMs > SILENCE_MS) {
          return "its agent is silent";
        }
      }
      return call.why;
    } finally {
      current = null;
    }
  }

  /// What the agent says on one call. gRPC calls it in order.
  private final class Call implements ClientResponseObserver<FromClient, FromAgent> {
    private final Cluster.Agent agent;
    private final CountDownLatch done = new CountDownLatch(1);
    private final CountDownLatch ready = new CountDownLatch(1);
    private volatile String why = "";
    private volatile @Nullable ClientCallStreamObserver<FromClient> out;
    private final KnownParts known = new KnownParts();
    private long acknowledged;

    Call(Cluster.Agent agent) {
      this.agent = agent;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<FromClient> requestStream) {
      out = requestStream;
      requestStream.disableAutoRequestWithInitial(1);
      ready.countDown();
    }

    void begin() throws InterruptedException {
      ready.await();
      String known = agent.uid().equals(streamOf) ? stream : null;
      FromClient.Builder first = FromClient.newBuilder();
      if (known == null) {
        first.setStart(request);
      } else {
        first.setResume(Resume.newBuilder().setStream(known).setAfter(taken));
      }
      say(first.build());
    }

    void stop() {
      say(FromClient.newBuilder().setStop(Stop.getDefaultInstance()).build());
    }

    private synchronized void say(FromClient message) {
      ClientCallStreamObserver<FromClient> to = out;
      if (to != null && done.getCount() > 0) {
        to.onNext(message);
      }
    }

    @Override
    public void onNext(FromAgent message) {
      heardMs = LISTENED_TO;
      try {
        switch (message.getWhatCase()) {
          case BEGUN -> begun(message.getBegun());
          case EVENTS -> events(message.getEvents());
          case PROGRESS -> progress(message.getProgress());
          case ENDED -> ended(message.getEnded());
          case WHAT_NOT_SET -> sink.debug("node " + node + ": an unknown message");
        }
        ClientCallStreamObserver<FromClient> to = out;
        if (to != null) {
          to.request(1);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        heardMs = System.currentTimeMillis();
      }
    }

    private void begun(Begun begun) {
      if (!begun.getStream().equals(stream)) {
        if (begunOnce) {
          sink.say(
              "node "
                  + node
                  + ": events from "
                  + TIME.format(Instant.ofEpochMilli(lastHeardMs))
                  + " to "
                  + TIME.format(Instant.now())
                  + " are unknown, its agent is a new one.");
        }
        stream = begun.getStream();
        streamOf = agent.uid();
        taken = 0;
        counted = 0;
        agentLost = 0;
        acknowledged = 0;
        if (!begun.getVersion().equals(version)) {
          sink.say(
              "node "
                  + node
                  + ": its agent is v"
                  + begun.getVersion()
                  + " and this is v"
                  + version
                  + "; kubectl gadget deploy brings them together.");
        }
      } else if (told) {
        sink.say("node " + node + ": connected again, nothing is missing so far.");
      }
      told = false;
      begunOnce = true;
      tried = true;
    }

    private void events(Events batch) throws InterruptedException {
      List<DnsEvent> events = EventCodec.decode(batch, node, known);
      missing(batch.getFirst() - 1);
      long sequence = batch.getFirst();
      for (DnsEvent event : events) {
        if (sequence > taken) { // what was on its way when the connection broke comes again
          sink.event(event);
          taken = sequence;
          counted = Math.max(counted, sequence);
        }
        sequence++;
      }
      lastHeardMs = System.currentTimeMillis();
      if (taken - acknowledged >= ACK_EVERY) {
        acknowledge();
      }
    }

    /// All up to `sequence` were sent before: what is not here was dropped.
    private void missing(long sequence) throws InterruptedException {
      if (sequence > counted) {
        sink.lost(sequence - counted);
        counted = sequence;
      }
    }

    private void progress(Progress progress) throws InterruptedException {
      missing(progress.getNewest());
      lostOnNode(progress.getLost());
      lastHeardMs = System.currentTimeMillis();
      if (taken > acknowledged) {
        acknowledge();
      }
    }

    private void ended(Ended ended) throws InterruptedException {
      missing(ended.getNewest());
      lostOnNode(ended.getLost());
      lastHeardMs = System.currentTimeMillis();
      why = ended.getReason();
      stream = null;
    }

    private void lostOnNode(long total) throws InterruptedException {
      if (total > agentLost) {
        sink.lost(total - agentLost);
        agentLost = total;
      }
    }

    private void acknowledge() {
      acknowledged = taken;
      say(FromClient.newBuilder().setAck(Ack.newBuilder().setSequence(taken)).build());
    }

    @Override
    public void onError(Throwable t) {
      Status status = Status.fromThrowable(t);
      if (status.getCode() == Status.Code.NOT_FOUND) {
        stream = null;
      }
      why = why(status);
      done.countDown();
    }

    /// What the agent said, or that it could say nothing: gRPC's own words are for its authors.
    private static String why(Status status) {
      String said = status.getDescription();
      boolean broke = status.getCode() == Status.Code.UNAVAILABLE;
      return said == null || broke ? "the connection broke" : said;
    }

    @Override
    public void onCompleted() {
      done.countDown();
    }
  }

  private volatile long lastHeardMs = System.currentTimeMillis();
}
