package dev.jig.container.docker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.jig.container.ContainerRuntime;
import dev.jig.container.Reachability;
import dev.jig.container.RuntimeEvent;
import dev.jig.container.RuntimeEvent.Transition;
import dev.jig.container.RuntimeKind;
import dev.jig.container.docker.DockerJson.Event;
import dev.jig.container.docker.DockerJson.Summary;
import dev.jig.event.Container;
import dev.jig.os.Backoff;
import dev.jig.table.Lru;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A client of a runtime that serves Docker's REST API or one like it: Docker, Podman. One thread
/// reads the event stream, which names even a container that is gone a moment later; another lists
/// and inspects, so that no event waits behind a request.
///
/// The listing is requested after the event stream is open, so that no container is missed in
/// between. A single container is requested from the listing too, with an id filter: dockerd
/// answers that from its snapshot in 2 ms, whereas inspect takes the container's lock, which is
/// held while it starts (0.4 s measured).
public final class DockerApiRuntime implements ContainerRuntime {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final long MIN_RECONNECT_MS = 100;
  private static final long MAX_RECONNECT_MS = 2_000;
  private static final int MAX_REQUESTS = 10_000;
  private static final int MAX_RESOLV_CONF = 65_536;

  /// A task of the request thread.
  private sealed interface Request {
    /// @param eventStream closed if the listing fails, which causes a reconnect
    record ListAll(UnixHttp eventStream) implements Request {}

    record Inspect(String id) implements Request {}
  }

  private final DockerApiFlavor flavor;
  private final Path socket;
  private final LinkedBlockingDeque<Request> requests = new LinkedBlockingDeque<>(MAX_REQUESTS);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Object lock = new Object();
  private final Reachability reachability;
  private Consumer<RuntimeEvent> events = _ -> {};
  private @Nullable Thread requestThread;
  private volatile @Nullable UnixHttp eventStream;

  /// The failure for which the request thread closed the event stream.
  private volatile @Nullable IOException listingFailure;

  // Guarded by the lock.
  private long eventCount;

  /// By container id, the [#eventCount] of its last event: a reply requested before is stale.
  private final Lru<String, Long> lastEvents = new Lru<>(MAX_REQUESTS);

  /// @param requested whether the user named this runtime or its socket
  public DockerApiRuntime(DockerApiFlavor flavor, Path socket, boolean requested) {
    this.flavor = flavor;
    this.socket = socket;
    this.reachability =
        new Reachability(flavor.kind(), socket, requested, event -> events.accept(event));
  }

  @Override
  public RuntimeKind kind() {
    return flavor.kind();
  }

  @Override
  public void start(Consumer<RuntimeEvent> to) {
    events = to;
    String name = kind().key();
    Thread.ofPlatform().daemon().name(name + "-events").start(this::followEvents);
    requestThread =
        Thread.ofPlatform().daemon().name(name + "-requests").start(this::handleRequests);
  }

  @Override
  public boolean canAnswer() {
    return reachability.canAnswer();
  }

