package dev.jig.container.cri;

import dev.jig.container.RuntimeEvent;
import dev.jig.container.cri.GrpcRuntime.Connection;
import dev.jig.container.cri.api.CriEvent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Talks with a daemon by CRI alone, as CRI-O wants it: follows its events where it tells them
/// (`enable_pod_events`, off unless configured), else lists once a second. Whoever is asked for
/// meanwhile is asked for at once, and exited containers stay listed.
final class CriSession implements RuntimeSession {
  private static final long POLL_MS = 1_000;

  private final Connection connection;
  private final CriApi api;
  private final CriInspector inspector;
  private boolean listed;
  private boolean polling;

  CriSession(String runtime, Connection line) {
    this.connection = line;
    this.api = new CriApi(line.channel());
    this.inspector = new CriInspector(runtime, api);
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

  /// The events have ended: because there are none, or because the daemon is gone.
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
    long asked = connection.tracker().eventCount();
    connection.handle(
        inspector.listAll(),
        (all, failure) -> {
          if (all == null) {
            connection.fail(failure);
            return;
          }
          connection.onListed();
          connection.tracker().onListed(all, asked);
          listed = true;
          schedulePoll();
        });
  }

  /// Once the last listing is through.
  private void schedulePoll() {
    if (polling && listed) {
      listed = false;
      connection.schedule(POLL_MS, this::list);
    }
  }

  private void onEvent(CriEvent event) {
    String id = event.getContainerId();
    LifecycleTracker lives = connection.tracker();
    Instant at = at(event.getCreatedAt());
    switch (event.getContainerEventType()) {
      case CREATED_EVENT -> lives.onCreated(id);
      case STARTED_EVENT -> lives.onStarted(id, at);
      case STOPPED_EVENT -> lives.onStopped(id, at);
      case DELETED_EVENT -> lives.onRemoved(id, at);
      case UNRECOGNIZED -> {}
    }
    if (!lives.isInspected(id)) {
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

  private void inspect(String id, @Nullable RuntimeEvent inVain) {
    long asked = connection.tracker().eventCount();
    connection.handle(
        inspector.inspect(id),
        (found, _) -> {
          if (found != null) {
            connection.tracker().onInspected(found, asked);
          } else if (inVain != null) {
            connection.emit(inVain);
          }
        });
  }
}
