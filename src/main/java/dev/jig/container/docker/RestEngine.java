package dev.jig.container.docker;

import dev.jig.container.ContainerRuntime;
import dev.jig.container.ContainerRuntime.News;
import dev.jig.container.Reachability;
import dev.jig.container.docker.RestJson.Event;
import dev.jig.container.docker.RestJson.Listed;
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
public final class RestEngine implements ContainerRuntime {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final long PAUSE_MIN_MS = 100;
  private static final long PAUSE_MAX_MS = 2_000;
  private static final long STABLE_NS = 2_000_000_000L;
  private static final int ASKED_AT_MOST = 10_000;

  /// What the asking thread is asked for.
  private sealed interface Question {
    /// Everything; `over` is the event stream that has to end if it fails.
    record All(UnixHttp over) implements Question {}

    record One(String id) implements Question {}
  }

  private final RestDialect dialect;
  private final Path socket;
  private final LinkedBlockingDeque<Question> questions = new LinkedBlockingDeque<>(ASKED_AT_MOST);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Object lock = new Object();
  private final Reachability reachability;
  private volatile @Nullable UnixHttp stream;
  private volatile long pauseMs = PAUSE_MIN_MS;

  /// Why the stream was ended by ourselves.
  private volatile @Nullable IOException listingFailure;

  // Guarded by the lock.
  private long eventCount;

  private Consumer<News> news = _ -> {};
  private @Nullable Thread asker;

  /// When events last told of a container, in their own count: an answer asked before is stale.
  private final Map<String, Long> touched =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > ASKED_AT_MOST;
        }
      };

  /// @param socket usually `/run/docker.sock`
  /// @param chosen whether the user named this runtime or socket, and so wants to hear if it is
  ///   missing
  public RestEngine(RestDialect dialect, Path socket, boolean chosen) {
    this.dialect = dialect;
    this.socket = socket;
    this.reachability =
        new Reachability(dialect.title(), socket, chosen, told -> news.accept(told));
  }

  @Override
  public String name() {
    return dialect.runtime();
  }

  @Override
  public String title() {
    return dialect.title();
  }

  @Override
  public void start(Consumer<News> to) {
    news = to;
    Thread.ofPlatform().daemon().name(name() + "-events").start(this::follow);
    asker = Thread.ofPlatform().daemon().name(name() + "-ask").start(this::answer);
  }

  @Override
  public boolean isAnswering() {
    return reachability.isAnswering();
  }

  /// In front of what merely completes containers already named: somebody holds a row for it.
  @Override
  public void ask(String id) {
    if (!questions.offerFirst(new Question.One(id))) {
      news.accept(new News.NotFound(id));
    }
  }

  @Override
  public void close() {
    closed.countDown();
    Thread asking = asker;
    if (asking != null) {
      asking.interrupt();
    }
    end(stream);
  }

  // The thread that follows events.

  private void follow() {
    do {
      long startNs = System.nanoTime();
      try (UnixHttp events = open(dialect.events())) {
        begin(events);
        RestJson.events(events.body(), this::happened);
        throw new EOFException("the event stream has ended");
      } catch (IOException broken) {
        IOException listing = listingFailure;
        listingFailure = null;
        if (System.nanoTime() - startNs > STABLE_NS) {
          pauseMs = PAUSE_MIN_MS;
        }
        lost(listing == null ? broken : listing);
      }
    } while (!isClosedWithin(pauseMs));
  }

  private void begin(UnixHttp events) throws IOException {
    synchronized (lock) {
      stream = events.endless();
    }
    if (closed.getCount() == 0) {
      throw new AsynchronousCloseException();
    }
    if (!questions.offerFirst(new Question.All(events))) {
      throw new IOException("more than " + ASKED_AT_MOST + " questions wait");
    }
  }

  private void happened(Event event) {
    Life life = dialect.life(event.action());
    if (life == null) {
      return;
    }
    if (life == Life.STARTED && event.isSandbox()) {
      return; // known since it was created, and nothing to list
    }
    synchronized (lock) {
      touched.put(event.id(), ++eventCount);
      news.accept(new News.Happened(event.container(dialect), life, event.at()));
    }
    if (life == Life.CREATED && !questions.offerLast(new Question.One(event.id()))) {
      news.accept(new News.Debug("no image digest for " + event.id() + ": too many new ones"));
    }
  }

  private void lost(IOException e) {
    if (closed.getCount() == 0) {
      return;
    }
    synchronized (lock) {
      stream = null;
      boolean absent = e instanceof ConnectException || !Files.exists(socket);
      reachability.down(absent, reason(e));
    }
    questions.removeIf(Question.All.class::isInstance);
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

  private void answer() {
    try {
      while (closed.getCount() > 0) {
        switch (questions.takeFirst()) {
          case Question.All(UnixHttp over) -> answerAll(over);
          case Question.One(String id) -> answerOne(id);
        }
      }
    } catch (InterruptedException e) {
      // closing
    }
  }

  private void answerAll(UnixHttp over) {
    try {
      long before = eventCount();
      List<Listed> listing = listing(dialect.all());
      completeImages(listing);
      synchronized (lock) {
        if (stream != over) {
          return; // lost meanwhile; the next stream brings its own listing
        }
        Set<String> ids = new HashSet<>();
        for (Listed listed : listing) {
          ids.add(listed.container().id());
          describe(listed, before);
        }
        // Born after dockerd made its list: events know better.
        touched.forEach((id, when) -> addIf(when > before, ids, id));
        reachability.up();
        news.accept(new News.Listed(ids));
      }
    } catch (IOException e) {
      listingFailure = e;
      end(over); // to begin anew
    }
  }

  private void answerOne(String id) {
    try {
      long before = eventCount();
      List<Listed> listing = listing(dialect.one(id));
      completeImages(listing);
      synchronized (lock) {
        for (Listed listed : listing) {
          if (listed.container().id().equals(id)) {
            describe(listed, before);
            return;
          }
        }
      }
    } catch (IOException e) {
      news.accept(new News.Debug(title() + " does not answer for " + id + ": " + reason(e)));
    }
    notFound(id);
  }

  /// It may have been removed before its events came.
  private void notFound(String id) {
    if (dialect.eventsLateMs() == 0) {
      news.accept(new News.NotFound(id));
      return;
    }
    Thread.ofVirtual()
        .start(() -> {
          try {
            if (!closed.await(dialect.eventsLateMs(), TimeUnit.MILLISECONDS)) {
              news.accept(new News.NotFound(id));
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /// Publishes what was listed, unless an event has told something newer since `before`.
  private void describe(Listed listed, long before) {
    String id = listed.container().id();
    if (touched.getOrDefault(id, 0L) <= before) {
      news.accept(new News.Described(listed.container(), listed.running()));
    } else if (!questions.offerLast(new Question.One(id))) {
      news.accept(new News.Debug("no image digest for " + id + ": too many new ones"));
    }
  }

  /// The listing shows an image whose tag has moved on by its digest; inspect keeps the name that
  /// the user gave.
  private void completeImages(List<Listed> listing) {
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
      return new Listed(named, listed.running());
    });
  }

  private @Nullable String inspectedImage(String id) {
    try (UnixHttp http = open(dialect.inspect(id))) {
      return RestJson.inspectedImage(http.body());
    } catch (IOException e) {
      return null; // removed meanwhile
    }
  }

  private List<Listed> listing(String target) throws IOException {
    try (UnixHttp http = open(target)) {
      return RestJson.listing(http.body(), dialect);
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

  private static void end(@Nullable UnixHttp http) {
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
