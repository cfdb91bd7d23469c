package dev.jig.pcap;

import java.io.IOException;

/// A capture file violates its format; the message names the file, the offset and the problem.
public final class CaptureFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  private final long offset;

  CaptureFormatException(String message, long offset) {
    super(message);
    this.offset = offset;
  }

  /// The offset of the problem in the file, in bytes.
  public long offset() {
    return offset;
  }
}
