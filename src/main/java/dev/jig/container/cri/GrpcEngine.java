package dev.jig.container.cri;

import dev.jig.container.ContainerRuntime;
import dev.jig.container.Reachability;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A runtime that speaks gRPC on a unix socket: containerd, CRI-O. Connects, and again after each
/// loss, ever more slowly. All it does happens on one thread, which also hears the answers.
///
/// gRPC's classes are loaded only once somebody listens at the socket.
public final class GrpcEngine implements ContainerRuntime {
  private static final long PAUSE_MIN_MS = 100;
  private static final long PAUSE_MAX_MS = 2_000;
  private static final long STABLE_NS = 2_000_000_000L;

  /// One connection, as those see it who talk over it.
  static final class Line {
    private final GrpcEngine engine;
    private final GrpcSocket socket;
    private final ContainerLives lives;

    private Line(GrpcEngine engine, GrpcSocket socket, ContainerLives lives) {
      this.engine = engine;
      this.socket = socket;
      this.lives = lives;
    }

    GrpcSocket socket() {
      return socket;
    }

    ContainerLives lives() {
      return lives;
    }

    void tell(News news) {
      engine.news.accept(news);
    }

    /// The listing is through.
    void up() {
      if (isOpen()) {
        if (engine.reachability().up()) {
          tell(new News.Debug(engine.title() + " answers at " + engine.socket));
        }
      }
    }

    /// This connection is of no use any more.
    void broken(@Nullable Throwable reason) {
      engine.broken(this, reason);
    }

    /// Hears an answer or why there is none, if this connection still stands.
    <A> void hear(CompletableFuture<A> answer, BiConsumer<@Nullable A, @Nullable Throwable> heard) {
      var _ =
          answer
              .handle((given, failure) -> {
                if (isOpen()) {
                  heard.accept(given, failure);
                }
                return given;
              })
              .exceptionally(mistake -> {
                broken(mistake);
                return null;
              });
    }

    /// Does something later, if this connection still stands.
    void after(long ms, Runnable what) {
      engine.after(
          ms,
          () -> {
            if (isOpen()) {
              what.run();
            }
          });
    }

    private boolean isOpen() {
      return engine.line == this;
    }
  }

  /// Who talks over a new connection.
  private interface Talker {
    DaemonTalk over(Line line);
  }

  private final String name;
  private final String title;
  private final Path socket;
  private final boolean chosen;
  private final boolean places;
  private final Talker talker;
  private final ScheduledThreadPoolExecutor thread;
  private Consumer<News> news = _ -> {};
  private @Nullable Reachability reachability;
  private @Nullable ContainerLives lives;
  private volatile @Nullable Line line;

  // The thread's own.
  private @Nullable DaemonTalk talk;
  private long connectedNs;
  private long pauseMs = PAUSE_MIN_MS;

  private GrpcEngine(
      String name, String title, Path socket, boolean chosen, boolean places, Talker talker) {
    this.places = places;
    this.name = name;
    this.title = title;
    this.socket = socket;
    this.chosen = chosen;
    this.talker = talker;
    this.thread =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name(name).factory());
  }

  /// containerd: pods by CRI, other containers by its own API.
  ///
  /// @param socket usually `/run/containerd/containerd.sock`
  /// @param chosen whether the user named this runtime or socket, and so wants to hear if it is
  ///   missing
  public static GrpcEngine containerd(
      Path socket, boolean chosen, ContainerdNamespaces namespaces) {
    return new GrpcEngine(
        PlainContainers.RUNTIME,
        "containerd",
        socket,
        chosen,
        !namespaces.equals(ContainerdNamespaces.KUBERNETES),
        line -> new ContainerdTalk(line, namespaces));
  }

  /// CRI-O.
  ///
  /// @param socket usually `/run/crio/crio.sock`
  /// @param chosen as for containerd
  public static GrpcEngine crio(Path socket, boolean chosen) {
    return new GrpcEngine(
        "cri-o", "CRI-O", socket, chosen, false, line -> new CriTalk("cri-o", line));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public boolean places() {
    return places;
  }

  @Override
  public void start(Consumer<News> to) {
    news = to;
    reachability = new Reachability(title, socket, chosen, to);
    lives = new ContainerLives(to);
    after(0, this::connect);
  }

  @Override
  public boolean isAnswering() {
    return reachability().isAnswering();
  }

  @Override
  public void ask(String id) {
    after(
        0,
        () -> {
          if (talk == null) {
            news.accept(new News.NotFound(id));
          } else {
            talk.ask(id);
          }
        });
  }

  private void after(long ms, Runnable what) {
    try {
      var _ = thread.schedule(what, ms, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // closed
    }
  }

  private void connect() {
    try {
      SocketChannel.open(UnixDomainSocketAddress.of(socket)).close();
    } catch (IOException e) {
      boolean exists = Files.exists(socket);
      down(
          !exists || e instanceof ConnectException, exists ? GrpcSocket.reason(e) : "no such file");
      return;
    }
    connectedNs = System.nanoTime();
    GrpcSocket opened = GrpcSocket.open(socket, name + "-io", command -> after(0, command));
    Line opening = new Line(this, opened, lives());
    line = opening;
    talk = talker.over(opening);
    talk.begin();
  }

  private void broken(Line over, @Nullable Throwable reason) {
    if (line != over) {
      return;
    }
    line = null;
    talk = null;
    over.socket().close();
    if (System.nanoTime() - connectedNs > STABLE_NS) {
      pauseMs = PAUSE_MIN_MS;
    }
    down(false, GrpcSocket.reason(reason));
  }

  private void down(boolean absent, String reason) {
    if (!thread.isShutdown()) {
      reachability().down(absent, reason);
      after(pauseMs, this::connect);
      pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 2);
    }
  }

  private Reachability reachability() {
    if (reachability == null) {
      throw new IllegalStateException("not started");
    }
    return reachability;
  }

  private ContainerLives lives() {
    if (lives == null) {
      throw new IllegalStateException("not started");
    }
    return lives;
  }

  @Override
  public void close() {
    thread.shutdownNow();
    Line open = line;
    line = null;
    if (open != null) {
      open.socket().close();
    }
  }
}
