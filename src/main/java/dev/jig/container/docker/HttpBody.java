package dev.jig.container.docker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// The body of an HTTP/1.1 response with Content-Length or the chunked coding (RFC 9112 section
/// 7.1). A connection that ends before the body is an [EOFException]. Skips chunk extensions and
/// trailers.
final class HttpBody extends InputStream {
  private static final int MAX_CHUNK_LINE_BYTES = 1_024;

  private final InputStream in;
  private final boolean chunked;
  private long left;
  private boolean inChunk;
  private boolean atEnd;

  private HttpBody(InputStream in, boolean chunked, long left) {
    this.in = in;
    this.chunked = chunked;
    this.left = left;
  }

  static HttpBody ofLength(InputStream in, long length) {
    return new HttpBody(in, false, length);
  }

  static HttpBody chunked(InputStream in) {
    return new HttpBody(in, true, 0);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left == 0 && !atEnd) {
      nextChunk();
    }
    if (atEnd) {
      return -1;
    }
    int read = in.read(bytes, offset, (int) Math.min(length, left));
    if (read < 0) {
      throw new EOFException("the HTTP response ends within its body");
    }
    left -= read;
    return read;
  }

  private void nextChunk() throws IOException {
    if (chunked) {
      if (inChunk && !HttpLine.read(in, MAX_CHUNK_LINE_BYTES).isEmpty()) {
        throw new IOException("a chunk of the HTTP response is longer than its size");
      }
      inChunk = true;
      String size = HttpLine.read(in, MAX_CHUNK_LINE_BYTES);
      int extension = size.indexOf(';');
      left =
          HttpLine.parseNumber((extension < 0 ? size : size.substring(0, extension)).strip(), 16);
    }
    atEnd = left == 0;
  }
}
