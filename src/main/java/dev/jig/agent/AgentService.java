package dev.jig.agent;

import dev.jig.event.UsageException;
import dev.jig.trace.NodeTrace;
import dev.jig.wire.proto.AgentGrpc;
import dev.jig.wire.proto.Begun;
import dev.jig.wire.proto.DescribeRequest;
import dev.jig.wire.proto.Description;
import dev.jig.wire.proto.FromAgent;
import dev.jig.wire.proto.FromClient;
import dev.jig.wire.proto.Resume;
import dev.jig.wire.proto.Start;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What the agent answers: streams are begun, resumed, acknowledged and ended here.
final class AgentService extends AgentGrpc.AgentImplBase {
  static final int MAX_STREAMS = 32;

  /// How long a stream whose call broke can be resumed.
  static final long RESUMABLE_NS = TimeUnit.SECONDS.toNanos(60);

  private final NodeTrace trace;
  private final NodeAgent.Settings settings;
  private final AgentLog log;
  private final Map<String, AgentStream> streams = new ConcurrentHashMap<>();

  AgentService(NodeTrace trace, NodeAgent.Settings settings, AgentLog log) {
    this.trace = trace;
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

  /// What one call says.
  private final class ClientCall implements StreamObserver<FromClient> {
    private final ServerCallStreamObserver<FromAgent> call;
    private volatile @Nullable AgentStream stream;

    ClientCall(ServerCallStreamObserver<FromAgent> call) {
      this.call = call;
    }

    @Override
    public void onNext(FromClient message) {
      AgentStream its = stream;
      switch (message.getWhatCase()) {
        case START -> start(message.getStart());
        case RESUME -> resume(message.getResume());
        case ACK -> {
          if (its != null) {
            its.acknowledge(message.getAck().getSequence());
          }
        }
        case STOP -> {
          if (its != null) {
            end(its, "", "client");
          }
        }
        case WHAT_NOT_SET ->
            call.onError(
                Status.INVALID_ARGUMENT.withDescription("an unknown request").asException());
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
        AgentStream begun = new AgentStream(UUID.randomUUID().toString(), trace::lost);
        stream = begun;
        streams.put(begun.id(), begun);
        log.info("stream began", startDetails(begun, start));
        var _ =
            trace
                .open(request.settings(), request.selection(), begun)
                .whenComplete((view, _) -> onViewOpened(begun, view));
      } catch (UsageException e) {
        call.onError(
            Status.INVALID_ARGUMENT.withDescription(e.sentence() + " " + e.hint()).asException());
      }
    }

    private void onViewOpened(AgentStream begun, NodeTrace.@Nullable View view) {
      if (view == null) {
        call.onError(Status.ABORTED.withDescription("the trace has ended").asException());
        return;
      }
      begun.setView(view);
      begun.attach(call, begunMessage(begun), 0);
    }

    private void resume(Resume resume) {
      AgentStream known = streams.get(resume.getStream());
      if (known == null) {
        call.onError(
            Status.NOT_FOUND
                .withDescription("no stream " + resume.getStream() + " any more")
                .asException());
        return;
      }
      stream = known;
      log.info("stream resumed", Map.of("stream", known.id(), "after", resume.getAfter()));
      known.attach(call, begunMessage(known), resume.getAfter());
    }

    private Begun begunMessage(AgentStream of) {
      return Begun.newBuilder()
          .setStream(of.id())
          .setNode(settings.node())
          .setVersion(settings.version())
          .build();
    }

    void onReady() {
      AgentStream its = stream;
      if (its != null) {
        its.onReady();
      }
    }

    void onCancel() {
      AgentStream its = stream;
      if (its != null && its.detach(call) && streams.containsKey(its.id())) {
        log.info("client gone, stream kept", its.counters());
      }
    }

    @Override
    public void onError(Throwable t) {
      onCancel();
    }

    @Override
    public void onCompleted() {
      AgentStream its = stream;
      if (its != null) {
        end(its, "", "client");
      }
    }
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
    return details;
  }

  private void end(AgentStream stream, String reason, String by) {
    if (!streams.remove(stream.id(), stream)) {
      return; // on its way already
    }
    NodeTrace.View view = stream.view();
    if (view == null) {
      return;
    }
    var _ =
        view.close()
            .whenComplete((_, _) -> {
              stream.finish(reason);
              Map<String, Object> details = stream.counters();
              details.put("by", by);
              log.info("stream ended", details);
            });
  }

  /// Ends the streams nobody came back for.
  void endExpired() {
    for (AgentStream stream : streams.values()) {
      if (stream.view() != null && stream.isDetachedLongerThan(RESUMABLE_NS)) {
        end(stream, "", "nobody came back");
      }
    }
  }

  /// Ends all streams, telling their clients why.
  void endAll(String reason) {
    streams.values().forEach(stream -> end(stream, reason, reason));
  }

  int streamCount() {
    return streams.size();
  }
}
