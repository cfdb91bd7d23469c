package dev.jig.pcap;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes capture files of every variant for tests, byte by byte and independent of the readers.
public final class CaptureBuilder {
  public static final int ETHERNET = 1;
  public static final int RAW = 101;
  public static final int SNAPLEN = 262_144;

  private static final long NS_PER_SECOND = 1_000_000_000L;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private ByteOrder order;
  private final int nsPerFraction;

  private CaptureBuilder(ByteOrder order, int nsPerFraction) {
    this.order = order;
    this.nsPerFraction = nsPerFraction;
  }

  /// Classic pcap with timestamps in microseconds.
  public static CaptureBuilder pcap(ByteOrder order, int linkType) {
    return new CaptureBuilder(order, 1000).pcapHeader(0xa1b2c3d4, SNAPLEN, linkType);
  }

  /// Classic pcap with timestamps in nanoseconds.
  public static CaptureBuilder pcapNanoseconds(ByteOrder order, int linkType) {
    return new CaptureBuilder(order, 1).pcapHeader(0xa1b23c4d, SNAPLEN, linkType);
  }

  /// Pcapng with its first section's header.
  public static CaptureBuilder pcapng(ByteOrder order) {
    return new CaptureBuilder(order, 0).section(order);
  }

  public byte[] bytes() {
    return out.toByteArray();
  }

  // classic pcap

  private CaptureBuilder pcapHeader(int magic, int snaplen, int linkType) {
    ByteBuffer header = buffer(24).putInt(magic).putShort((short) 2).putShort((short) 4);
    return append(header.putInt(0).putInt(0).putInt(snaplen).putInt(linkType));
  }

  /// A whole packet of a classic file.
  public CaptureBuilder packet(long timeNs, byte[] frame) {
    return packet(timeNs, frame, frame.length);
  }

  /// A packet truncated to `captured`.
  public CaptureBuilder packet(long timeNs, byte[] captured, int originalLength) {
    int fraction = (int) (timeNs % NS_PER_SECOND) / nsPerFraction;
    return record(timeNs / NS_PER_SECOND, fraction, captured.length, originalLength, captured);
  }

  /// A record with any lengths, right or wrong.
  public CaptureBuilder record(
      long seconds, int fraction, int capturedLength, int originalLength, byte[] captured) {
    ByteBuffer record = buffer(16 + captured.length).putInt((int) seconds).putInt(fraction);
    return append(record.putInt(capturedLength).putInt(originalLength).put(captured));
  }

  // pcapng

  /// A section header; the blocks behind it are in its order.
  public CaptureBuilder section(ByteOrder sectionOrder, byte[]... options) {
    order = sectionOrder;
    ByteBuffer fixed = buffer(16).putInt(0x1a2b3c4d).putShort((short) 1).putShort((short) 0);
    return block(0x0a0d0d0a, join(fixed.putLong(-1), join(options)));
  }

  public CaptureBuilder interfaceDescription(int linkType, int snaplen, byte[]... options) {
    ByteBuffer fixed = buffer(8).putShort((short) linkType).putShort((short) 0).putInt(snaplen);
    return block(1, join(fixed, join(options)));
  }

  public CaptureBuilder enhanced(int id, long ticks, byte[] frame, byte[]... options) {
    return enhanced(id, ticks, frame, frame.length, options);
  }

  /// An enhanced packet block truncated to `captured`.
  public CaptureBuilder enhanced(
      int id, long ticks, byte[] captured, int originalLength, byte[]... options) {
    ByteBuffer fixed = buffer(20).putInt(id).putInt((int) (ticks >>> 32)).putInt((int) ticks);
    fixed.putInt(captured.length).putInt(originalLength);
    return block(6, join(fixed, pad(captured), join(options)));
  }

  public CaptureBuilder obsolete(int id, long ticks, byte[] frame, byte[]... options) {
    ByteBuffer fixed = buffer(20).putShort((short) id).putShort((short) 0xffff);
    fixed.putInt((int) (ticks >>> 32)).putInt((int) ticks);
    fixed.putInt(frame.length).putInt(frame.length);
    return block(2, join(fixed, pad(frame), join(options)));
  }

  public CaptureBuilder simple(byte[] captured, int originalLength) {
    return block(3, join(buffer(4).putInt(originalLength), pad(captured)));
  }

  /// Any block around `body`, which is padded.
  public CaptureBuilder block(int type, byte[] body) {
    byte[] padded = pad(body);
    return block(type, padded, 12 + padded.length, 12 + padded.length);
  }

  /// A block with any lengths, right or wrong.
  public CaptureBuilder block(int type, byte[] body, int length, int trailingLength) {
    ByteBuffer block = buffer(12 + body.length).putInt(type).putInt(length).put(body);
    return append(block.putInt(trailingLength));
  }

  /// An option in the current section's order.
  public byte[] option(int code, byte[] value) {
    ByteBuffer head = buffer(4).putShort((short) code).putShort((short) value.length);
    return join(head, pad(value));
  }

  public byte[] comment(String text) {
    return option(1, text.getBytes(StandardCharsets.UTF_8));
  }

  /// The unit of an interface's timestamps.
  public byte[] resolution(int value) {
    return option(9, new byte[] {(byte) value});
  }

  public byte[] offsetSeconds(long seconds) {
    return option(14, buffer(8).putLong(seconds).array());
  }

  public byte[] endOfOptions() {
    return option(0, new byte[0]);
  }

  private ByteBuffer buffer(int capacity) {
    return ByteBuffer.allocate(capacity).order(order);
  }

  private CaptureBuilder append(ByteBuffer full) {
    out.writeBytes(written(full));
    return this;
  }

  private static byte[] written(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.flip().remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static byte[] pad(byte[] bytes) {
    return Arrays.copyOf(bytes, bytes.length + 3 & ~3);
  }

  private static byte[] join(ByteBuffer first, byte[]... rest) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    joined.writeBytes(written(first));
    joined.writeBytes(join(rest));
    return joined.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }
}
