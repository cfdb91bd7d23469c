package dev.jig.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Encodes text as UTF-8 and writes it to a stream in pieces of up to 16 KiB.
public final class Utf8Output {
  private static final int CAPACITY = 16 * 1024;

  private final OutputStream out;
  private final byte[] bytes = new byte[CAPACITY];
  private int length;

  public Utf8Output(OutputStream out) {
    this.out = out;
  }

  public void append(CharSequence text) throws IOException {
    byte[] encoded = text.toString().getBytes(StandardCharsets.UTF_8);
    if (encoded.length > CAPACITY - length) {
      writeBuffer();
    }
    if (encoded.length > CAPACITY) {
      out.write(encoded);
      return;
    }
    System.arraycopy(encoded, 0, bytes, length, encoded.length);
    length += encoded.length;
  }

  public void flush() throws IOException {
    writeBuffer();
    out.flush();
  }

  /// After a failed write the buffer is discarded, not written again.
  private void writeBuffer() throws IOException {
    int pending = length;
    length = 0;
    out.write(bytes, 0, pending);
  }
}
