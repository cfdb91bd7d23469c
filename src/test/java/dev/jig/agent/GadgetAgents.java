package dev.jig.agent;

import dev.jig.event.Row;
import dev.jig.names.SearchLists;
import dev.jig.wire.proto.AgentGrpc;
import dev.jig.wire.proto.FromAgent;
import dev.jig.wire.proto.FromClient;
import dev.jig.wire.proto.Start;
import dev.jig.wire.proto.Started;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Agents of several nodes in this process, on loopback, with one client each: real streams and
/// gadgets, rows from the test.
public final class GadgetAgents implements AutoCloseable {
  private final String version;
  private final Map<String, Agent> agents = new LinkedHashMap<>();

  /// What becomes of a client's call when it sends Stop.
  public enum OnStop {
    REPORT,
    /// The connection breaks, and the stream can be resumed.
    BREAK
  }

  private final class Agent extends AgentGrpc.AgentImplBase {
    final String node;
    final Server server;
    final AtomicLong lost = new AtomicLong();
    volatile OnStop onStop = OnStop.REPORT;
    volatile @Nullable AgentStream stream;
    private volatile @Nullable ServerCallStreamObserver<FromAgent> current;
    private int streams;

    Agent(String node) throws IOException {
      this.node = node;
      this.server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .addService(this)
              .build()
              .start();
    }

    @Override
    public StreamObserver<FromClient> trace(StreamObserver<FromAgent> answer) {
      var call = (ServerCallStreamObserver<FromAgent>) answer;
      current = call;
      call.setOnReadyHandler(() -> {
        AgentStream known = stream;
        if (known != null) {
          known.onReady();
        }
      });
      call.setOnCancelHandler(() -> detach(call));
      return new StreamObserver<>() {
        @Override
        public void onNext(FromClient message) {
          onMessage(message, call);
        }

        @Override
        public void onError(Throwable t) {
          detach(call);
        }

        @Override
        public void onCompleted() {
          detach(call);
        }
      };
    }

    private void detach(ServerCallStreamObserver<FromAgent> call) {
      AgentStream known = stream;
      if (known != null) {
        known.detach(call);
      }
    }

    private synchronized void onMessage(
        FromClient message, ServerCallStreamObserver<FromAgent> call) {
      AgentStream known = stream;
      switch (message.getWhatCase()) {
        case START -> {
          AgentStream started =
              new AgentStream(
                  node + "-" + ++streams, lost::get, new ReportContent(gadget(message.getStart())));
          stream = started;
          started.attach(call, started(started), 0);
        }
        case RESUME -> {
          if (known == null || !known.id().equals(message.getResume().getStream())) {
            call.onError(Status.NOT_FOUND.asException());
          } else {
            known.attach(call, started(known), message.getResume().getAfter());
          }
        }
        case ACK -> {
          if (known != null) {
            known.acknowledge(message.getAck().getSequence());
          }
        }
        case STOP -> {
          if (known != null && onStop == OnStop.BREAK) {
            onStop = OnStop.REPORT;
            breakConnection();
          }
          if (known != null) {
            known.finish("");
          }
        }
        case WHAT_NOT_SET -> throw new IllegalStateException();
      }
    }

    private static NodeGadget gadget(Start start) {
      return start.hasTop()
          ? new NodeCounter(Objects.requireNonNull(StreamRequest.parse(start).top()))
          : new NodeAdvisor(start.getAdvise().getExamples(), SearchLists.NONE);
    }

    private Started started(AgentStream of) {
      return Started.newBuilder().setStream(of.id()).setNode(node).setVersion(version).build();
    }

    void breakConnection() {
      ServerCallStreamObserver<FromAgent> call = current;
      if (call != null) {
        detach(call);
        try {
          call.onError(Status.UNAVAILABLE.asException());
        } catch (IllegalStateException e) {
          // the stream's own thread has ended the call meanwhile
        }
      }
    }
  }

  /// Starts an agent on each node.
  ///
  /// @param version that they say they have
  public GadgetAgents(String version, String... nodes) throws IOException {
    this.version = version;
    for (String node : nodes) {
      agents.put(node, new Agent(node));
    }
  }

  private Agent agent(String node) {
    Agent agent = agents.get(node);
    if (agent == null) {
      throw new IllegalArgumentException(node);
    }
    return agent;
  }

  /// The agents' ports by node.
  public Map<String, Integer> ports() {
    Map<String, Integer> ports = new LinkedHashMap<>();
    agents.forEach((node, agent) -> ports.put(node, agent.server.getPort()));
    return ports;
  }

  /// Gives a row to the gadget on a node.
  public void watch(String node, Row row) {
    AgentStream stream = agent(node).stream;
    if (stream == null) {
      throw new IllegalStateException("no stream at " + node);
    }
    stream.accept(row);
  }

  public void losePackets(String node, long count) {
    agent(node).lost.addAndGet(count);
  }

  public void breakConnection(String node) {
    agent(node).breakConnection();
  }

  public void setOnStop(String node, OnStop action) {
    agent(node).onStop = action;
  }

  /// A new agent takes the place of a node's: it knows no stream.
  public void restart(String node) {
    Agent agent = agent(node);
    agent.stream = null;
    agent.breakConnection();
  }

  /// The agent is gone.
  public void shutDown(String node) {
    agent(node).server.shutdownNow();
  }

  /// Whether a node has a stream, other than this one.
  public @Nullable String stream(String node) {
    AgentStream stream = agent(node).stream;
    return stream == null ? null : stream.id();
  }

  @Override
  public void close() {
    agents.values().forEach(agent -> agent.server.shutdownNow());
  }
}
