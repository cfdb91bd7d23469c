package dev.jig.kube;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.jig.event.Row;
import dev.jig.os.Backoff;
import dev.jig.wire.RowDecoder;
import dev.jig.wire.proto.Ack;
import dev.jig.wire.proto.AgentGrpc;
import dev.jig.wire.proto.Ended;
import dev.jig.wire.proto.FromAgent;
import dev.jig.wire.proto.FromClient;
import dev.jig.wire.proto.Progress;
import dev.jig.wire.proto.Report;
import dev.jig.wire.proto.Resume;
import dev.jig.wire.proto.Rows;
import dev.jig.wire.proto.Start;
import dev.jig.wire.proto.Started;
import dev.jig.wire.proto.Stop;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps one node's stream open: resumes it after a disconnect; if the agent was restarted, starts
/// a new one and reports the period of which events are unknown.
final class NodeStreamClient {
  private static final long MIN_BACKOFF_MS = 250;
  private static final long MAX_BACKOFF_MS = 5_000;

  /// The agent sends a message every second.
  private static final long MAX_SILENCE_MS = 10_000;

  /// Value of [#lastMessageMs] while a message is being processed: a full queue blocks this client
  /// and so the agent, which is not silent then.
  private static final long PROCESSING = Long.MAX_VALUE;

  private static final long ACK_INTERVAL_EVENTS = 1_024;

  private final AgentTransport transport;
  private final String node;
  private final Supplier<Optional<Cluster.Agent>> agents;
  private final Start request;
  private final boolean reports;
  private final String version;
  private final EventQueue queue;
  private final ClusterTrace.Viewer viewer;
  private final Semaphore retryNow = new Semaphore(0);
  private final StreamPosition position = new StreamPosition();
  private final NodeCondition condition;
  private volatile boolean tried;
  private volatile boolean stopping;
  private volatile boolean over;
  private volatile boolean warned;
  private volatile @Nullable Call current;
  private volatile long lastMessageMs = System.currentTimeMillis();
  private @Nullable Thread thread;

  /// @param agents the node's current agent
  /// @param reports whether a gadget's reports are requested, no rows
  /// @param version this program's
  NodeStreamClient(
      AgentTransport transport,
      String node,
      Supplier<Optional<Cluster.Agent>> agents,
      Start request,
      boolean reports,
      String version,
      EventQueue queue,
      ClusterTrace.Viewer viewer) {
    this.transport = transport;
    this.node = node;
    this.agents = agents;
    this.request = request;
    this.reports = reports;
    this.condition = new NodeCondition(reports);
    this.version = version;
    this.queue = queue;
    this.viewer = viewer;
  }

  void start() {
    thread = Thread.ofVirtual().name("node-" + node).start(this::reconnectLoop);
  }

  String node() {
    return node;
  }

  /// What is known of the node.
  ClusterTrace.NodeSummary summary() {
    return condition.summary(node);
  }

  /// A report or status cannot be read.
  void onDamaged(IOException cause) {
    condition.onDamaged(String.valueOf(cause.getMessage()));
    viewer.debug("node " + node + ": a damaged report: " + cause.getMessage());
  }

  /// Whether the first attempt to start the stream has succeeded or failed.
  boolean hasTried() {
    return tried;
  }

  boolean isOver() {
    return over;
  }

  /// Ends the current backoff.
  void retryNow() {
    if (retryNow.availablePermits() == 0) {
      retryNow.release();
    }
  }

  /// Asks the agent to end the stream; [#isOver] once it has.
  void stop() {
    stopping = true;
    Call call = current;
    if (call != null) {
      call.sendStop();
    } else if (thread != null && !(reports && condition.hasStarted())) {
      thread.interrupt();
    }
  }

  /// Ends at once, without the agent.
  void cancel() {
    if (thread != null) {
      thread.interrupt();
    }
  }

