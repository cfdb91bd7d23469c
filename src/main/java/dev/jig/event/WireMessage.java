package dev.jig.event;

import dev.jig.dns.DecodedMessage;
import dev.jig.dns.Dialect;
import dev.jig.dns.MessageDecoder;
import java.util.Arrays;

/// The bytes of a DNS message (RFC 1035 section 4) without the length field of TCP, for outputs
/// that show or copy the whole message.
public final class WireMessage {
  private final byte[] bytes;

  private WireMessage(byte[] bytes) {
    this.bytes = bytes;
  }

  /// Copies `length` bytes from `offset`.
  public static WireMessage of(byte[] buffer, int offset, int length) {
    return new WireMessage(Arrays.copyOfRange(buffer, offset, offset + length));
  }

  /// The length in bytes.
  public int length() {
    return bytes.length;
  }

  /// A copy of the bytes.
  public byte[] toBytes() {
    return bytes.clone();
  }

  /// Copies `count` bytes from `from` to `target` at `at`.
  public void copy(int from, int count, byte[] target, int at) {
    System.arraycopy(bytes, from, target, at, count);
  }

  /// The unsigned byte at `at`.
  public int u8(int at) {
    return bytes[at] & 0xff;
  }

  /// The unsigned number of 16 bits at `at`, in network order.
  public int u16(int at) {
    return u8(at) << 8 | u8(at + 1);
  }

  /// The unsigned number of 32 bits at `at`, in network order.
  public long u32(int at) {
    return (long) u16(at) << 16 | u16(at + 2);
  }

  /// Decodes all sections.
  ///
  /// @param decoder the decoder of the calling thread
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
