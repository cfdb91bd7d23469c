package dev.jig.container.docker;

import dev.jig.container.RuntimeEvent.Transition;
import dev.jig.container.ContainerRuntime;
import dev.jig.container.RuntimeEvent;
import dev.jig.container.Reachability;
import dev.jig.container.docker.DockerJson.Event;
import dev.jig.container.docker.DockerJson.Summary;
import dev.jig.container.RuntimeKind;
import dev.jig.event.Container;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Docker or Podman by its REST API: one thread follows events, which name a container even if it
/// is gone a moment later; another lists and asks, so that no name from an event waits behind an
/// answer.
///
/// Events are followed first and listed after, so nothing falls in between. Single containers are
/// asked through the listing with an id filter: it reads dockerd's snapshot, where inspect waits
/// for the container's lock, which is held while it starts (0.4 s seen against 2 ms).
public final class DockerApiRuntime implements ContainerRuntime {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final long PAUSE_MIN_MS = 100;
  private static final long PAUSE_MAX_MS = 2_000;
  private static final long STABLE_NS = 2_000_000_000L;
  private static final int MAX_REQUESTS = 10_000;

  /// What the asking thread is asked for.
  private sealed interface Request {
    /// Everything; `over` is the event stream that has to end if it fails.
    record ListAll(UnixHttp eventStream) implements Request {}

    record Inspect(String id) implements Request {}
  }

  private final DockerApiFlavor flavor;
  private final Path socket;
  private final LinkedBlockingDeque<Request> requests = new LinkedBlockingDeque<>(MAX_REQUESTS);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Object lock = new Object();
  private final Reachability reachability;
  private volatile @Nullable UnixHttp eventStream;
  private volatile long pauseMs = PAUSE_MIN_MS;

  /// Why the stream was ended by ourselves.
  private volatile @Nullable IOException listingFailure;

  // Guarded by the lock.
  private long eventCount;

  private Consumer<RuntimeEvent> events = _ -> {};
  private @Nullable Thread requestThread;