  private void reconnectLoop() {
    Backoff backoff = new Backoff(MIN_BACKOFF_MS, MAX_BACKOFF_MS);
    try {
      while (!isFinished()) {
        long startMs = System.currentTimeMillis();
        Optional<Cluster.Agent> agent = agents.get();
        String endReason = agent.isPresent() ? runOnce(agent.get()) : "its agent is gone";
        if (isFinished()) {
          return;
        }
        condition.onFailed(endReason);
        warnOnce(endReason);
        tried = true;
        long delayMs = backoff.nextMsAfter(System.currentTimeMillis() - startMs);
        boolean _ = retryNow.tryAcquire(delayMs, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      // stopped or cancelled
    } finally {
      over = true;
      tried = true;
    }
  }

  private boolean isFinished() {
    return condition.isFinished(stopping);
  }

  /// The first failure since the stream last ran is for the user, repetitions are for `-v`.
  private void warnOnce(String reason) {
    if (!warned) {
      inform(reason + "; trying again.");
      warned = true;
    } else {
      viewer.debug("node " + node + ": " + reason);
    }
  }

  private void inform(String text) {
    viewer.inform("node " + node + ": " + text);
  }

  /// Runs one connection from start to end.
  ///
  /// @return why it ended
  private String runOnce(Cluster.Agent agent) throws InterruptedException {
    try (AgentTransport.PortForward forward = transport.forwardPort(agent)) {
      ManagedChannel channel = AgentChannel.open(forward.port());
      try {
        return runCall(agent, channel);
      } finally {
        channel.shutdownNow();
      }
    } catch (KubernetesClientException e) {
      return String.valueOf(Cluster.toException(e).getMessage());
    } catch (IOException e) {
      return e.toString();
    }
  }

  private String runCall(Cluster.Agent agent, ManagedChannel channel) throws InterruptedException {
    Call call = new Call(agent);
    lastMessageMs = System.currentTimeMillis();
    AgentGrpc.newStub(channel).trace(call);
    current = call;
    try {
      call.sendStartOrResume();
      if (stopping) {
        call.sendStop();
      }
      while (!call.done.await(1, TimeUnit.SECONDS)) {
        if (System.currentTimeMillis() - lastMessageMs > MAX_SILENCE_MS) {
          return "its agent has sent nothing for " + MAX_SILENCE_MS / 1_000 + " s";
        }
      }
      return call.endReason;
    } finally {
      current = null;
    }
  }

  /// One gRPC call. gRPC delivers its messages in order, one at a time.
  private final class Call implements ClientResponseObserver<FromClient, FromAgent> {
    private final Cluster.Agent agent;
    private final CountDownLatch done = new CountDownLatch(1);
    private final CountDownLatch ready = new CountDownLatch(1);
    private final RowDecoder decoder = new RowDecoder(node);
    private volatile String endReason = "";
    private volatile @Nullable ClientCallStreamObserver<FromClient> requests;
    private long acknowledged;

    Call(Cluster.Agent agent) {
      this.agent = agent;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<FromClient> requestStream) {
      requests = requestStream;
      requestStream.disableAutoRequestWithInitial(1);
      ready.countDown();
    }

    void sendStartOrResume() throws InterruptedException {
      ready.await();
      String stream = position.resumableAt(agent.uid());
      FromClient.Builder first = FromClient.newBuilder();
      if (stream == null) {
        first.setStart(request);
      } else {
        first.setResume(Resume.newBuilder().setStream(stream).setAfter(position.processed()));
      }
      send(first.build());
    }

    void sendStop() {
      send(FromClient.newBuilder().setStop(Stop.getDefaultInstance()).build());
    }

    private synchronized void send(FromClient message) {
      ClientCallStreamObserver<FromClient> to = requests;
      if (to != null && done.getCount() > 0) {
        to.onNext(message);
      }
    }

    @Override
    public void onNext(FromAgent message) {
      lastMessageMs = PROCESSING;
      try {
        switch (message.getWhatCase()) {
          case STARTED -> onStarted(message.getStarted());
          case ROWS -> onRows(message.getRows());
          case REPORT -> onReport(message.getReport());
          case PROGRESS -> onProgress(message.getProgress());
          case ENDED -> onEnded(message.getEnded());
          case WHAT_NOT_SET -> viewer.debug("node " + node + ": an unknown message");
        }
        ClientCallStreamObserver<FromClient> from = requests;
        if (from != null) {
          from.request(1);
        }
      } catch (InvalidProtocolBufferException e) {
        cancel("its agent sent damaged rows: " + e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        lastMessageMs = System.currentTimeMillis();
      }
    }

    /// Cancels the call, which then ends for this reason.
    private void cancel(String reason) {
      ClientCallStreamObserver<FromClient> call = requests;
      if (call != null) {
        call.cancel(reason, null);
      }
    }

    private void onStarted(Started started) {
      if (!position.isStream(started.getStream())) {
        onNewStream(started);
      } else if (warned) {
        inform("connected again, nothing is missing so far.");
      }
      warned = false;
      condition.onRunning();
      tried = true;
    }

    private void onNewStream(Started started) {
      if (condition.hasStarted()) {
        inform(condition.onRestarted() + ".");
      }
      position.start(started.getStream(), agent.uid());
      acknowledged = 0;
      if (!started.getVersion().equals(version)) {
        inform(
            "its agent is v"
                + started.getVersion()
                + " and this is v"
                + version
                + "; run kubectl gadget deploy to update the agent.");
      }
    }

    private void onReport(Report report) throws InterruptedException {
      if (position.isNew(report.getSequence())) {
        queue.putReport(NodeStreamClient.this, report.getContent());
        position.advance(report.getSequence());
      }
      acknowledge();
    }

    private void onRows(Rows message) throws InterruptedException, InvalidProtocolBufferException {
      if (reports) {
        cancel(condition.onIncompatible());
        return;
      }
      List<Row> rows = decoder.decode(message.getBatch());
      reportDroppedUpTo(message.getFirst() - 1);
      long sequence = message.getFirst();
      for (Row row : rows) {
        if (position.isNew(sequence)) {
          queue.put(row);
          position.advance(sequence);
        }
        sequence++;
      }
      condition.onEvents();
      if (position.processed() - acknowledged >= ACK_INTERVAL_EVENTS) {
        acknowledge();
      }
    }

    private void onProgress(Progress progress) throws InterruptedException {
      reportDroppedUpTo(progress.getNewest());
      reportLostOnNode(progress.getLost());
      if (!progress.getStatus().isEmpty()) {
        queue.putStatus(NodeStreamClient.this, progress.getStatus());
      }
      condition.onEvents();
      if (position.processed() > acknowledged) {
        acknowledge();
      }
    }

    private void onEnded(Ended last) throws InterruptedException {
      reportDroppedUpTo(last.getNewest());
      reportLostOnNode(last.getLost());
      condition.onEvents();
      endReason = last.getReason();
      condition.onEnded();
      position.end();
    }

    private void reportDroppedUpTo(long sequence) throws InterruptedException {
      long dropped = position.droppedUpTo(sequence);
      if (dropped > 0) {
        condition.onLost(dropped);
        queue.putLost(dropped);
      }
    }

    private void reportLostOnNode(long total) throws InterruptedException {
      long more = position.newlyLostOnNode(total);
      if (more > 0) {
        condition.onLost(more);
        queue.putLost(more);
      }
    }

    private void acknowledge() {
      acknowledged = position.processed();
      send(FromClient.newBuilder().setAck(Ack.newBuilder().setSequence(acknowledged)).build());
    }

    @Override
    public void onError(Throwable t) {
      Status status = Status.fromThrowable(t);
      if (status.getCode() == Status.Code.NOT_FOUND) {
        position.end();
      }
      endReason = endReason(status);
      done.countDown();
    }

    /// The agent's description; for UNAVAILABLE, which gRPC itself reports, a plain sentence.
    private static String endReason(Status status) {
      String description = status.getDescription();
      boolean broken = status.getCode() == Status.Code.UNAVAILABLE;
      return description == null || broken ? "the connection broke" : description;
    }

    @Override
    public void onCompleted() {
      done.countDown();
    }
  }
}
