package dev.jig.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.capture.Packet.Direction;
import dev.jig.fixture.DnsServer;
import dev.jig.fixture.Prerequisite;
import java.io.ByteArrayOutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/// Large responses are recorded byte by byte.
final class WholePayloadIT {
  private static final int BIG = 60_000;
  private static final long TIMEOUT_NS = 10_000_000_000L;

  @BeforeAll
  static void requireRoot() {
    Prerequisite.requireRoot();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void anAnswerOf60KilobytesIsByteEqualOnBothSides(String address) throws Exception {
    try (DnsServer server = DnsServer.start(0, address);
        Tap tap = new Tap(server.port());
        DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(10_000);
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), server.port()));
      byte[] query = query();

      socket.send(new DatagramPacket(query, query.length));
      DatagramPacket answer = new DatagramPacket(new byte[65_536], 65_536);
      socket.receive(answer);

      byte[] got = Arrays.copyOf(answer.getData(), answer.getLength());
      assertThat(got).hasSizeGreaterThan(BIG);
      assertThat(tap.payloads(4)).containsExactly(query, query, got, got);
      tap.expectNothingLost();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void aStreamOf60KilobytesIsByteEqualOnBothSides(String address) throws Exception {
    try (DnsServer server = DnsServer.start(0, address);
        Tap tap = new Tap(server.port());
        Socket socket = new Socket(InetAddress.ofLiteral(address), server.port())) {
      byte[] query = query();
      byte[] framed = new byte[query.length + 2];
      framed[1] = (byte) query.length;
      System.arraycopy(query, 0, framed, 2, query.length);

      socket.getOutputStream().write(framed);
      byte[] head = socket.getInputStream().readNBytes(2);
      int length = (head[0] & 0xff) << 8 | head[1] & 0xff;
      byte[] got = socket.getInputStream().readNBytes(length);

      assertThat(got).hasSizeGreaterThan(BIG);
      tap.awaitBytes(2 * (framed.length + head.length + length));
      byte[] answered = new byte[head.length + length];
      System.arraycopy(head, 0, answered, 0, head.length);
      System.arraycopy(got, 0, answered, head.length, length);
      assertThat(tap.stream(Direction.EGRESS, false)).isEqualTo(framed);
      assertThat(tap.stream(Direction.INGRESS, false)).isEqualTo(framed);
      assertThat(tap.stream(Direction.EGRESS, true)).isEqualTo(answered);
      assertThat(tap.stream(Direction.INGRESS, true)).isEqualTo(answered);
      tap.expectNothingLost();
    }
  }

  private static byte[] query() throws Exception {
    Name big = Name.fromConstantString("big.example.test.");
    return Message.newQuery(Record.newRecord(big, Type.TXT, DClass.IN)).toWire();
  }

  /// Captures the payloads of one port.
  private static final class Tap implements AutoCloseable {
    private final int port;
    private final List<byte[]> payloads = new ArrayList<>();
    private final Map<String, ByteArrayOutputStream> streams = new HashMap<>();
    private final LiveCapture capture;
    private long bytes;

    Tap(int port) {
      this.port = port;
      BitSet ports = new BitSet();
      ports.set(port);
      capture = LiveCapture.load(false);
      capture.setPorts(ports, false);
      capture.attach(this::add);
    }

    private void add(Packet packet) {
      int from = packet.payloadOffset();
      payloads.add(Arrays.copyOfRange(packet.payload(), from, from + packet.payloadLength()));
      bytes += packet.payloadLength();
      streams
          .computeIfAbsent(
              key(packet.direction(), packet.sourcePort() == port),
              k -> new ByteArrayOutputStream())
          .write(packet.payload(), from, packet.payloadLength());
    }

    private static String key(Direction direction, boolean fromServer) {
      return direction + " " + fromServer;
    }

    /// The bytes through one side's socket in one direction, in order.
    byte[] stream(Direction direction, boolean fromServer) {
      ByteArrayOutputStream stream = streams.get(key(direction, fromServer));
      return stream == null ? new byte[0] : stream.toByteArray();
    }

    List<byte[]> payloads(int count) {
      long deadline = System.nanoTime() + TIMEOUT_NS;
      while (payloads.size() < count && System.nanoTime() < deadline) {
        capture.poll(20);
      }
      return payloads;
    }

    void awaitBytes(int sum) {
      long deadline = System.nanoTime() + TIMEOUT_NS;
      while (bytes < sum && System.nanoTime() < deadline) {
        capture.poll(20);
      }
      assertThat(bytes).isEqualTo(sum);
    }

    void expectNothingLost() {
      capture.detachAndDrain();
      KernelCounters counters = capture.counters();
      assertThat(counters.isBalanced()).as(counters.toString()).isTrue();
      assertThat(counters.ringFull() + counters.bad() + capture.incompletePackets()).isZero();
      assertThat(capture.packetsRead()).isEqualTo(counters.recorded());
    }

    @Override
    public void close() {
      capture.close();
    }
  }
}
