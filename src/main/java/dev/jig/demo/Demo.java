package dev.jig.demo;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A resolver on a free port of 127.0.0.1, over UDP and TCP, and a client that makes six lookups.
public final class Demo implements AutoCloseable {
  static final int BUFFER = 512;

  /// What the client does.
  public enum Scenario {
    /// Six lookups, one of each kind of row; the last one is not answered.
    ROWS,
    /// Lookups with three faults, and healthy ones.
    FAULTS
  }

  private final Scenario scenario;
  private final DemoZone zone = new DemoZone();
  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private @Nullable DatagramSocket unanswered;

  private Demo(Scenario scenario, DatagramSocket udp, ServerSocket tcp) {
    this.scenario = scenario;
    this.udp = udp;
    this.tcp = tcp;
  }

  /// Starts the resolver.
  ///
  /// @throws IOException if no port is free for UDP and TCP
  public static Demo start(Scenario scenario) throws IOException {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    ServerSocket tcp = new ServerSocket(0, 8, loopback);
    Demo demo = new Demo(scenario, new DatagramSocket(tcp.getLocalPort(), loopback), tcp);
    Thread.ofPlatform().daemon().name("demo-resolver").start(demo::serveUdp);
    Thread.ofPlatform().daemon().name("demo-resolver").start(demo::serveTcp);
    return demo;
  }

  /// The resolver's port.
  public int port() {
    return tcp.getLocalPort();
  }

  /// Whether the last lookup of the scenario is not answered.
  public boolean isLastUnanswered() {
    return scenario == Scenario.ROWS;
  }

  /// Makes the lookups, one after the other.
  public void runLookups() throws IOException {
    switch (scenario) {
      case ROWS -> runRows();
      case FAULTS -> FaultyLookups.run(udp.getLocalSocketAddress());
    }
  }

  private void runRows() throws IOException {
    queryOverUdp(DemoZone.query(0x1001, "example.test", DemoZone.TYPE_A));
    queryOverUdp(DemoZone.query(0x1002, "example.test", DemoZone.TYPE_AAAA));
    queryOverUdp(DemoZone.query(0x1003, "example.test", DemoZone.TYPE_MX));
    queryOverUdp(DemoZone.query(0x1004, "nowhere.example.test", DemoZone.TYPE_A));
    queryOverTcp(DemoZone.query(0x1005, "example.test", DemoZone.TYPE_A));
    DatagramSocket silent = connected();
    unanswered = silent; // open until close(), so that its query times out
    send(silent, DemoZone.query(0x1006, "silent.example.test", DemoZone.TYPE_A));
  }

  private DatagramSocket connected() throws IOException {
    DatagramSocket socket = new DatagramSocket();
    socket.connect(udp.getLocalSocketAddress());
    return socket;
  }

  private static void send(DatagramSocket socket, byte[] message) throws IOException {
    socket.send(new DatagramPacket(message, message.length));
  }

  private void queryOverUdp(byte[] query) throws IOException {
    try (DatagramSocket socket = connected()) {
      send(socket, query);
      socket.receive(new DatagramPacket(new byte[BUFFER], BUFFER));
    }
  }

  private void queryOverTcp(byte[] query) throws IOException {
    try (Socket socket = new Socket(tcp.getInetAddress(), tcp.getLocalPort())) {
      socket.getOutputStream().write(withLengthPrefix(query));
      socket.getInputStream().read(new byte[BUFFER]);
    }
  }

  /// Puts the 2-byte length in front of a message (RFC 1035 section 4.2.2), for one write.
  private static byte[] withLengthPrefix(byte[] message) {
    return ByteBuffer.allocate(2 + message.length)
        .putShort((short) message.length)
        .put(message)
        .array();
  }

  private void serveUdp() {
    DatagramPacket packet = new DatagramPacket(new byte[BUFFER], BUFFER);
    try {
      while (true) {
        packet.setLength(BUFFER);
        udp.receive(packet);
        byte[] answer = zone.response(packet.getData());
        if (answer != null) {
          udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      }
    } catch (IOException closed) {
      udp.close();
    }
  }

  private void serveTcp() {
    while (!tcp.isClosed()) {
      try (Socket client = tcp.accept();
          InputStream in = client.getInputStream();
          OutputStream out = client.getOutputStream()) {
        DataInputStream framed = new DataInputStream(in);
        byte[] query = framed.readNBytes(framed.readUnsignedShort());
        byte[] answer = zone.response(query);
        if (answer != null) {
          out.write(withLengthPrefix(answer));
        }
      } catch (IOException _) {
        // the client has disconnected, or close() was called
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (unanswered != null) {
      unanswered.close();
    }
    udp.close();
    tcp.close();
  }
}
