package dev.jig.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.capture.Packet.Direction;
import dev.jig.event.Attribution;
import dev.jig.event.Owner;
import dev.jig.event.Protocol;
import dev.jig.fixture.Prerequisite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Sockets opened before the tracer have an owner from their first packet on, also a packet that
/// arrives before anything was sent or read.
final class OlderSocketsIT {
  private static final long PATIENCE_NS = 30_000_000_000L;
  private static final byte[] MESSAGE = new byte[40];

  /// How the walk writes into the sockets.
  enum Walk {
    IN_THE_KERNEL,
    WITH_BORROWED_DESCRIPTORS;

    List<String> lacking() {
      return this == IN_THE_KERNEL ? List.of(OlderSockets.LIST) : List.of(OlderSockets.MARK);
    }
  }

  @BeforeAll
  static void requireRoot() {
    Prerequisite.requireRoot();
  }

  @ParameterizedTest
  @EnumSource(Walk.class)
  void aServersFirstQueryOverUdpHasAnOwner(Walk walk) throws Exception {
    try (DatagramSocket server = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
        Tap tap = new Tap(server.getLocalPort(), walk);
        DatagramSocket client = new DatagramSocket()) {

      client.send(new DatagramPacket(MESSAGE, MESSAGE.length, server.getLocalSocketAddress()));

      tap.expectOurs(Direction.INGRESS, Protocol.UDP);
    }
  }

  @ParameterizedTest
  @EnumSource(Walk.class)
  void anAnswerToAQuerySentBeforeTheTracerHasAnOwner(Walk walk) throws Exception {
    try (DatagramSocket server = new DatagramSocket(0, InetAddress.ofLiteral("::1"));
        DatagramSocket client = new DatagramSocket(0, InetAddress.ofLiteral("::1"))) {
      client.connect(server.getLocalSocketAddress());
      try (Tap tap = new Tap(server.getLocalPort(), walk)) {

        server.send(new DatagramPacket(MESSAGE, MESSAGE.length, client.getLocalSocketAddress()));

        tap.expectOurs(Direction.INGRESS, Protocol.UDP);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Walk.class)
  void bothEndsOfATcpConnectionHaveAnOwner(Walk walk) throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
        Socket server = listener.accept();
        Tap tap = new Tap(listener.getLocalPort(), walk)) {

      client.getOutputStream().write(MESSAGE);
      tap.expectOurs(Direction.INGRESS, Protocol.TCP);

      tap.forget();
      server.getOutputStream().write(MESSAGE);
      tap.expectOurs(Direction.INGRESS, Protocol.TCP);
    }
  }

  @ParameterizedTest
  @EnumSource(Walk.class)
  void aTcpServerThatAcceptsLaterHasAnOwner(Walk walk) throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        Tap tap = new Tap(listener.getLocalPort(), walk);
        Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort())) {

      client.getOutputStream().write(MESSAGE);

      tap.expectOurs(Direction.INGRESS, Protocol.TCP);
    }
  }

  @ParameterizedTest
  @EnumSource(Walk.class)
  void whatTheSocketToldSinceStays(Walk walk) throws Exception {
    try (DatagramSocket server = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
        Tap tap = new Tap(server.getLocalPort(), walk);
        DatagramSocket client = new DatagramSocket()) {
      client.connect(server.getLocalSocketAddress());
      int sender = sendFromThread(client);

      tap.walkAgain();
      server.send(new DatagramPacket(MESSAGE, MESSAGE.length, client.getLocalSocketAddress()));

      Seen answer = tap.await(Direction.INGRESS, server.getLocalPort());
      assertThat(Objects.requireNonNull(answer.owner()).tid()).isEqualTo(sender);
    }
  }

  /// Sends from a thread of its own, whose id no walk tells; returns that.
  private static int sendFromThread(DatagramSocket socket) throws Exception {
    int[] tid = new int[1];
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    tid[0] = Integer.parseInt(Path.of("/proc/thread-self").toRealPath().getFileName().toString());
                    socket.send(new DatagramPacket(MESSAGE, MESSAGE.length));
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
    thread.join();
    return tid[0];
  }

  /// What a record said, copied: the reader has one packet for all.
  private record Seen(
      Direction direction,
      Protocol protocol,
      int sourcePort,
      Attribution attribution,
      @Nullable Owner owner) {}

  private static final class Tap implements AutoCloseable {
    private final List<Seen> packets = new ArrayList<>();
    private final LiveCapture capture;

    Tap(int port, Walk walk) {
      BitSet ports = new BitSet();
      ports.set(port);
      capture = LiveCapture.load(ports, false, false, this::add, walk.lacking());
      capture.attach();
      assertThat(capture.leftOut()).doesNotContainKey("walk over older sockets");
    }

    private void add(Packet packet) {
      packets.add(
          new Seen(
              packet.direction(),
              packet.protocol(),
              packet.sourcePort(),
              packet.attribution(),
              packet.owner()));
    }

    void forget() {
      packets.clear();
    }

    void walkAgain() {
      assertThat(capture.walk()).isEmpty();
    }

    Seen await(Direction direction, int sourcePort) {
      return await(p -> p.direction == direction && p.sourcePort == sourcePort);
    }

    private Seen await(Predicate<Seen> wanted) {
      long deadline = System.nanoTime() + PATIENCE_NS;
      while (packets.stream().noneMatch(wanted) && System.nanoTime() < deadline) {
        capture.poll(20);
      }
      assertThat(packets).anyMatch(wanted);
      return packets.stream().filter(wanted).findFirst().orElseThrow();
    }

    /// The first packet this way is this process's, by its socket.
    void expectOurs(Direction direction, Protocol protocol) throws IOException {
      Seen packet = await(p -> p.direction == direction && p.protocol == protocol);
      Owner owner = Objects.requireNonNull(packet.owner(), packet.toString());
      assertThat(packet.attribution).isEqualTo(Attribution.SOCKET);
      assertThat(owner.pid()).isEqualTo((int) ProcessHandle.current().pid());
      assertThat(owner.ppid())
          .isEqualTo((int) ProcessHandle.current().parent().orElseThrow().pid());
      assertThat(owner.comm())
          .isEqualTo(Files.readString(Path.of("/proc/self/comm"), StandardCharsets.UTF_8).strip());
      assertThat(owner.uid()).isZero();
    }

    @Override
    public void close() {
      capture.close();
    }
  }
}
