package dev.jig.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.capture.Packet.Direction;
import dev.jig.event.Attribution;
import dev.jig.fixture.Prerequisite;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The owner of a socket is the thread that used it last, not the one that created it. Threads
/// represent processes, which the kernel program treats the same.
final class SharedSocketsIT {
  private static final byte[] MESSAGE = new byte[40];

  /// The programs that see a read of a server's socket.
  enum Readers {
    ANY_READ,
    TCP_AND_ADDRESSED;

    List<String> missingPrograms() {
      return this == ANY_READ ? List.of() : List.of("sock_recv_length");
    }
  }

  @BeforeAll
  static void requireRoot() {
    Prerequisite.requireRoot();
  }

  @ParameterizedTest
  @EnumSource(Readers.class)
  void lastReaderOwnsATcpServersSocket(Readers readers) throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        OwnerTap tap = new OwnerTap(listener.getLocalPort(), readers.missingPrograms());
        Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
        Socket server = listener.accept()) {
      client.getOutputStream().write(MESSAGE);
      tap.first(Direction.INGRESS, client.getLocalPort());
      int reader = OtherThread.run(() -> server.getInputStream().readNBytes(MESSAGE.length));
      tap.clear();

      client.getOutputStream().write(MESSAGE);

      OwnerTap.Seen query = tap.first(Direction.INGRESS, client.getLocalPort());
      assertThat(query.attribution()).isEqualTo(Attribution.SOCKET);
      assertThat(query.known().tid()).isEqualTo(reader);
    }
  }

  @ParameterizedTest
  @EnumSource(Readers.class)
  void lastReaderOwnsAUdpServersSocket(Readers readers) throws Exception {
    try (DatagramSocket server = new DatagramSocket(0, InetAddress.ofLiteral("::1"));
        OwnerTap tap = new OwnerTap(server.getLocalPort(), readers.missingPrograms());
        DatagramSocket client = new DatagramSocket(0, InetAddress.ofLiteral("::1"))) {
      client.connect(server.getLocalSocketAddress());
      client.send(new DatagramPacket(MESSAGE, MESSAGE.length));
      int reader = OtherThread.run(() -> receive(server));
      tap.first(Direction.INGRESS, client.getLocalPort());
      tap.clear();

      client.send(new DatagramPacket(MESSAGE, MESSAGE.length));

      OwnerTap.Seen query = tap.first(Direction.INGRESS, client.getLocalPort());
      assertThat(query.attribution()).isEqualTo(Attribution.SOCKET);
      assertThat(query.known().tid()).isEqualTo(reader);
    }
  }

  @Test
  void readWithoutDataDoesNotChangeTheOwner() throws Exception {
    try (DatagramChannel server = DatagramChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
      server.configureBlocking(false);
      int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      try (OwnerTap tap = new OwnerTap(port, List.of());
          DatagramSocket client = new DatagramSocket()) {

        int idle = OtherThread.run(() -> assertThat(server.receive(buffer())).isNull());
        client.send(new DatagramPacket(MESSAGE, MESSAGE.length, server.getLocalAddress()));

        OwnerTap.Seen query = tap.first(Direction.INGRESS, client.getLocalPort());
        assertThat(query.known().tid()).isNotEqualTo(idle);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Readers.class)
  void senderOwnsATcpMessageNotTheConnectingThread(Readers readers) throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"));
        OwnerTap tap = new OwnerTap(listener.getLocalPort(), readers.missingPrograms());
        Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
        Socket server = listener.accept()) {
      int asker = OtherThread.run(() -> client.getOutputStream().write(MESSAGE));
      int answerer = OtherThread.run(() -> server.getOutputStream().write(MESSAGE));

      OwnerTap.Seen query = tap.first(Direction.EGRESS, client.getLocalPort());
      OwnerTap.Seen response = tap.first(Direction.EGRESS, listener.getLocalPort());

      assertThat(List.of(query.attribution(), response.attribution()))
          .containsOnly(Attribution.SOCKET);
      assertThat(query.known().tid()).isEqualTo(asker);
      assertThat(response.known().tid()).isEqualTo(answerer);
    }
  }

  private static void receive(DatagramSocket socket) throws IOException {
    socket.receive(new DatagramPacket(new byte[512], 512));
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocate(512);
  }
}
