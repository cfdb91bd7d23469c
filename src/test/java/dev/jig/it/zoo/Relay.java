package dev.jig.it.zoo;

import dev.jig.fixture.NetworkHost;
import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// Forwards queries over UDP from port 53 of a host to a server, in the process of the test: a
/// network that delays packets, loses them without a reason that the kernel knows, or answers
/// itself.
final class Relay implements Closeable {
  static final int DROP = -1;

  /// Answers FORMERR, as servers do that do not know EDNS (RFC 6891 section 7).
  static final int REJECT = -2;

  /// Forwards the query, and answers with a forged address before the server does.
  static final int FORGE = -3;

  private static final byte[] FORGED_ADDRESS = {(byte) 203, 0, 113, 66};

  private static final int PORT = 53;
  private static final int MAX_MESSAGE = 4096;

  /// What happens to a query.
  interface Fate {

    /// Returns the milliseconds that it is delayed, [#DROP], [#REJECT] or [#FORGE].
    int of(Asked query);
  }

  /// @param name in lower case
  /// @param before how many queries with this name and type there were before
  record Asked(String name, int type, int before, boolean hasEdns) {
    boolean isAaaa() {
      return type == Type.AAAA;
    }
  }

  private record Waiting(DatagramSocket socket, SocketAddress client, int id) {}

  private final List<DatagramSocket> sockets;
  private final List<ServerSocket> listeners = new ArrayList<>();
  private final DatagramSocket upstream;
  private final InetSocketAddress server;
  private final Fate fate;
  private final Map<Integer, Waiting> waiting = new ConcurrentHashMap<>();
  private final Map<String, Integer> counts = new ConcurrentHashMap<>();
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  private int lastId;

  private Relay(List<DatagramSocket> sockets, DatagramSocket upstream, String server, Fate fate) {
    this.sockets = List.copyOf(sockets);
    this.upstream = upstream;
    this.server = at(server);
    this.fate = fate;
    sockets.forEach(socket -> start(() -> read(socket, packet -> forward(socket, packet))));
    start(() -> read(upstream, this::answer));
  }

  /// Starts one at both addresses of a host.
  static Relay start(Lab lab, NetworkHost host, String server, Fate fate) throws Exception {
    List<DatagramSocket> sockets = new ArrayList<>();
    for (String address : List.of(host.ipv4(), host.ipv6())) {
      sockets.add(host.open(() -> new DatagramSocket(at(address))));
    }
    return lab.use(new Relay(sockets, host.open(() -> new DatagramSocket()), server, fate));
  }

  /// Starts one at an address of this machine that forwards to the lab's server.
  static Relay startHere(Lab lab, String address, Fate fate) throws Exception {
    DatagramSocket upstream = lab.router().open(() -> new DatagramSocket());
    List<DatagramSocket> sockets = List.of(new DatagramSocket(at(address)));
    return lab.use(new Relay(sockets, upstream, lab.server().ipv4(), fate));
  }

  private static InetSocketAddress at(String address) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), PORT);
  }

  /// A host that receives queries and answers none.
  static Relay silent(Lab lab, NetworkHost host) throws Exception {
    return start(lab, host, host.ipv4(), _ -> DROP);
  }

  /// Listens for TCP connections, which the kernel accepts and which get no answer.
  void listen(NetworkHost host) throws Exception {
    listeners.add(host.open(() -> new ServerSocket(PORT, 128, InetAddress.ofLiteral(host.ipv4()))));
  }

  private static void start(Runnable loop) {
    Thread.ofPlatform().daemon().name("relay").start(loop);
  }

  private interface Handler {
    void onPacket(DatagramPacket packet) throws IOException;
  }

  private static void read(DatagramSocket socket, Handler handler) {
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(new byte[MAX_MESSAGE], MAX_MESSAGE);
        socket.receive(packet);
        handler.onPacket(packet);
      } catch (IOException e) {
        // closed, or an ICMP error of a peer that has ended
      }
    }
  }

  /// Runs on one thread for each socket.
  private void forward(DatagramSocket socket, DatagramPacket packet) throws IOException {
    byte[] query = Arrays.copyOf(packet.getData(), packet.getLength());
    Message message = new Message(query);
    String name = message.getQuestion().getName().toString().toLowerCase(Locale.ROOT);
    int type = message.getQuestion().getType();
    int before = counts.merge(name + " " + type, 1, Integer::sum) - 1;
    int delayMs = fate.of(new Asked(name, type, before, message.getOPT() != null));
    if (delayMs == DROP) {
      return;
    }
    if (delayMs == REJECT) {
      send(socket, rejection(query, message), packet.getSocketAddress());
      return;
    }
    if (delayMs == FORGE) {
      send(socket, forged(message), packet.getSocketAddress());
    }
    int id = nextId();
    waiting.put(id, new Waiting(socket, packet.getSocketAddress(), id(query)));
    setId(query, id);
    var _ =
        later.schedule(
            () -> send(upstream, query, server), Math.max(0, delayMs), TimeUnit.MILLISECONDS);
  }

  /// Header and question alone.
  private static byte[] rejection(byte[] query, Message message) {
    Message response = new Message(id(query));
    response.getHeader().setFlag(Flags.QR);
    response.getHeader().setRcode(Rcode.FORMERR);
    response.addRecord(message.getQuestion(), Section.QUESTION);
    return response.toWire();
  }

  private static byte[] forged(Message query) throws IOException {
    Message response = new Message(query.getHeader().getID());
    response.getHeader().setFlag(Flags.QR);
    response.addRecord(query.getQuestion(), Section.QUESTION);
    response.addRecord(
        new ARecord(
            query.getQuestion().getName(),
            DClass.IN,
            300,
            InetAddress.getByAddress(FORGED_ADDRESS)),
        Section.ANSWER);
    return response.toWire();
  }

  private synchronized int nextId() {
    lastId = (lastId + 1) & 0xffff;
    return lastId;
  }

  private void answer(DatagramPacket packet) {
    byte[] response = Arrays.copyOf(packet.getData(), packet.getLength());
    Waiting client = waiting.remove(id(response));
    if (client != null) {
      setId(response, client.id);
      send(client.socket, response, client.client);
    }
  }

  private static int id(byte[] message) {
    return (message[0] & 0xff) << 8 | message[1] & 0xff;
  }

  private static void setId(byte[] message, int id) {
    message[0] = (byte) (id >> 8);
    message[1] = (byte) id;
  }

  private static void send(DatagramSocket socket, byte[] message, SocketAddress to) {
    try {
      socket.send(new DatagramPacket(message, message.length, to));
    } catch (IOException e) {
      // closed
    }
  }

  @Override
  public void close() throws IOException {
    upstream.close();
    sockets.forEach(DatagramSocket::close);
    for (ServerSocket listener : listeners) {
      listener.close();
    }
    later.shutdown(); // not at once: a thread may still hand over a query
  }
}
