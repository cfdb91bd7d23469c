package dev.jig.kube;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/// gRPC channels to agents through forwarded ports.
final class AgentChannel {
  /// HTTP/2's window. The client library's port-forward loses bytes when more than this is in
  /// flight (decision 0014); gRPC would raise its own window up to 8 MiB.
  private static final int WINDOW_BYTES = 1 << 20;

  /// One thread for the sockets of all nodes.
  private static final EventLoopGroup LOOP =
      new MultiThreadIoEventLoopGroup(
          1, Thread.ofPlatform().daemon().name("nodes").factory(), NioIoHandler.newFactory());

  private AgentChannel() {}

  /// @param port on this machine's loopback
  static ManagedChannel open(int port) {
    return NettyChannelBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        .usePlaintext()
        .eventLoopGroup(LOOP)
        .channelType(NioSocketChannel.class)
        .executor(Executors.newVirtualThreadPerTaskExecutor())
        .flowControlWindow(WINDOW_BYTES)
        .disableRetry()
        .build();
  }
}
