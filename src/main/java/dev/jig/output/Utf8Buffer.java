package dev.jig.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Gathers text as UTF-8 and hands it to a stream in large pieces.
final class Utf8Buffer {
  private static final int CAPACITY = 16 * 1024;

  private final OutputStream out;
  private final byte[] bytes = new byte[CAPACITY];
  private int length;

  Utf8Buffer(OutputStream out) {
    this.out = out;
  }

  void append(CharSequence text) throws IOException {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        appendEncoded(text.subSequence(i, text.length()).toString());
        return;
      }
      append((byte) c);
    }
  }

  private void appendEncoded(String text) throws IOException {
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      append(b);
    }
  }

  private void append(byte b) throws IOException {
    if (length == CAPACITY) {
      drain();
    }
    bytes[length++] = b;
  }

  void flush() throws IOException {
    drain();
    out.flush();
  }

  /// What a failing stream did not take is not offered again.
  private void drain() throws IOException {
    int pending = length;
    length = 0;
    out.write(bytes, 0, pending);
  }
}