  /// By a thread of its own: dockerd answers late while the container starts.
  @Override
  public CompletableFuture<List<String>> resolvConf(String id) {
    CompletableFuture<List<String>> lines = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> lines.complete(readResolvConf(id)));
    return lines;
  }

  private List<String> readResolvConf(String id) {
    try (UnixHttp http = open(flavor.inspectTarget(id))) {
      String path = DockerJson.readResolvConfPath(http.body());
      return path == null || path.isEmpty() ? List.of() : readLines(Path.of(path));
    } catch (IOException | InvalidPathException e) {
      return List.of(); // removed meanwhile, or its files are not visible from here
    }
  }

  private static List<String> readLines(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return List.of();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MAX_RESOLV_CONF), ISO_8859_1).lines().toList();
    }
  }

  /// Precedes requests for containers already named: rows are held for this one.
  @Override
  public void inspect(String id) {
    if (!requests.offerFirst(new Request.Inspect(id))) {
      events.accept(new RuntimeEvent.NotFound(id));
    }
  }

  @Override
  public void close() {
    closed.countDown();
    Thread requesting = requestThread;
    if (requesting != null) {
      requesting.interrupt();
    }
    closeQuietly(eventStream);
  }

  // The event thread.

  private void followEvents() {
    Backoff backoff = new Backoff(MIN_RECONNECT_MS, MAX_RECONNECT_MS);
    long lastedMs;
    do {
      long startNs = System.nanoTime();
      try (UnixHttp stream = open(flavor.eventsTarget())) {
        onConnected(stream);
        DockerJson.readEvents(stream.body(), this::onEvent);
        throw new EOFException("the event stream has ended");
      } catch (IOException broken) {
        IOException listing = listingFailure;
        listingFailure = null;
        lastedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
        onDisconnected(listing == null ? broken : listing);
      }
    } while (!isClosedWithin(backoff.nextMsAfter(lastedMs)));
  }

  private void onConnected(UnixHttp stream) throws IOException {
    synchronized (lock) {
      stream.removeDeadline();
      eventStream = stream;
    }
    if (closed.getCount() == 0) {
      throw new AsynchronousCloseException();
    }
    if (!requests.offerFirst(new Request.ListAll(stream))) {
      throw new IOException(MAX_REQUESTS + " requests are waiting");
    }
  }

  private void onEvent(Event event) {
    Transition transition = flavor.transition(event.action());
    if (transition == null) {
      return;
    }
    if (transition == Transition.STARTED && event.isSandbox()) {
      return; // never listed, and named since its creation
    }
    synchronized (lock) {
      lastEvents.put(event.id(), ++eventCount);
      events.accept(new RuntimeEvent.Lifecycle(event.container(flavor), transition, event.at()));
    }
    if (transition == Transition.CREATED) {
      inspectLater(event.id());
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
    try {
      return closed.await(ms, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  // The request thread.

  private void handleRequests() {
    try {
      while (closed.getCount() > 0) {
        switch (requests.takeFirst()) {
          case Request.ListAll(UnixHttp stream) -> listAll(stream);
          case Request.Inspect(String id) -> inspectNow(id);
        }
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  private void listAll(UnixHttp stream) {
    try {
      long requestedAt = eventCount();
      List<Summary> list = list(flavor.listTarget());
      restoreImageNames(list);
      synchronized (lock) {
        if (eventStream != stream) {
          return; // disconnected meanwhile; the next stream has a listing of its own
        }
        Set<String> ids = new HashSet<>();
        for (Summary summary : list) {
          ids.add(summary.container().id());
          report(summary, requestedAt);
        }
        // A container created after dockerd made the list is missing there: its event counts.
        lastEvents.forEach((id, at) -> {
          if (at > requestedAt) {
            ids.add(id);
          }
        });
        reachability.onListed();
        events.accept(new RuntimeEvent.Listed(ids));
      }
    } catch (IOException e) {
      listingFailure = e;
      closeQuietly(stream);
    }
  }

  private void inspectNow(String id) {
    try {
      long requestedAt = eventCount();
      List<Summary> list = list(flavor.listOneTarget(id));
      restoreImageNames(list);
      synchronized (lock) {
        for (Summary summary : list) {
          if (summary.container().id().equals(id)) {
            report(summary, requestedAt);
            return;
          }
        }
      }
    } catch (IOException e) {
      events.accept(
          new RuntimeEvent.Debug(kind().title() + " does not answer for " + id + ": " + reason(e)));
    }
    reportNotFound(id);
  }

  /// Waits for events that come late: the container may have been removed before they came.
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

  /// Reports a container, or requests it again if an event has changed it since `requestedAt`.
  private void report(Summary summary, long requestedAt) {
    String id = summary.container().id();
    Long lastEvent = lastEvents.get(id);
    if (lastEvent == null || lastEvent <= requestedAt) {
      events.accept(new RuntimeEvent.Inspected(summary.container(), summary.running()));
    } else {
      inspectLater(id);
    }
  }

  /// For the image's digest, which events do not have.
  private void inspectLater(String id) {
    if (!requests.offerLast(new Request.Inspect(id))) {
      events.accept(
          new RuntimeEvent.Debug(
              "no image digest for " + id + ": " + MAX_REQUESTS + " requests are waiting"));
    }
  }

  /// The listing names an image by its digest once its tag points elsewhere; inspect still has the
  /// name that the user gave.
  private void restoreImageNames(List<Summary> list) {
    list.replaceAll(summary -> {
      Container listed = summary.container();
      if (listed.image() == null || !listed.image().equals(listed.imageDigest())) {
        return summary;
      }
      String image = inspectedImage(listed.id());
      Container named =
          new Container(
              listed.runtime(),
              listed.id(),
              listed.name(),
              image == null ? listed.image() : image,
              listed.imageDigest(),
              listed.labels(),
              listed.pod());
      return new Summary(named, summary.running());
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
      return DockerJson.readList(http.body(), flavor.kind());
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

  private static void closeQuietly(@Nullable UnixHttp http) {
    if (http != null) {
      try {
        http.close();
      } catch (IOException e) {
        // not used any more
      }
    }
  }

  private static String reason(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
