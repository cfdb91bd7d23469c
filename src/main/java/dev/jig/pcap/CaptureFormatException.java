package dev.jig.pcap;

import java.io.IOException;

/// A capture file's bytes are not what its format asks for; the message is a sentence that names
/// the file, what is wrong and where.
public final class CaptureFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  private final long offset;

  CaptureFormatException(String message, long offset) {
    super(message);
    this.offset = offset;
  }

  /// The byte of the file where the damage is, counted from 0.
  public long offset() {
    return offset;
  }
}
