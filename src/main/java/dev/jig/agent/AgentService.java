package dev.jig.agent;

import dev.jig.container.Containers;
import dev.jig.event.UserFacingException;
import dev.jig.names.SearchLists;
import dev.jig.trace.CaptureLoop;
import dev.jig.trace.RuntimeSearchLists;
import dev.jig.trace.Subscription;
import dev.jig.wire.proto.AgentGrpc;
import dev.jig.wire.proto.DescribeRequest;
import dev.jig.wire.proto.Description;
import dev.jig.wire.proto.FromAgent;
import dev.jig.wire.proto.FromClient;
import dev.jig.wire.proto.Resume;
import dev.jig.wire.proto.Start;
import dev.jig.wire.proto.Started;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The agent's gRPC service: starts, resumes, acknowledges and ends streams.
final class AgentService extends AgentGrpc.AgentImplBase {
  static final int MAX_STREAMS = 32;

  /// Bound of what the gadgets of all streams may take at their own bounds, of a heap of 192 MB:
  /// two of `advise`.
  static final int MAX_GADGET_HEAP_MB = 120;

  /// How long a stream can be resumed after its call broke.
  static final long RESUMABLE_NS = TimeUnit.SECONDS.toNanos(60);

  private final CaptureLoop loop;
  private final NodeAgent.Settings settings;
  private final AgentLog log;
  private final StreamBuffer.Budget buffers =
      new StreamBuffer.Budget(StreamBuffer.Budget.MAX_BYTES, MAX_STREAMS);
  private final Map<String, AgentStream> streams = new ConcurrentHashMap<>();

  /// Stopped streams with reports that were not sent yet.
  private final Map<String, AgentStream> ending = new ConcurrentHashMap<>();

  private final Containers containers;

  AgentService(CaptureLoop loop, Containers containers, NodeAgent.Settings settings, AgentLog log) {
    this.loop = loop;
    this.containers = containers;
    this.settings = settings;
    this.log = log;
  }

  @Override
  public void describe(DescribeRequest request, StreamObserver<Description> answer) {
    answer.onNext(
        Description.newBuilder().setVersion(settings.version()).setNode(settings.node()).build());
    answer.onCompleted();
  }

  @Override
  public StreamObserver<FromClient> trace(StreamObserver<FromAgent> answer) {
    ServerCallStreamObserver<FromAgent> call = (ServerCallStreamObserver<FromAgent>) answer;
    ClientCall client = new ClientCall(call);
    call.setOnReadyHandler(client::onReady);
    call.setOnCancelHandler(client::onCancel);
    return client;
  }

  /// One call of a client.
  private final class ClientCall implements StreamObserver<FromClient> {
    private final ServerCallStreamObserver<FromAgent> call;
    private volatile @Nullable AgentStream stream;

    ClientCall(ServerCallStreamObserver<FromAgent> call) {
      this.call = call;
    }

    @Override
    public void onNext(FromClient message) {
      AgentStream current = stream;
      switch (message.getWhatCase()) {
        case START -> start(message.getStart());
        case RESUME -> resume(message.getResume());
        case ACK -> {
          if (current != null) {
            current.acknowledge(message.getAck().getSequence());
          }
        }
        case STOP -> {
          if (current != null) {
            end(current, "", "client");
          }
        }
        case WHAT_NOT_SET ->
            call.onError(Status.INVALID_ARGUMENT.withDescription("unknown request").asException());
      }
    }

    private void start(Start start) {
      if (streams.size() >= MAX_STREAMS) {
        call.onError(
            Status.RESOURCE_EXHAUSTED
                .withDescription("the agent has " + MAX_STREAMS + " streams already")
                .asException());
        return;
      }
      try {
        StreamRequest request = StreamRequest.parse(start);
        StreamContent content = content(request);
        if (content instanceof ReportContent reports && !hasRoomFor(reports.gadget())) {
          call.onError(
              Status.RESOURCE_EXHAUSTED
                  .withDescription("the agent has no memory for another gadget")
                  .asException());
          return;
        }
        AgentStream started = new AgentStream(UUID.randomUUID().toString(), loop::lost, content);
        stream = started;
        streams.put(started.id(), started);
        log.info("stream started", startDetails(started, start));
        var _ =
            loop.openAsync(request.settings(), request.selection(), started)
                .whenComplete((opened, _) -> onOpened(started, opened));
      } catch (UserFacingException e) {
        call.onError(Status.INVALID_ARGUMENT.withDescription(e.text()).asException());
      }
    }

