package dev.jig.it.live;

import dev.jig.fixture.NetworkHost;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// A name server at port 53, in the process of the test, that does with each query what a script
/// says. It has only a UDP socket: its TCP port is closed, or resets each connection.
final class StubServer implements AutoCloseable {
  static final int PORT = 53;

  /// Decides about each query, on the thread that reads them.
  interface Script {
    void onQuery(Received query);
  }

  private final DatagramSocket socket;
  private final Script script;
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  private @Nullable ServerSocket resetting;

  private StubServer(DatagramSocket socket, Script script) {
    this.socket = socket;
    this.script = script;
    Thread.ofPlatform().daemon().name("stub-udp").start(this::read);
  }

  /// A server on the host.
  ///
  /// @param address of loopback
  static StubServer start(String address, Script script) throws IOException {
    return new StubServer(new DatagramSocket(at(address)), script);
  }

  /// A server on a machine of a test network.
  static StubServer start(NetworkHost host, Script script) throws Exception {
    return new StubServer(host.open(() -> new DatagramSocket(at(host.ipv4()))), script);
  }

  /// An address of loopback that no other test has by chance.
  static String freeAddress() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return "127.%d.%d.%d"
        .formatted(random.nextInt(1, 255), random.nextInt(1, 255), random.nextInt(1, 255));
  }

  private static InetSocketAddress at(String address) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), PORT);
  }

  /// From now on accepts TCP connections and resets each at once.
  void resetConnections() throws IOException {
    ServerSocket listener = new ServerSocket(PORT, 64, socket.getLocalAddress());
    resetting = listener;
    Thread.ofPlatform()
        .daemon()
        .name("stub-tcp")
        .start(() -> {
          while (!listener.isClosed()) {
            try (Socket connection = listener.accept()) {
              connection.setSoLinger(true, 0);
            } catch (IOException e) {
              // closed
            }
          }
        });
  }

  /// The queries so far, in their order.
  List<Received> received() {
    return received;
  }

  /// A query, and how to answer it.
  final class Received {
    private final Message query;
    private final SocketAddress from;
    private final long receivedNs = System.nanoTime();
    private volatile long answeredNs;

    private Received(Message query, SocketAddress from) {
      this.query = query;
      this.from = from;
    }

    /// By [System#nanoTime].
    long receivedNs() {
      return receivedNs;
    }

    /// By [System#nanoTime], just before the answer is sent; 0 before that.
    long answeredNs() {
      return answeredNs;
    }

    boolean hasEdns() {
      return query.getOPT() != null;
    }

    boolean isOfType(int type) {
      return query.getQuestion().getType() == type;
    }

    /// Answers with an address.
    void answer(String address) {
      Message answer = response();
      if (isOfType(Type.A)) {
        InetAddress found = InetAddress.ofLiteral(address);
        answer.addRecord(
            new ARecord(query.getQuestion().getName(), DClass.IN, 60, found), Section.ANSWER);
      }
      send(answer);
    }

    /// Does something some time after the query, in the order of these times.
    void after(long ms, Runnable action) {
      long leftNs = receivedNs + TimeUnit.MILLISECONDS.toNanos(ms) - System.nanoTime();
      var _ = later.schedule(action, leftNs, TimeUnit.NANOSECONDS);
    }

    /// Answers with nothing but TC.
    void truncate() {
      Message answer = response();
      answer.getHeader().setFlag(Flags.TC);
      send(answer);
    }

    /// Presentation form, in lower case.
    String name() {
      return query.getQuestion().getName().toString().toLowerCase(Locale.ROOT);
    }

    /// Answers that there is no such name.
    void denyName() {
      Message answer = response();
      answer.getHeader().setRcode(Rcode.NXDOMAIN);
      send(answer);
    }

    /// Answers as a server that does not know EDNS: RFC 6891 section 7.
    void refuseEdns() {
      Message answer = response();
      answer.getHeader().setRcode(Rcode.FORMERR);
      send(answer);
    }

    private Message response() {
      Message response = new Message(query.getHeader().getID());
      response.getHeader().setFlag(Flags.QR);
      response.getHeader().setFlag(Flags.RD);
      response.getHeader().setFlag(Flags.RA);
      response.addRecord(query.getQuestion(), Section.QUESTION);
      return response;
    }

    private void send(Message answer) {
      byte[] bytes = answer.toWire();
      answeredNs = System.nanoTime();
      try {
        socket.send(new DatagramPacket(bytes, bytes.length, from));
      } catch (IOException e) {
        // closed
      }
    }
  }

  private void read() {
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
        socket.receive(packet);
        byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
        Received query = new Received(new Message(bytes), packet.getSocketAddress());
        received.add(query);
        script.onQuery(query);
      } catch (IOException e) {
        // closed
      }
    }
  }

  @Override
  public void close() throws IOException {
    later.shutdownNow();
    socket.close();
    if (resetting != null) {
      resetting.close();
    }
  }
}
