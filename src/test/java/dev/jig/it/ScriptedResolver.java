package dev.jig.it;

import dev.jig.fixture.TcpMessages;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// A resolver that does what the first word of a name's first label says, `drop-17`, and notes by
/// its own clock when it was asked and when it answered.
final class ScriptedResolver implements AutoCloseable {
  static final long DELAY_MS = 50;
  static final long LATE_MS = 4_000;

  /// What it may do.
  enum Act {
    ANSWER,
    DROP,
    /// Answers after [#DELAY_MS].
    DELAY,
    /// Answers two times.
    TWICE,
    /// Answers two times, with different addresses.
    FORGED,
    /// Answers another question under the query's id.
    WRONG,
    /// Answers nothing but TC over UDP, and over TCP.
    TRUNCATE,
    /// Answers after [#LATE_MS].
    LATE,
    /// Answers only when it is asked a second time.
    SECOND,
    /// Answers A and never AAAA.
    NOAAAA;

    String name(int number, String zone) {
      return name().toLowerCase(Locale.ROOT) + "-" + number + "." + zone;
    }

    private static Act of(Name name) {
      return valueOf(name.getLabelString(0).split("-", -1)[0].toUpperCase(Locale.ROOT));
    }
  }

  /// By [System#nanoTime].
  record Clock(List<Long> askedNs, List<Long> answeredNs) {
    private Clock() {
      this(new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());
    }
  }

  private interface Reply {
    void send(byte[] message) throws IOException;
  }

  private final DatagramChannel datagrams;
  private final ServerSocket listener;
  private final Map<String, Clock> clocks = new ConcurrentHashMap<>();
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  private ScriptedResolver(int port, InetAddress address, boolean awake) throws IOException {
    datagrams = DatagramChannel.open().bind(new InetSocketAddress(address, port));
    datagrams.configureBlocking(!awake);
    try {
      listener = new ServerSocket(port(), 64, address);
    } catch (IOException e) {
      datagrams.close();
      throw e;
    }
    Thread.ofPlatform().daemon().name("scripted-udp").start(this::serveDatagrams);
    Thread.ofPlatform().daemon().name("scripted-tcp").start(this::serveStreams);
  }

  /// @param port 0 for any that is free for both UDP and TCP
  static ScriptedResolver start(int port, String address) {
    return start(port, address, false);
  }

  /// One that never sleeps, so that its clock has no time in it that a thread takes to wake up.
  static ScriptedResolver startAwake(String address) {
    return start(0, address, true);
  }

  private static ScriptedResolver start(int port, String address, boolean awake) {
    for (int tries = port == 0 ? 20 : 1; ; tries--) {
      try {
        return new ScriptedResolver(port, InetAddress.ofLiteral(address), awake);
      } catch (BindException e) {
        if (tries <= 1) {
          throw new UncheckedIOException("port " + port + " on " + address, e);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  int port() {
    return datagrams.socket().getLocalPort();
  }

  Clock clock(String name) {
    return clocks.computeIfAbsent(name, _ -> new Clock());
  }

  private void serveDatagrams() {
    ByteBuffer buffer = ByteBuffer.allocate(2048);
    while (datagrams.isOpen()) {
      try {
        SocketAddress from = datagrams.receive(buffer.clear());
        long nowNs = System.nanoTime();
        if (from == null) {
          Thread.onSpinWait();
        } else {
          byte[] query = Arrays.copyOf(buffer.array(), buffer.position());
          answer(query, nowNs, false, bytes -> datagrams.send(ByteBuffer.wrap(bytes), from));
        }
      } catch (IOException e) {
        // closed, or the asker is gone
      }
    }
  }

  private void serveStreams() {
    while (!listener.isClosed()) {
      try {
        Socket stream = listener.accept();
        Thread.ofVirtual().start(() -> serve(stream));
      } catch (IOException e) {
        // closed, or the asker is gone
      }
    }
  }

  private void serve(Socket stream) {
    try (stream;
        DataInputStream in = new DataInputStream(stream.getInputStream());
        DataOutputStream out = new DataOutputStream(stream.getOutputStream())) {
      byte[] query = in.readNBytes(in.readUnsignedShort());
      answer(query, System.nanoTime(), true, bytes -> out.write(TcpMessages.framed(bytes)));
      in.read(); // until the asker closes
    } catch (IOException e) {
      // the asker is gone
    }
  }

  private void answer(byte[] bytes, long nowNs, boolean tcp, Reply reply) throws IOException {
    Message query = new Message(bytes);
    Record question = query.getQuestion();
    Clock clock = clock(question.getName().toString());
    clock.askedNs.add(nowNs);
    Message response = response(query, question);
    switch (Act.of(question.getName())) {
      case ANSWER -> send(clock, response, reply);
      case DROP -> {}
      case DELAY -> sendLater(DELAY_MS, clock, response, reply);
      case TWICE -> {
        send(clock, response, reply);
        send(clock, response, reply);
      }
      case FORGED -> {
        send(clock, response, reply);
        Message forged = response.clone();
        forged.removeAllRecords(Section.ANSWER);
        send(clock, forged, reply);
      }
      case WRONG -> {
        Name other = Name.concatenate(Name.fromString("other"), question.getName());
        Record otherQuestion = Record.newRecord(other, question.getType(), DClass.IN);
        send(clock, response(query, otherQuestion), reply);
      }
      case TRUNCATE -> {
        if (!tcp) {
          response.getHeader().setFlag(Flags.TC);
          response.removeAllRecords(Section.ANSWER);
        }
        send(clock, response, reply);
      }
      case LATE -> sendLater(LATE_MS, clock, response, reply);
      case SECOND -> {
        if (clock.askedNs.size() == 2) {
          send(clock, response, reply);
        }
      }
      case NOAAAA -> {
        if (question.getType() == Type.A) {
          send(clock, response, reply);
        }
      }
    }
  }

  private static Message response(Message query, Record question) {
    Message response = new Message(query.getHeader().getID());
    response.getHeader().setFlag(Flags.QR);
    response.addRecord(question, Section.QUESTION);
    if (question.getType() == Type.A) {
      InetAddress address = InetAddress.ofLiteral("192.0.2.1");
      response.addRecord(new ARecord(question.getName(), DClass.IN, 60, address), Section.ANSWER);
    }
    return response;
  }

  private static void send(Clock clock, Message response, Reply reply) throws IOException {
    byte[] bytes = response.toWire();
    clock.answeredNs.add(System.nanoTime());
    reply.send(bytes);
  }

  private void sendLater(long ms, Clock clock, Message response, Reply reply) {
    var _ =
        later.schedule(
            () -> {
              send(clock, response, reply);
              return true;
            },
            ms,
            TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() throws IOException {
    later.shutdownNow();
    datagrams.close();
    listener.close();
  }
}
