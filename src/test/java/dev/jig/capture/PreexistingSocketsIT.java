package dev.jig.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.capture.Packet.Direction;
import dev.jig.event.Protocol;
import dev.jig.fixture.Command;
import dev.jig.fixture.Prerequisite;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Sockets opened before the programs were attached have an owner from their first packet on, even
/// one that arrives before the socket was written or read.
final class PreexistingSocketsIT {
  private static final byte[] MESSAGE = new byte[40];

  /// How socket storage is written.
  enum Walk {
    IN_THE_KERNEL,
    WITH_BORROWED_DESCRIPTORS;

    List<String> missingPrograms() {
      return this == IN_THE_KERNEL
          ? List.of(PreexistingSockets.LIST)
          : List.of(PreexistingSockets.MARK);
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
        OwnerTap tap = new OwnerTap(server.getLocalPort(), walk.missingPrograms());
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
      try (OwnerTap tap = new OwnerTap(server.getLocalPort(), walk.missingPrograms())) {

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
        OwnerTap tap = new OwnerTap(listener.getLocalPort(), walk.missingPrograms())) {

      client.getOutputStream().write(MESSAGE);
      tap.expectOurs(Direction.INGRESS, Protocol.TCP);

      tap.clear();
      server.getOutputStream().write(MESSAGE);
      tap.expectOurs(Direction.INGRESS, Protocol.TCP);
    }
  }

  @ParameterizedTest
  @EnumSource(Walk.class)
  void aTcpServerThatAcceptsLaterHasAnOwner(Walk walk) throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        OwnerTap tap = new OwnerTap(listener.getLocalPort(), walk.missingPrograms());
        Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort())) {

      client.getOutputStream().write(MESSAGE);

      tap.expectOurs(Direction.INGRESS, Protocol.TCP);
    }
  }

  @ParameterizedTest
  @EnumSource(Walk.class)
  void socketsInAnotherNetworkNamespaceHaveAnOwner(Walk walk) throws Exception {
    try (Elsewhere elsewhere = Elsewhere.open();
        OwnerTap tap = new OwnerTap(elsewhere.server.getLocalPort(), walk.missingPrograms())) {

      elsewhere.client.send(
          new DatagramPacket(MESSAGE, MESSAGE.length, elsewhere.server.getLocalSocketAddress()));

      tap.expectOurs(Direction.INGRESS, Protocol.UDP);
    }
  }

  @ParameterizedTest
  @EnumSource(Walk.class)
  void walkKeepsAnOwnerLearnedSince(Walk walk) throws Exception {
    try (DatagramSocket server = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
        OwnerTap tap = new OwnerTap(server.getLocalPort(), walk.missingPrograms());
        DatagramSocket client = new DatagramSocket()) {
      client.connect(server.getLocalSocketAddress());
      int sender = OtherThread.run(() -> client.send(new DatagramPacket(MESSAGE, MESSAGE.length)));

      tap.assignOwnersAgain();
      server.send(new DatagramPacket(MESSAGE, MESSAGE.length, client.getLocalSocketAddress()));

      OwnerTap.Seen answer = tap.first(Direction.INGRESS, server.getLocalPort());
      assertThat(answer.known().tid()).isEqualTo(sender);
    }
  }

  /// Two sockets of this process in a network namespace that lives as long as they do.
  private record Elsewhere(DatagramSocket server, DatagramSocket client) implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x40000000;

    static Elsewhere open() throws Exception {
      FutureTask<Elsewhere> task = new FutureTask<>(Elsewhere::openHere);
      Thread.ofPlatform().start(task); // the namespace belongs to the thread
      return task.get();
    }

    private static Elsewhere openHere() throws IOException {
      leaveNetwork();
      Command.run("ip", "link", "set", "lo", "up").orThrow();
      InetAddress local = InetAddress.ofLiteral("127.0.0.1");
      return new Elsewhere(new DatagramSocket(0, local), new DatagramSocket(0, local));
    }

    @SuppressWarnings("restricted")
    private static void leaveNetwork() {
      Linker linker = Linker.nativeLinker();
      FunctionDescriptor shape = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
      try {
        int result =
            (int)
                linker
                    .downcallHandle(linker.defaultLookup().findOrThrow("unshare"), shape)
                    .invokeExact(CLONE_NEWNET);
        assertThat(result).as("unshare").isZero();
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new AssertionError("C functions throw nothing", e);
      }
    }

    @Override
    public void close() {
      server.close();
      client.close();
    }
  }
}
