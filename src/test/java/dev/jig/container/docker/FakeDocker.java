package dev.jig.container.docker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A scripted Docker daemon, or Podman service, on a unix socket: responses by request target, and
/// event streams that the test writes and breaks. Podman's targets are without their prefix here.
public final class FakeDocker implements AutoCloseable {
  static final String LIBPOD = "/v4.0.0/libpod";
  public static final String ALL = "/containers/json?all=1";

  private final Path socket;
  private final ServerSocketChannel server;
  private final Map<String, byte[]> answers = new ConcurrentHashMap<>();
  private final Map<String, CountDownLatch> gates = new ConcurrentHashMap<>();
  private final List<SocketChannel> streams = new CopyOnWriteArrayList<>();
  private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

  public FakeDocker(Path socket) throws IOException {
    this.socket = socket;
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    answer(ALL, "[]");
    Thread.ofVirtual().start(this::accept);
  }

  /// The request target for one container.
  static String one(String id) {
    return ALL + "&filters={\"id\":[\"" + id + "\"]}";
  }

  static String inspect(String id) {
    return "/containers/" + id + "/json";
  }

  /// From now on answers `json` to `target`, with a Content-Length.
  public void answer(String target, String json) {
    raw(
        target,
        "HTTP/1.1 200 OK\r\nContent-Length: " + json.getBytes(UTF_8).length + "\r\n\r\n" + json);
  }

  /// From now on answers these bytes to `target`.
  void raw(String target, String bytes) {
    answers.put(target, bytes.getBytes(UTF_8));
  }

  /// Holds back answers to `target` until the latch is counted down.
  CountDownLatch gate(String target) {
    CountDownLatch gate = new CountDownLatch(1);
    gates.put(target, gate);
    return gate;
  }

  /// The next request with a target that begins with `prefix`; skips others.
  public String awaitRequest(String prefix) throws InterruptedException {
    while (true) {
      String target = requests.poll(10, TimeUnit.SECONDS);
      if (target == null) {
        throw new AssertionError("no request for " + prefix);
      }
      if (target.startsWith(prefix)) {
        return target;
      }
    }
  }

  /// Sends one event, as a chunk of its own, on all event streams.
  public void emit(String json) throws IOException {
    emitRaw(chunk(json + "\n"));
  }

  /// Sends bytes as they are.
  void emitRaw(byte[] bytes) throws IOException {
    synchronized (streams) {
      for (SocketChannel stream : streams) {
        write(stream, bytes);
      }
    }
  }

  static byte[] chunk(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return (Integer.toHexString(bytes.length) + "\r\n" + text + "\r\n").getBytes(UTF_8);
  }

  public static String event(String action, String id, String attributes) {
    return "{\"status\":\"%s\",\"id\":\"%s\",\"Type\":\"container\",\"Action\":\"%s\",\"Actor\":{\"ID\":\"%s\",\"Attributes\":{%s}},\"scope\":\"local\",\"time\":1795400477,\"timeNano\":1795400477642861816}"
        .formatted(action, id, action, id, attributes);
  }

  public static String listed(String id, String name, String state) {
    return "{\"Id\":\"%s\",\"Names\":[\"/web/alias\",\"/%s\"],\"Image\":\"app:1\",\"ImageID\":\"sha256:aa\",\"Command\":\"x\",\"Ports\":[{\"a\":[1]}],\"Labels\":{\"k\":\"v\"},\"State\":\"%s\"}"
        .formatted(id, name, state);
  }

  /// Breaks all event streams.
  void dropStreams() throws IOException {
    for (SocketChannel stream : streams) {
      stream.close();
    }
    streams.clear();
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel channel = server.accept();
        Thread.ofVirtual().start(() -> serve(channel));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(SocketChannel channel) {
    try {
      String target = URLDecoder.decode(readTarget(channel), UTF_8);
      String plain = target.startsWith(LIBPOD) ? target.substring(LIBPOD.length()) : target;
      byte[] answer = answerTo(plain);
      if (answer == null && plain.startsWith("/events")) {
        synchronized (streams) { // a client that has read the head gets every event
          write(channel, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(UTF_8));
          streams.add(channel);
        }
        requests.add(target);
        return;
      }
      requests.add(target);
      CountDownLatch gate = gates.get(plain);
      if (gate != null) {
        gate.await();
      }
      byte[] missing = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".getBytes(UTF_8);
      write(channel, answer != null ? answer : plain.startsWith(ALL) ? empty() : missing);
      channel.close();
    } catch (IOException e) {
      // the other side went away, or so does the test
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private byte @Nullable [] answerTo(String target) {
    return answers.get(target.startsWith("/events") ? "/events" : target);
  }

  private static byte[] empty() {
    return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]".getBytes(UTF_8);
  }

  private static String readTarget(SocketChannel channel) throws IOException {
    StringBuilder head = new StringBuilder();
    ByteBuffer buffer = ByteBuffer.allocate(4_096);
    while (head.indexOf("\r\n\r\n") < 0) {
      if (channel.read(buffer.clear()) < 0) {
        throw new IOException("no request");
      }
      head.append(UTF_8.decode(buffer.flip()));
    }
    return head.substring("GET ".length(), head.indexOf(" HTTP/1.1"));
  }

  private static void write(SocketChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      dropStreams();
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
