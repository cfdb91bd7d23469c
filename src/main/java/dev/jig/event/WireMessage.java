package dev.jig.event;

import dev.jig.dns.DecodedMessage;
import dev.jig.dns.Dialect;
import dev.jig.dns.MessageDecoder;
import java.util.Arrays;

/// A DNS message as it was on the wire (RFC 1035 section 4), without the length that TCP puts in
/// front: for outputs that tell all it says, or hand it on.
public final class WireMessage {
  private final byte[] bytes;

  private WireMessage(byte[] bytes) {
    this.bytes = bytes;
  }

  /// Copies a message.
  public static WireMessage of(byte[] buffer, int offset, int length) {
    return new WireMessage(Arrays.copyOfRange(buffer, offset, offset + length));
  }

  /// In bytes.
  public int length() {
    return bytes.length;
  }

  /// A copy of the message.
  public byte[] toBytes() {
    return bytes.clone();
  }

  /// All that it says.
  ///
  /// @param decoder of the calling thread
  public DecodedMessage decode(MessageDecoder decoder, Dialect dialect) {
    return decoder.decode(bytes, 0, bytes.length, dialect);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WireMessage that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "WireMessage[" + bytes.length + " bytes]";
  }
}
