package dev.jig.container.cri;

import dev.jig.container.ContainerRuntime.News;
import dev.jig.container.cri.GrpcEngine.Line;
import dev.jig.container.cri.api.CriEvent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Talks with a daemon by CRI alone, as CRI-O wants it: follows its events where it tells them
/// (`enable_pod_events`, off unless configured), else lists once a second. Whoever is asked for
/// meanwhile is asked for at once, and exited containers stay listed.
final class CriTalk implements DaemonTalk {
  private static final long POLL_MS = 1_000;

  private final Line line;
  private final CriApi api;
  private final CriCatalog catalog;
  private boolean listed;
  private boolean polls;

  CriTalk(String runtime, Line line) {
    this.line = line;
    this.api = new CriApi(line.socket());
    this.catalog = new CriCatalog(runtime, api);
  }

  @Override
  public void begin() {
    line.hear(
        api.version(),
        (_, failure) -> {
          if (failure != null) {
            line.broken(failure);
            return;
          }
          api.events(this::happened, _ -> pollIfThere());
          list();
        });
  }

  /// The events have ended: because there are none, or because the daemon is gone.
  private void pollIfThere() {
    line.hear(
        api.version(),
        (_, failure) -> {
          if (failure != null) {
            line.broken(failure);
          } else {
            polls = true;
            pollLater();
          }
        });
  }

  private void list() {
    long asked = line.lives().eventCount();
    line.hear(
        catalog.all(),
        (all, failure) -> {
          if (all == null) {
            line.broken(failure);
            return;
          }
          line.up();
          line.lives().listed(all, asked);
          listed = true;
          pollLater();
        });
  }

  /// Once the last listing is through.
  private void pollLater() {
    if (polls && listed) {
      listed = false;
      line.after(POLL_MS, this::list);
    }
  }

  private void happened(CriEvent event) {
    String id = event.getContainerId();
    ContainerLives lives = line.lives();
    Instant at = at(event.getCreatedAt());
    switch (event.getContainerEventType()) {
      case CREATED_EVENT -> lives.created(id);
      case STARTED_EVENT -> lives.started(id, at);
      case STOPPED_EVENT -> lives.stopped(id, at);
      case DELETED_EVENT -> lives.removed(id, at);
      case UNRECOGNIZED -> {}
    }
    if (!lives.isDescribed(id)) {
      describe(id, null);
    }
  }

  private static Instant at(long unixNs) {
    return unixNs <= 0 ? Instant.now() : Instant.EPOCH.plusNanos(unixNs);
  }

  @Override
  public void ask(String id) {
    describe(id, new News.NotFound(id));
  }

  private void describe(String id, @Nullable News inVain) {
    long asked = line.lives().eventCount();
    line.hear(
        catalog.one(id),
        (found, _) -> {
          if (found != null) {
            line.lives().answered(found, asked);
          } else if (inVain != null) {
            line.tell(inVain);
          }
        });
  }
}
