package dev.jig.capture;

import java.io.ByteArrayOutputStream;

/// Builds frames header by header, for programs that run without traffic. Addresses are 192.0.2.1
/// and .2, 2001:db8::1 and ::2; the payload is that of [#PAYLOAD].
final class Frames {
  static final byte[] PAYLOAD = {
    0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 4, 't', 'e', 's', 't', 0, 0, 1, 0, 1
  };
  static final int TCP = 6;
  static final int UDP = 17;

  private static final int MORE_FRAGMENTS = 0x2000;

  private Frames() {}

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }

  static byte[] cut(byte[] frame, int bytes) {
    return java.util.Arrays.copyOf(frame, frame.length - bytes);
  }

  /// Behind an Ethernet header.
  static byte[] ipv4(int protocol, int optionBytes, byte[] rest) {
    return ipv4(protocol, 5 + optionBytes / 4, 0, optionBytes, rest);
  }

  /// The first fragment, or a later one.
  static byte[] ipv4Fragment(int offset, byte[] rest) {
    return ipv4(UDP, 5, offset == 0 ? MORE_FRAGMENTS : offset, 0, rest);
  }

  /// With a header length field of `words`, in units of 4 bytes, right or wrong.
  static byte[] ipv4Saying(int words, byte[] rest) {
    return ipv4(UDP, words, 0, 0, rest);
  }

  private static byte[] ipv4(int protocol, int words, int fragment, int optionBytes, byte[] rest) {
    byte[] header = new byte[20 + optionBytes];
    header[0] = (byte) (0x40 | words);
    put16(header, 2, header.length + rest.length);
    put16(header, 6, fragment);
    header[8] = 64;
    header[9] = (byte) protocol;
    put(header, 12, 192, 0, 2, 1, 192, 0, 2, 2);
    for (int i = 20; i < header.length; i++) {
      header[i] = 1; // No Operation
    }
    return join(ethernet(0x0800), header, rest);
  }

  static byte[] ipv6(int next, byte[] rest) {
    byte[] header = new byte[40];
    header[0] = 0x60;
    put16(header, 4, rest.length);
    header[6] = (byte) next;
    header[7] = 64;
    put(header, 8, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    put(header, 24, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2);
    return join(ethernet(0x86dd), header, rest);
  }

  /// An extension header with a length in units of 8 bytes, without the first.
  static byte[] extension(int next, int moreWords) {
    byte[] header = new byte[8 + 8 * moreWords];
    header[0] = (byte) next;
    header[1] = (byte) moreWords;
    return header;
  }

  /// RFC 8200 section 4.5.
  static byte[] fragment(int next, int offset) {
    byte[] header = new byte[8];
    header[0] = (byte) next;
    put16(header, 2, offset << 3 | 1);
    return header;
  }

  /// RFC 4302 section 2, with 12 bytes of ICV; its length is in units of 4 bytes.
  static byte[] authentication(int next) {
    byte[] header = new byte[24];
    header[0] = (byte) next;
    header[1] = 4;
    return header;
  }

  static byte[] udp(int to) {
    byte[] header = new byte[8];
    put16(header, 0, 40_000);
    put16(header, 2, to);
    put16(header, 4, header.length + PAYLOAD.length);
    return join(header, PAYLOAD);
  }

  static byte[] tcp(int to, int optionBytes, byte[] payload) {
    byte[] header = new byte[20 + optionBytes];
    put16(header, 0, 40_000);
    put16(header, 2, to);
    header[7] = 9; // sequence number
    header[12] = (byte) (5 + optionBytes / 4 << 4);
    header[13] = 0x18; // ACK, PSH
    return join(header, payload);
  }

  private static byte[] ethernet(int type) {
    byte[] header = new byte[14];
    put16(header, 12, type);
    return header;
  }

  private static void put16(byte[] bytes, int at, int value) {
    put(bytes, at, value >> 8, value & 0xff);
  }

  private static void put(byte[] bytes, int at, int... values) {
    for (int i = 0; i < values.length; i++) {
      bytes[at + i] = (byte) values[i];
    }
  }
}
