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

/// One gRPC connection to a daemon's unix socket. Every answer comes on the one thread of the given
/// executor, so that what hears them needs no locks.
///
/// By the JDK's own unix sockets: netty's epoll would unpack a native library into a temporary
/// folder, which a pod with a read-only root may not have.
final class GrpcChannel implements AutoCloseable {
  private static final long TIMEOUT_S = 5;

  /// A thousand containers with their labels are some 2 MiB.
  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  /// What netty and gRPC log is said by the failing call too; their loggers would write to stderr.
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

  /// Connects with the first call.
  ///
  /// @param name of the thread that reads and writes
  /// @param executor of one thread
  static GrpcChannel open(Path socket, String name, Executor executor) {
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, Thread.ofPlatform().daemon().name(name).factory(), NioIoHandler.newFactory());
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .eventLoopGroup(loop)
            .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
            .usePlaintext()
            .overrideAuthority("localhost") // servers in Go refuse a path as :authority
            .executor(executor)
            .offloadExecutor(executor)
            .disableRetry()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .build();
    return new GrpcChannel(loop, channel);
  }

  /// One question, one answer; fails with a [io.grpc.StatusException], after 5 s at the latest.
  <Q, A> CompletableFuture<A> call(
      MethodDescriptor<Q, A> method, Q question, Consumer<Metadata> headers) {
    return collect(method, question, headers)
        .thenApply(answers -> {
          if (answers.isEmpty()) {
            throw Status.INTERNAL
                .withDescription("an answer without a message")
                .asRuntimeException();
          }
          return answers.getFirst();
        });
  }

  /// One question, a finite stream of answers.
  <Q, A> CompletableFuture<List<A>> collect(
      MethodDescriptor<Q, A> method, Q question, Consumer<Metadata> headers) {
    CompletableFuture<List<A>> future = new CompletableFuture<>();
    List<A> answers = new ArrayList<>();
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(TIMEOUT_S, TimeUnit.SECONDS);
    start(
        channel.newCall(method, options),
        question,
        headers,
        answers::add,
        status -> {
          if (status.isOk()) {
            future.complete(answers);
          } else {
            future.completeExceptionally(status.asException());
          }
        });
    return future;
  }

  /// One question, answers without end; `end` is told why they ended after all.
  <Q, A> void subscribe(
      MethodDescriptor<Q, A> method, Q question, Consumer<A> each, Consumer<Status> end) {
    start(channel.newCall(method, CallOptions.DEFAULT), question, _ -> {}, each, end);
  }

  private static <Q, A> void start(
      ClientCall<Q, A> call,
      Q question,
      Consumer<Metadata> headers,
      Consumer<A> each,
      Consumer<Status> end) {
    Metadata sent = new Metadata();
    headers.accept(sent);
    call.start(
        new ClientCall.Listener<A>() {
          @Override
          public void onMessage(A answer) {
            each.accept(answer);
            call.request(1);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            end.accept(status);
          }
        },
        sent);
    call.request(1);
    call.sendMessage(question);
    call.halfClose();
  }

  /// Ends every call; returns at once.
  @Override
  public void close() {
    channel.shutdownNow();
    var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /// Why a call failed, in words for the user.
  static String reason(@Nullable Throwable failure) {
    Throwable cause = failure;
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause == null) {
      return "it ended the connection";
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
