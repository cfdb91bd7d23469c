package dev.jig.container.cri;

import dev.jig.container.RuntimeEvent;
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
public final class GrpcRuntime implements ContainerRuntime {
  private static final long PAUSE_MIN_MS = 100;
  private static final long PAUSE_MAX_MS = 2_000;
  private static final long STABLE_NS = 2_000_000_000L;

  /// One connection, as those see it who talk over it.
  static final class Connection {
    private final GrpcRuntime runtime;
    private final GrpcChannel channel;
    private final LifecycleTracker tracker;

    private Connection(GrpcRuntime engine, GrpcChannel socket, LifecycleTracker lives) {
      this.runtime = engine;
      this.channel = socket;
      this.tracker = lives;
    }

    GrpcChannel channel() {
      return channel;
    }

    LifecycleTracker tracker() {
      return tracker;
    }

    void emit(RuntimeEvent news) {
      runtime.events.accept(news);
    }

    /// The listing is through.
    void onListed() {
      if (isOpen()) {
        if (runtime.reachability().onListed()) {
          emit(new RuntimeEvent.Debug(runtime.title() + " answers at " + runtime.socket));
        }
      }
    }

    /// This connection is of no use any more.
    void fail(@Nullable Throwable reason) {
      runtime.onConnectionFailed(this, reason);
    }

    /// Hears an answer or why there is none, if this connection still stands.
    <A> void handle(CompletableFuture<A> answer, BiConsumer<@Nullable A, @Nullable Throwable> heard) {
      var _ =
          answer
              .handle((given, failure) -> {
                if (isOpen()) {
                  heard.accept(given, failure);
                }
                return given;
              })
              .exceptionally(mistake -> {
                fail(mistake);
                return null;
              });
    }

    /// Does something later, if this connection still stands.
    void schedule(long ms, Runnable what) {
      runtime.schedule(
          ms,
          () -> {
            if (isOpen()) {
              what.run();
            }
          });
    }

    private boolean isOpen() {
      return runtime.connection == this;
    }
  }

  /// Who talks over a new connection.
  private interface SessionFactory {
    RuntimeSession open(Connection line);
  }

  private final String name;
  private final String title;
  private final Path socket;
  private final boolean requested;
  private final boolean canReportCgroups;
  private final SessionFactory sessions;
  private final ScheduledThreadPoolExecutor thread;
  private Consumer<RuntimeEvent> events = _ -> {};
  private @Nullable Reachability reachability;
  private @Nullable LifecycleTracker tracker;
  private volatile @Nullable Connection connection;

  // The thread's own.
  private @Nullable RuntimeSession session;
  private long connectedNs;
  private long pauseMs = PAUSE_MIN_MS;

  private GrpcRuntime(
      String name, String title, Path socket, boolean chosen, boolean places, SessionFactory talker) {
    this.canReportCgroups = places;
    this.name = name;
    this.title = title;
    this.socket = socket;
    this.requested = chosen;
    this.sessions = talker;
    this.thread =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name(name).factory());
  }

  /// containerd: pods by CRI, other containers by its own API.
  ///
  /// @param channel usually `/run/containerd/containerd.sock`
  /// @param requested whether the user named this runtime or socket, and so wants to hear if it is
  ///   missing
  public static GrpcRuntime containerd(
      Path socket, boolean chosen, ContainerdNamespaces namespaces) {
    return new GrpcRuntime(
        ContainerdRecords.RUNTIME,
        "containerd",
        socket,
        chosen,
        !namespaces.equals(ContainerdNamespaces.KUBERNETES),
        line -> new ContainerdSession(line, namespaces));
  }

  /// CRI-O.
  ///
  /// @param channel usually `/run/crio/crio.sock`
  /// @param requested as for containerd
  public static GrpcRuntime crio(Path socket, boolean chosen) {
    return new GrpcRuntime(
        "cri-o", "CRI-O", socket, chosen, false, line -> new CriSession("cri-o", line));
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
  public boolean canReportCgroups() {
    return canReportCgroups;
  }

  @Override
  public void start(Consumer<RuntimeEvent> to) {
    events = to;
    reachability = new Reachability(title, socket, requested, to);
    tracker = new LifecycleTracker(to);
    schedule(0, this::connect);
  }

  @Override
  public boolean canAnswer() {
    return reachability().canAnswer();
  }

  @Override
  public void inspect(String id) {
    schedule(
        0,
        () -> {
          if (session == null) {
            events.accept(new RuntimeEvent.NotFound(id));
          } else {
            session.inspect(id);
          }
        });
  }

  private void schedule(long ms, Runnable what) {
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
      scheduleReconnect(
          !exists || e instanceof ConnectException, exists ? GrpcChannel.reason(e) : "no such file");
      return;
    }
    connectedNs = System.nanoTime();
    GrpcChannel opened = GrpcChannel.open(socket, name + "-io", command -> schedule(0, command));
    Connection opening = new Connection(this, opened, tracker());
    connection = opening;
    session = sessions.open(opening);
    session.start();
  }

  private void onConnectionFailed(Connection over, @Nullable Throwable reason) {
    if (connection != over) {
      return;
    }
    connection = null;
    session = null;
    over.channel().close();
    if (System.nanoTime() - connectedNs > STABLE_NS) {
      pauseMs = PAUSE_MIN_MS;
    }
    scheduleReconnect(false, GrpcChannel.reason(reason));
  }

  private void scheduleReconnect(boolean absent, String reason) {
    if (!thread.isShutdown()) {
      reachability().onFailure(absent, reason);
      schedule(pauseMs, this::connect);
      pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 2);
    }
  }

  private Reachability reachability() {
    if (reachability == null) {
      throw new IllegalStateException("not started");
    }
    return reachability;
  }

  private LifecycleTracker tracker() {
    if (tracker == null) {
      throw new IllegalStateException("not started");
    }
    return tracker;
  }

  @Override
  public void close() {
    thread.shutdownNow();
    Connection open = connection;
    connection = null;
    if (open != null) {
      open.channel().close();
    }
  }
}
