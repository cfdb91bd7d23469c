package dev.jig.pcap;

import java.io.IOException;
import java.io.InputStream;

/// Reads a capture file in order, with its offset and name for error messages.
final class ByteSource implements AutoCloseable {
  private final InputStream in;
  private final String name;
  private final byte[] buffer = new byte[64 * 1024];
  private int position;
  private int limit;
  private long offset;

  ByteSource(InputStream in, String name) {
    this.in = in;
    this.name = name;
  }

  /// The file offset of the next byte.
  long offset() {
    return offset;
  }

  /// Copies the file's first bytes without consuming them; returns how many there are. Only before
  /// any other read.
  int peek(byte[] into) throws IOException {
    int step = 0;
    while (limit < into.length && step >= 0) {
      step = in.read(buffer, limit, buffer.length - limit);
      limit += Math.max(0, step);
    }
    int count = Math.min(limit, into.length);
    System.arraycopy(buffer, 0, into, 0, count);
    return count;
  }

  /// Copies the next `length` bytes; returns how many, fewer only at the end of the file.
  int read(byte[] into, int from, int length) throws IOException {
    int done = 0;
    while (done < length && fill()) {
      int step = Math.min(length - done, limit - position);
      System.arraycopy(buffer, position, into, from + done, step);
      advance(step);
      done += step;
    }
    return done;
  }

  /// Copies the next `length` bytes, which are part of `what`.
  ///
  /// @param begin the file offset of `what`
  /// @throws CaptureFormatException if the file ends before
  void readFully(byte[] into, int from, int length, String what, long begin) throws IOException {
    if (read(into, from, length) < length) {
      throw endsWithin(what, begin);
    }
  }

  /// Skips `length` bytes, which are part of `what`, by reading: InputStream.skip does not report
  /// the end of a file.
  ///
  /// @param begin the file offset of `what`
  /// @throws CaptureFormatException if the file ends before
  void skip(long length, String what, long begin) throws IOException {
    long left = length;
    while (left > 0) {
      if (!fill()) {
        throw endsWithin(what, begin);
      }
      int step = (int) Math.min(left, limit - position);
      advance(step);
      left -= step;
    }
  }

  private CaptureFormatException endsWithin(String what, long begin) {
    return formatError(
        offset,
        "the file ends within the " + what + " that begins at byte " + begin + "; cut off?");
  }

  /// An exception with the file's name, the offset `at` and a sentence.
  CaptureFormatException formatError(long at, String sentence) {
    return new CaptureFormatException(name + ": byte " + at + ": " + sentence, at);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private boolean fill() throws IOException {
    if (position == limit) {
      position = 0;
      limit = Math.max(0, in.read(buffer));
    }
    return position < limit;
  }

  private void advance(int step) {
    position += step;
    offset += step;
  }
}