    private void onOpened(AgentStream started, @Nullable Subscription opened) {
      if (opened == null) {
        call.onError(Status.ABORTED.withDescription("the trace has ended").asException());
        return;
      }
      started.setSubscription(opened);
      started.attach(call, startedMessage(started), 0);
    }

    private void resume(Resume resume) {
      AgentStream known = known(resume.getStream());
      if (known == null) {
        call.onError(
            Status.NOT_FOUND
                .withDescription("stream " + resume.getStream() + " has expired or ended")
                .asException());
        return;
      }
      stream = known;
      log.info("stream resumed", Map.of("stream", known.id(), "after", resume.getAfter()));
      known.attach(call, startedMessage(known), resume.getAfter());
    }

    private Started startedMessage(AgentStream started) {
      return Started.newBuilder()
          .setStream(started.id())
          .setNode(settings.node())
          .setVersion(settings.version())
          .build();
    }

    void onReady() {
      AgentStream current = stream;
      if (current != null) {
        current.onReady();
      }
    }

    void onCancel() {
      AgentStream current = stream;
      if (current != null && current.detach(call) && known(current.id()) != null) {
        log.info("client disconnected, stream kept", current.counters());
      }
    }

    @Override
    public void onError(Throwable t) {
      onCancel();
    }

    @Override
    public void onCompleted() {
      AgentStream current = stream;
      if (current != null) {
        end(current, "", "client");
      }
    }
  }

  /// The stream with this id that can be resumed; null: there is none.
  private @Nullable AgentStream known(String id) {
    AgentStream open = streams.get(id);
    return open == null ? ending.get(id) : open;
  }

  private StreamContent content(StreamRequest request) {
    StreamRequest.Advise advise = request.advise();
    if (request.top() != null) {
      return new ReportContent(new NodeCounter(request.top()));
    }
    return advise == null
        ? new RowContent(buffers)
        : new ReportContent(
            new NodeAdvisor(
                advise.examples(),
                SearchLists.firstOf(
                    new RuntimeSearchLists(containers), StreamRequest.searchLists())));
  }

  private boolean hasRoomFor(NodeGadget gadget) {
    int taken =
        Stream.concat(streams.values().stream(), ending.values().stream())
            .mapToInt(AgentStream::gadgetHeapMb)
            .sum();
    return taken + gadget.maxHeapMb() <= MAX_GADGET_HEAP_MB;
  }

  private static Map<String, Object> startDetails(AgentStream stream, Start start) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("stream", stream.id());
    details.put("namespace", start.getNamespace());
    details.put("pod", start.getPod());
    details.put("container", start.getContainer());
    details.put("selector", start.getSelector());
    details.put("filters", List.copyOf(start.getFiltersList()));
    details.put("ports", start.getPorts());
    details.put("gadget", start.getGadgetCase().toString());
    return details;
  }

  private void end(AgentStream stream, String reason, String by) {
    if (stream.hasGadget() && streams.containsKey(stream.id())) {
      ending.put(stream.id(), stream); // before it is removed: it can be resumed at any time
    }
    if (!streams.remove(stream.id(), stream)) {
      return; // is being ended
    }
    Subscription subscription = stream.subscription();
    if (subscription == null) {
      return;
    }
    var _ =
        loop.closeAsync(subscription)
            .whenComplete((_, _) -> {
              stream.finish(reason);
              Map<String, Object> details = stream.counters();
              details.put("by", by);
              log.info("stream ended", details);
            });
  }

  /// Ends the streams that no client has resumed for 60 s.
  void endExpired() {
    ending.values().removeIf(AgentService::isEndedOrExpired);
    for (AgentStream stream : streams.values()) {
      if (stream.subscription() != null && stream.isDetachedLongerThan(RESUMABLE_NS)) {
        end(stream, "", "timeout");
      }
    }
  }

  private static boolean isEndedOrExpired(AgentStream stream) {
    boolean done = stream.isOver() || stream.isDetachedLongerThan(RESUMABLE_NS);
    if (done) {
      stream.discard();
    }
    return done;
  }

  /// Ends all streams; their clients receive the reason.
  void endAll(String reason) {
    streams.values().forEach(stream -> end(stream, reason, reason));
  }

  int streamCount() {
    return streams.size();
  }
}