  /// When events last told of a container, in their own count: an answer asked before is stale.
  private final Map<String, Long> lastEvents =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MAX_REQUESTS;
        }
      };

  /// @param socket usually `/run/docker.sock`
  /// @param chosen whether the user named this runtime or socket, and so wants to hear if it is
  ///   missing
  public DockerApiRuntime(DockerApiFlavor dialect, Path socket, boolean chosen) {
    this.flavor = dialect;
    this.socket = socket;
    this.reachability =
        new Reachability(dialect.kind(), socket, chosen, told -> events.accept(told));
  }

  @Override
  public RuntimeKind kind() {
    return flavor.kind();
  }

  @Override
  public void start(Consumer<RuntimeEvent> to) {
    events = to;
    Thread.ofPlatform().daemon().name(kind().key() + "-events").start(this::followEvents);
    requestThread = Thread.ofPlatform().daemon().name(kind().key() + "-ask").start(this::handleRequests);
  }

  @Override
  public boolean canAnswer() {
    return reachability.canAnswer();
  }

  /// In front of what merely completes containers already named: somebody holds a row for it.
  @Override
  public void inspect(String id) {
    if (!requests.offerFirst(new Request.Inspect(id))) {
      events.accept(new RuntimeEvent.NotFound(id));
    }
  }

  @Override
  public void close() {
    closed.countDown();
    Thread asking = requestThread;
    if (asking != null) {
      asking.interrupt();
    }
    closeQuietly(eventStream);
  }

  // The thread that follows events.

  private void followEvents() {
    do {
      long startNs = System.nanoTime();
      try (UnixHttp events = open(flavor.eventsTarget())) {
        onConnected(events);
        DockerJson.readEvents(events.body(), this::onEvent);
        throw new EOFException("the event stream has ended");
      } catch (IOException broken) {
        IOException listing = listingFailure;
        listingFailure = null;
        if (System.nanoTime() - startNs > STABLE_NS) {
          pauseMs = PAUSE_MIN_MS;
        }
        onDisconnected(listing == null ? broken : listing);
      }
    } while (!isClosedWithin(pauseMs));
  }

  private void onConnected(UnixHttp events) throws IOException {
    synchronized (lock) {
      eventStream = events.withoutDeadline();
    }
    if (closed.getCount() == 0) {
      throw new AsynchronousCloseException();
    }
    if (!requests.offerFirst(new Request.ListAll(events))) {
      throw new IOException("more than " + MAX_REQUESTS + " questions wait");
    }
  }

  private void onEvent(Event event) {
    Transition life = flavor.transition(event.action());
    if (life == null) {
      return;
    }
    if (life == Transition.STARTED && event.isSandbox()) {
      return; // known since it was created, and nothing to list
    }
    synchronized (lock) {
      lastEvents.put(event.id(), ++eventCount);
      events.accept(new RuntimeEvent.Lifecycle(event.container(flavor), life, event.at()));
    }
    if (life == Transition.CREATED && !requests.offerLast(new Request.Inspect(event.id()))) {
      events.accept(new RuntimeEvent.Debug("no image digest for " + event.id() + ": too many new ones"));
    }
  }

  private void onDisconnected(IOException e) {
    if (closed.getCount() == 0) {
      return;
    }
    synchronized (lock) {
      eventStream = null;
      boolean absent = e instanceof ConnectException || !Files.exists(socket);
      reachability.onFailure(absent, reason(e));
    }
    requests.removeIf(Request.ListAll.class::isInstance);
  }

  private boolean isClosedWithin(long ms) {
    pauseMs = Math.min(PAUSE_MAX_MS, ms * 2);
    try {
      return closed.await(ms, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  // The thread that lists and asks.

  private void handleRequests() {
    try {
      while (closed.getCount() > 0) {
        switch (requests.takeFirst()) {
          case Request.ListAll(UnixHttp over) -> listAll(over);
          case Request.Inspect(String id) -> inspectNow(id);
        }
      }
    } catch (InterruptedException e) {
      // closing
    }
  }

  private void listAll(UnixHttp over) {
    try {
      long before = eventCount();
      List<Summary> listing = list(flavor.listTarget());
      restoreImageNames(listing);
      synchronized (lock) {
        if (eventStream != over) {
          return; // lost meanwhile; the next stream brings its own listing
        }
        Set<String> ids = new HashSet<>();
        for (Summary listed : listing) {
          ids.add(listed.container().id());
          report(listed, before);
        }
        // Born after dockerd made its list: events know better.
        lastEvents.forEach((id, when) -> addIf(when > before, ids, id));
        reachability.onListed();
        events.accept(new RuntimeEvent.Listed(ids));
      }
    } catch (IOException e) {
      listingFailure = e;
      closeQuietly(over); // to begin anew
    }
  }

  private void inspectNow(String id) {
    try {
      long before = eventCount();
      List<Summary> listing = list(flavor.listOneTarget(id));
      restoreImageNames(listing);
      synchronized (lock) {
        for (Summary listed : listing) {
          if (listed.container().id().equals(id)) {
            report(listed, before);
            return;
          }
        }
      }
    } catch (IOException e) {
      events.accept(new RuntimeEvent.Debug(kind().title() + " does not answer for " + id + ": " + reason(e)));
    }
    reportNotFound(id);
  }

  /// It may have been removed before its events came.
  private void reportNotFound(String id) {
    if (flavor.eventDelayMs() == 0) {
      events.accept(new RuntimeEvent.NotFound(id));
      return;
    }
    Thread.ofVirtual()
        .start(() -> {
          try {
            if (!closed.await(flavor.eventDelayMs(), TimeUnit.MILLISECONDS)) {
              events.accept(new RuntimeEvent.NotFound(id));
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /// Publishes what was listed, unless an event has told something newer since `before`.
  private void report(Summary listed, long before) {
    String id = listed.container().id();
    if (lastEvents.getOrDefault(id, 0L) <= before) {
      events.accept(new RuntimeEvent.Inspected(listed.container(), listed.running()));
    } else if (!requests.offerLast(new Request.Inspect(id))) {
      events.accept(new RuntimeEvent.Debug("no image digest for " + id + ": too many new ones"));
    }
  }

  /// The listing shows an image whose tag has moved on by its digest; inspect keeps the name that
  /// the user gave.
  private void restoreImageNames(List<Summary> listing) {
    listing.replaceAll(listed -> {
      Container old = listed.container();
      if (old.image() == null || !old.image().equals(old.imageDigest())) {
        return listed;
      }
      String image = inspectedImage(old.id());
      Container named =
          new Container(
              old.runtime(),
              old.id(),
              old.name(),
              image == null ? old.image() : image,
              old.imageDigest(),
              old.labels(),
              old.pod());
      return new Summary(named, listed.running());
    });
  }

  private @Nullable String inspectedImage(String id) {
    try (UnixHttp http = open(flavor.inspectTarget(id))) {
      return DockerJson.readImage(http.body());
    } catch (IOException e) {
      return null; // removed meanwhile
    }
  }

  private List<Summary> list(String target) throws IOException {
    try (UnixHttp http = open(target)) {
      return DockerJson.readList(http.body(), flavor);
    }
  }

  private UnixHttp open(String target) throws IOException {
    UnixHttp http = UnixHttp.get(socket, target, TIMEOUT);
    if (http.status() == 200) {
      return http;
    }
    http.close();
    throw new IOException("HTTP status " + http.status() + " for " + target.split("\\?", 2)[0]);
  }

  private long eventCount() {
    synchronized (lock) {
      return eventCount;
    }
  }

  private static void addIf(boolean condition, Set<String> ids, String id) {
    if (condition) {
      ids.add(id);
    }
  }

  private static void closeQuietly(@Nullable UnixHttp http) {
    if (http != null) {
      try {
        http.close();
      } catch (IOException e) {
        // It is of no use any more either way.
      }
    }
  }

  private static String reason(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
