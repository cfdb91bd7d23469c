package dev.jig.container.docker;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/// One HTTP/1.1 GET over a unix socket (RFC 9112), as far as the Docker and Podman APIs need it.
final class UnixHttp implements Closeable {
  private static final int MAX_HEAD_BYTES = 16_384;

  private final UnixConnection connection;
  private final InputStream in;
  private int status;
  private InputStream body;

  private UnixHttp(UnixConnection connection) {
    this.connection = connection;
    this.in = new BufferedInputStream(connection, 8_192);
    this.body = in;
  }

  /// Sends the request and reads status line and headers; the caller reads the body.
  ///
  /// @param target path and query, percent-encoded
  /// @param timeout of the whole exchange, body included
  static UnixHttp get(Path socket, String target, Duration timeout) throws IOException {
    UnixHttp http = new UnixHttp(new UnixConnection(socket));
    try {
      http.connection.setDeadline(timeout);
      http.sendRequest(target);
      http.readHead();
      return http;
    } catch (IOException | RuntimeException e) {
      http.close();
      throw e;
    }
  }

  /// Lets the body take any time: for a stream of events.
  void removeDeadline() {
    connection.clearDeadline();
  }

  int status() {
    return status;
  }

  InputStream body() {
    return body;
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }

  private void sendRequest(String target) throws IOException {
    String head =
        "GET "
            + target
            + " HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"
            + "User-Agent: jig\r\nConnection: close\r\n\r\n";
    connection.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
  }

  private void readHead() throws IOException {
    int left = MAX_HEAD_BYTES;
    String line = HttpLine.read(in, left);
    status = statusOf(line);
    long length = -1;
    boolean chunked = false;
    while (!line.isEmpty()) {
      left -= line.length() + 2;
      line = HttpLine.read(in, left);
      String header = line.toLowerCase(Locale.ROOT);
      if (header.startsWith("transfer-encoding:")) {
        chunked = header.endsWith("chunked");
      } else if (header.startsWith("content-length:")) {
        length = HttpLine.parseNumber(header.substring("content-length:".length()).strip(), 10);
      }
    }
    if (chunked) {
      body = HttpBody.chunked(in);
    } else if (length >= 0) {
      body = HttpBody.ofLength(in, length);
    }
  }

  private static int statusOf(String line) throws IOException {
    String[] parts = line.split(" ", 3);
    if (parts.length < 2 || !parts[0].startsWith("HTTP/1.")) {
      throw new IOException("not an HTTP response: " + HttpLine.quote(line));
    }
    return (int) HttpLine.parseNumber(parts[1], 10);
  }
}
