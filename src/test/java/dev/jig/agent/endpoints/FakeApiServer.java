package dev.jig.agent.endpoints;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.zip.GZIPOutputStream;

/// An API server with list responses and watch events set by the test.
final class FakeApiServer implements AutoCloseable {
  private static final String END = "";

  private record Answer(int code, String body) {}

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Answer> lists = new ConcurrentHashMap<>();
  private final Map<String, BlockingQueue<String>> watches = new ConcurrentHashMap<>();

  /// Received requests: resource and query.
  final List<String> queries = new CopyOnWriteArrayList<>();

  final List<String> tokens = new CopyOnWriteArrayList<>();
  private HttpServer server;

  FakeApiServer() throws IOException {
    server = start(0);
    list("pods", "1");
    list("services", "1");
  }

  private HttpServer start(int port) throws IOException {
    HttpServer made =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 0);
    made.setExecutor(threads);
    made.createContext("/api/v1/", this::answer);
    made.start();
    return made;
  }

  URI root() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /// Sets the list response.
  void list(String resource, String version, String... items) {
    lists.put(
        resource,
        new Answer(
            200,
            """
            {"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"%s"},"items":[%s]}\
            """
                .formatted(version, String.join(",", items))));
  }

  /// Sets an error as the list response.
  void refuse(String resource, int code, String message) {
    lists.put(resource, new Answer(code, status(code, message)));
  }

  static String status(int code, String message) {
    return """
    {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"%s","code":%d}\
    """
        .formatted(message, code);
  }

  /// Sends a change to the current or next watch.
  void change(String resource, String type, String object) {
    watch(resource).add("{\"type\":\"" + type + "\",\"object\":" + object + "}\n");
  }

  /// Ends the watch.
  void endWatch(String resource) {
    watch(resource).add(END);
  }

  /// Stops, closing all connections.
  void stop() {
    server.stop(0);
  }

  /// Listens again at the same port.
  void startAgain() throws IOException {
    server = start(server.getAddress().getPort());
  }

  private BlockingQueue<String> watch(String resource) {
    return watches.computeIfAbsent(resource, _ -> new LinkedBlockingQueue<>());
  }

  private void answer(HttpExchange exchange) throws IOException {
    URI uri = exchange.getRequestURI();
    String resource = uri.getPath().substring("/api/v1/".length());
    tokens.add(exchange.getRequestHeaders().getFirst("Authorization"));
    queries.add(resource + "?" + uri.getQuery());
    if (uri.getQuery().contains("watch=1")) {
      stream(exchange, resource);
    } else {
      answerList(exchange, Objects.requireNonNull(lists.get(resource)));
    }
  }

  private static void answerList(HttpExchange exchange, Answer answer) throws IOException {
    boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Accept-Encoding"));
    if (zipped) {
      exchange.getResponseHeaders().set("Content-Encoding", "gzip");
    }
    exchange.sendResponseHeaders(answer.code(), 0);
    try (OutputStream body = exchange.getResponseBody();
        OutputStream text = zipped ? new GZIPOutputStream(body) : body) {
      text.write(answer.body().getBytes(StandardCharsets.UTF_8));
    }
  }

  private void stream(HttpExchange exchange, String resource) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream body = exchange.getResponseBody()) {
      body.flush();
      for (String line = watch(resource).take(); !line.equals(END); line = watch(resource).take()) {
        body.write(line.getBytes(StandardCharsets.UTF_8));
        body.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// A pod; addresses as many as it has.
  static String pod(String namespace, String name, String version, String... addresses) {
    return pod(namespace, name, version, false, addresses);
  }

  static String pod(
      String namespace, String name, String version, boolean hostNetwork, String... addresses) {
    String all =
        String.join(",", List.of(addresses).stream().map(it -> "{\"ip\":\"" + it + "\"}").toList());
    return """
    {"metadata":{"name":"%s","namespace":"%s","uid":"7","resourceVersion":"%s",\
    "creationTimestamp":"2026-01-01T00:00:00Z","labels":{"name":"misleading"}},\
    "spec":{"hostNetwork":%s,"containers":[{"name":"main","ports":[{"hostIP":"192.0.2.99"}]}]},\
    "status":{"phase":"Running","hostIP":"192.0.2.98","podIP":"%s","podIPs":[%s]}}\
    """
        .formatted(
            name, namespace, version, hostNetwork, addresses.length == 0 ? "" : addresses[0], all);
  }

  /// A service; `None` for a headless one.
  static String service(String namespace, String name, String version, String... addresses) {
    return """
    {"metadata":{"name":"%s","namespace":"%s","resourceVersion":"%s",\
    "creationTimestamp":"2026-01-01T00:00:00Z","managedFields":[{"name":"misleading"}]},\
    "spec":{"clusterIP":"%s","clusterIPs":["%s"],"externalIPs":["192.0.2.97"]},\
    "status":{"loadBalancer":{}}}\
    """
        .formatted(name, namespace, version, addresses[0], String.join("\",\"", addresses));
  }

  static String bookmark(String version) {
    return "{\"kind\":\"Pod\",\"metadata\":{\"resourceVersion\":\""
        + version
        + "\",\"creationTimestamp\":null},\"spec\":{\"containers\":null},\"status\":{}}";
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
