package dev.jig.container.cri;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// A gRPC connection to a unix socket. All replies come on the one thread of the given executor, so
/// that their handlers need no locks.
///
/// Uses the JDK's unix sockets: netty's epoll would unpack a native library into a temporary
/// folder, which does not exist in a pod with a read-only root.
final class GrpcChannel implements AutoCloseable {
  private static final long TIMEOUT_S = 5;

  /// 1,000 containers with their labels take about 2 MiB.
  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  /// Errors that gRPC and netty log to stderr fail a call, too, and are reported there.
  private static final Logger SILENCED = Logger.getLogger("io.grpc");

  static {
    SILENCED.setLevel(Level.OFF);
  }

  private final EventLoopGroup loop;
  private final ManagedChannel channel;

  private GrpcChannel(EventLoopGroup loop, ManagedChannel channel) {
    this.loop = loop;
    this.channel = channel;
  }

  /// Opens a channel, which connects with its first call.
  ///
  /// @param name of the thread that reads and writes
  /// @param executor has one thread
  static GrpcChannel open(Path socket, String name, Executor executor) {
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, Thread.ofPlatform().daemon().name(name).factory(), NioIoHandler.newFactory());
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .eventLoopGroup(loop)
            .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
            .usePlaintext()
            .overrideAuthority("localhost") // Go's servers refuse a path as :authority
            .executor(executor)
            .offloadExecutor(executor)
            .disableRetry()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .build();
    return new GrpcChannel(loop, channel);
  }

  /// Calls a method with one reply; fails with a [io.grpc.StatusException] after at most 5 s.
  <Q, A> CompletableFuture<A> call(
      MethodDescriptor<Q, A> method, Q request, Consumer<Metadata> headers) {
    return collect(method, request, headers)
        .thenApply(replies -> {
          if (replies.isEmpty()) {
            throw Status.INTERNAL.withDescription("the reply has no message").asRuntimeException();
          }
          return replies.getFirst();
        });
  }

  /// Calls a method with a finite stream of replies; fails as [#call] does.
  <Q, A> CompletableFuture<List<A>> collect(
      MethodDescriptor<Q, A> method, Q request, Consumer<Metadata> headers) {
    CompletableFuture<List<A>> future = new CompletableFuture<>();
    List<A> replies = new ArrayList<>();
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(TIMEOUT_S, TimeUnit.SECONDS);
    start(
        channel.newCall(method, options),
        request,
        headers,
        replies::add,
        status -> {
          if (status.isOk()) {
            future.complete(replies);
          } else {
            future.completeExceptionally(status.asException());
          }
        });
    return future;
  }

  /// Calls a method with an endless stream of replies; `end` receives the status if it ends.
  <Q, A> void subscribe(
      MethodDescriptor<Q, A> method, Q request, Consumer<A> each, Consumer<Status> end) {
    start(channel.newCall(method, CallOptions.DEFAULT), request, _ -> {}, each, end);
  }

  private static <Q, A> void start(
      ClientCall<Q, A> call,
      Q request,
      Consumer<Metadata> headers,
      Consumer<A> each,
      Consumer<Status> end) {
    Metadata sent = new Metadata();
    headers.accept(sent);
    call.start(
        new ClientCall.Listener<A>() {
          @Override
          public void onMessage(A reply) {
            each.accept(reply);
            call.request(1);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            end.accept(status);
          }
        },
        sent);
    call.request(1);
    call.sendMessage(request);
    call.halfClose();
  }

  /// Ends every call; returns at once.
  @Override
  public void close() {
    channel.shutdownNow();
    var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /// The reason of a failed call, as the user sees it.
  static String reason(@Nullable Throwable failure) {
    Throwable cause = failure;
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause == null) {
      return "it closed the connection";
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
