package dev.jig.container.cri;

import dev.jig.container.ContainerRuntime;
import dev.jig.container.Reachability;
import dev.jig.container.RuntimeEvent;
import dev.jig.container.RuntimeKind;
import dev.jig.os.Backoff;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A client of a runtime that serves gRPC on a unix socket: containerd, CRI-O. Keeps one connection
/// with one [RuntimeSession], and reconnects after 100 ms to 2 s.
///
/// Everything runs on one thread, callbacks of gRPC included. gRPC's classes are loaded only after
/// a first connect has succeeded.
public final class GrpcRuntime implements ContainerRuntime {
  private static final long MIN_RECONNECT_MS = 100;
  private static final long MAX_RECONNECT_MS = 2_000;

  /// Makes the session of a new connection.
  private interface SessionFactory {
    RuntimeSession open(Connection connection);
  }

  private final RuntimeKind kind;
  private final Path socket;
  private final boolean canReportCgroups;
  private final SessionFactory sessions;
  private final ScheduledThreadPoolExecutor thread;
  private final Reachability reachability;
  private final LifecycleTracker tracker;
  private Consumer<RuntimeEvent> events = _ -> {};
  private volatile @Nullable Connection connection;

  // Used by the thread alone.
  private final Backoff backoff = new Backoff(MIN_RECONNECT_MS, MAX_RECONNECT_MS);
  private @Nullable RuntimeSession session;
  private long connectedNs;

  private GrpcRuntime(
      RuntimeKind kind,
      Path socket,
      boolean requested,
      boolean canReportCgroups,
      SessionFactory sessions) {
    this.kind = kind;
    this.socket = socket;
    this.canReportCgroups = canReportCgroups;
    this.sessions = sessions;
    this.thread =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name(kind.key()).factory());
    this.reachability = new Reachability(kind, socket, requested, event -> events.accept(event));
    this.tracker = new LifecycleTracker(event -> events.accept(event));
  }

  /// containerd: pods by CRI, other containers by its own API.
  ///
  /// @param requested whether the user named this runtime or its socket
  /// @param namespaces those to name containers of
  public static GrpcRuntime containerd(
      Path socket, boolean requested, ContainerdNamespaces namespaces) {
    return new GrpcRuntime(
        RuntimeKind.CONTAINERD,
        socket,
        requested,
        !namespaces.equals(ContainerdNamespaces.KUBERNETES),
        connection -> new ContainerdSession(connection, namespaces));
  }

  /// A runtime that serves CRI alone, such as CRI-O.
  ///
  /// @param requested whether the user named this runtime or its socket
  public static GrpcRuntime cri(RuntimeKind kind, Path socket, boolean requested) {
    return new GrpcRuntime(
        kind, socket, requested, false, connection -> new CriSession(kind, connection));
  }

  @Override
  public RuntimeKind kind() {
    return kind;
  }

  @Override
  public boolean canReportCgroups() {
    return canReportCgroups;
  }

  @Override
  public void start(Consumer<RuntimeEvent> to) {
    events = to;
    schedule(0, this::connect);
  }

  @Override
  public boolean canAnswer() {
    return reachability.canAnswer();
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

  @Override
  public CompletableFuture<List<String>> resolvConf(String id) {
    CompletableFuture<List<String>> lines = new CompletableFuture<>();
    schedule(
        0,
        () -> {
          if (session == null) {
            lines.complete(List.of());
          } else {
            var _ = session.resolvConf(id).thenAccept(lines::complete);
          }
        });
    return lines;
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

  private void connect() {
    try {
      SocketChannel.open(UnixDomainSocketAddress.of(socket)).close();
    } catch (IOException e) {
      boolean exists = Files.exists(socket);
      scheduleReconnect(
          !exists || e instanceof ConnectException,
          exists ? GrpcChannel.reason(e) : "no such file",
          0);
      return;
    }
    connectedNs = System.nanoTime();
    GrpcChannel channel =
        GrpcChannel.open(socket, kind.key() + "-io", callback -> schedule(0, callback));
    Connection opened = new Connection(this, channel, tracker);
    connection = opened;
    session = sessions.open(opened);
    session.start();
  }

  private void onConnectionFailed(Connection failed, @Nullable Throwable reason) {
    if (connection != failed) {
      return;
    }
    connection = null;
    session = null;
    failed.channel().close();
    long lastedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - connectedNs);
    scheduleReconnect(false, GrpcChannel.reason(reason), lastedMs);
  }

  private void scheduleReconnect(boolean absent, String reason, long lastedMs) {
    if (!thread.isShutdown()) {
      reachability.onFailure(absent, reason);
      schedule(backoff.nextMsAfter(lastedMs), this::connect);
    }
  }

  private void schedule(long delayMs, Runnable task) {
    try {
      var _ = thread.schedule(task, delayMs, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // closed
    }
  }

  /// One connection, as its session uses it. Once it failed or was closed, replies and scheduled
  /// tasks are dropped.
  static final class Connection {
    private final GrpcRuntime runtime;
    private final GrpcChannel channel;
    private final LifecycleTracker tracker;

    private Connection(GrpcRuntime runtime, GrpcChannel channel, LifecycleTracker tracker) {
      this.runtime = runtime;
      this.channel = channel;
      this.tracker = tracker;
    }

    GrpcChannel channel() {
      return channel;
    }

    LifecycleTracker tracker() {
      return tracker;
    }

    void emit(RuntimeEvent event) {
      runtime.events.accept(event);
    }

    /// A listing is complete.
    void onListed() {
      if (isOpen() && runtime.reachability.onListed()) {
        emit(new RuntimeEvent.Debug(runtime.kind.title() + " answers at " + runtime.socket));
      }
    }

    /// Closes this connection; the runtime reconnects.
    void fail(@Nullable Throwable reason) {
      runtime.onConnectionFailed(this, reason);
    }

    /// Passes the reply, or the failure, to `handler`. An exception of the handler fails the
    /// connection.
    <A> void handle(
        CompletableFuture<A> reply, BiConsumer<@Nullable A, @Nullable Throwable> handler) {
      var _ =
          reply
              .handle((value, failure) -> {
                if (isOpen()) {
                  handler.accept(value, failure);
                }
                return value;
              })
              .exceptionally(bug -> {
                fail(bug);
                return null;
              });
    }

    void schedule(long delayMs, Runnable task) {
      runtime.schedule(
          delayMs,
          () -> {
            if (isOpen()) {
              task.run();
            }
          });
    }

    private boolean isOpen() {
      return runtime.connection == this;
    }
  }
}
