package dev.jig.pcap;

import java.nio.ByteOrder;

/// The byte order of a file or section, which is that of the machine that wrote it.
enum Endian {
  BIG,
  LITTLE;

  ByteOrder byteOrder() {
    return this == BIG ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
  }

  int u16(byte[] bytes, int offset) {
    int first = bytes[offset] & 0xff;
    int second = bytes[offset + 1] & 0xff;
    return this == BIG ? first << 8 | second : second << 8 | first;
  }

  int i32(byte[] bytes, int offset) {
    int first = u16(bytes, offset);
    int second = u16(bytes, offset + 2);
    return this == BIG ? first << 16 | second : second << 16 | first;
  }

  long u32(byte[] bytes, int offset) {
    return i32(bytes, offset) & 0xffffffffL;
  }

  long i64(byte[] bytes, int offset) {
    long first = u32(bytes, offset);
    long second = u32(bytes, offset + 4);
    return this == BIG ? first << 32 | second : second << 32 | first;
  }
}
