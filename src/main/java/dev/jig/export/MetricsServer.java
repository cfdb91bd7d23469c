package dev.jig.export;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// Serves metrics over HTTP at /metrics, in the format that the request accepts.
public final class MetricsServer {
  private static final byte[] HINT =
      "Metrics of DNS lookups are at /metrics\n".getBytes(StandardCharsets.UTF_8);

  private static final String TEXT = "text/plain; charset=utf-8";

  static {
    setDefault("jdk.httpserver.maxConnections", "64");
    setDefault("sun.net.httpserver.maxReqTime", "10");
    setDefault("sun.net.httpserver.maxRspTime", "30");
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newSingleThreadExecutor(MetricsServer::thread);
  private final ExpositionFormats formats = ExpositionFormats.init();

  private MetricsServer(HttpServer server) {
    this.server = server;
  }

  /// Binds the address; nothing is served yet.
  ///
  /// @throws IOException if it cannot be bound
  public static MetricsServer bind(InetSocketAddress address) throws IOException {
    return new MetricsServer(HttpServer.create(address, 0));
  }

  /// The address bound, with the port chosen for port 0.
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /// Serves from now on.
  ///
  /// @param packets asked on each scrape, on another thread
  public void start(DnsMetrics metrics, Supplier<PacketCounts> packets) {
    server.createContext("/", exchange -> serve(exchange, metrics, packets));
    server.setExecutor(threads); // one: scrapes do not compete with the ring thread for all CPUs
    server.start();
  }

  public void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange, DnsMetrics metrics, Supplier<PacketCounts> packets)
      throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String method = exchange.getRequestMethod();
      if (!method.equals("GET") && !method.equals("HEAD")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        respond(exchange, 405, TEXT, HINT);
      } else if (path.equals("/metrics")) {
        ExpositionFormatWriter writer =
            formats.findWriter(exchange.getRequestHeaders().getFirst("Accept"));
        respond(exchange, 200, writer.getContentType(), scrape(writer, metrics, packets.get()));
      } else {
        respond(exchange, path.equals("/") ? 200 : 404, TEXT, HINT);
      }
    }
  }

  private static void respond(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  static byte[] scrape(ExpositionFormatWriter writer, DnsMetrics metrics, PacketCounts packets)
      throws IOException {
    List<MetricSnapshot> all = new ArrayList<>(metrics.snapshots());
    all.addAll(SelfMetrics.of(packets));
    all.add(SelfMetrics.series(all));
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    writer.write(text, new MetricSnapshots(all));
    return text.toByteArray();
  }

  private static Thread thread(Runnable work) {
    return Thread.ofPlatform().daemon().name("metrics").unstarted(work);
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
