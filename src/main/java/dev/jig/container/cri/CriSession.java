package dev.jig.container.cri;

import dev.jig.container.RuntimeEvent;
import dev.jig.container.RuntimeKind;
import dev.jig.container.cri.GrpcRuntime.Connection;
import dev.jig.container.cri.api.CriEvent;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A session with a runtime that serves CRI alone, such as CRI-O. Subscribes to its events where it
/// sends any (CRI-O: `enable_pod_events`, off by default); else lists once a second. A container
/// that came and went between two listings is found by [#inspect]: exited ones stay listed.
final class CriSession implements RuntimeSession {
  private static final long POLL_MS = 1_000;

  private final Connection connection;
  private final CriApi api;
  private final CriInspector inspector;
  private boolean listed;
  private boolean polling;

  CriSession(RuntimeKind kind, Connection connection) {
    this.connection = connection;
    this.api = new CriApi(connection.channel());
    this.inspector = new CriInspector(kind, api);
  }

  @Override
  public void start() {
    connection.handle(
        api.detectVersion(),
        (_, failure) -> {
          if (failure != null) {
            connection.fail(failure);
            return;
          }
          api.subscribe(this::onEvent, _ -> pollIfConnected());
          list();
        });
  }

  /// The event stream ended: either the runtime sends no events, or it is gone.
  private void pollIfConnected() {
    connection.handle(
        api.detectVersion(),
        (_, failure) -> {
          if (failure != null) {
            connection.fail(failure);
          } else {
            polling = true;
            schedulePoll();
          }
        });
  }

  private void list() {
    long requestedAt = connection.tracker().eventCount();
    connection.handle(
        inspector.listAll(),
        (all, failure) -> {
          if (all == null) {
            connection.fail(failure);
            return;
          }
          connection.onListed();
          connection.tracker().onListed(all, requestedAt);
          listed = true;
          schedulePoll();
        });
  }

  private void schedulePoll() {
    if (polling && listed) {
      listed = false;
      connection.schedule(POLL_MS, this::list);
    }
  }

  private void onEvent(CriEvent event) {
    String id = event.getContainerId();
    LifecycleTracker tracker = connection.tracker();
    Instant at = at(event.getCreatedAt());
    switch (event.getContainerEventType()) {
      case CREATED_EVENT -> tracker.onCreated(id);
      case STARTED_EVENT -> tracker.onStarted(id, at);
      case STOPPED_EVENT -> tracker.onStopped(id, at);
      case DELETED_EVENT -> tracker.onRemoved(id, at);
      case UNRECOGNIZED -> {}
    }
    if (!tracker.isInspected(id)) {
      inspect(id, null);
    }
  }

  private static Instant at(long unixNs) {
    return unixNs <= 0 ? Instant.now() : Instant.EPOCH.plusNanos(unixNs);
  }

  @Override
  public void inspect(String id) {
    inspect(id, new RuntimeEvent.NotFound(id));
  }

  @Override
  public CompletableFuture<List<String>> resolvConf(String id) {
    return SandboxDns.resolvConf(api, id);
  }

  private void inspect(String id, @Nullable RuntimeEvent ifNotFound) {
    long requestedAt = connection.tracker().eventCount();
    connection.handle(
        inspector.inspect(id),
        (found, _) -> {
          if (found != null) {
            connection.tracker().onInspected(found, requestedAt);
          } else if (ifNotFound != null) {
            connection.emit(ifNotFound);
          }
        });
  }
}
