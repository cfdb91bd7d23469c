package dev.jig.pcap;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes a pcapng file (draft-ietf-opsawg-pcapng) of one section and one interface, little-endian,
/// with timestamps in nanoseconds. Writes whole blocks only, so that the reader of a pipe gets
/// every flushed packet.
///
/// ```
/// block      type 4 | length 4 | body, padded to 4 | length 4
/// option     code 2 | length 2 | value, padded to 4           … | 0 2 | 0 2
/// ```
public final class CaptureWriter {
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final int CAPACITY = 64 * 1024;

  private static final int INTERFACE_DESCRIPTION = 1;
  private static final int INTERFACE_STATISTICS = 5;
  private static final int ENHANCED_PACKET = 6;

  private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
  private static final long UNKNOWN_LENGTH = -1;

  /// Interface, time, captured and original length.
  private static final int PACKET_FIXED = 20;

  private static final int END_OF_OPTIONS = 0;
  private static final int SHB_OS = 3;
  private static final int SHB_USERAPPL = 4;
  private static final int IF_NAME = 2;
  private static final int IF_DESCRIPTION = 3;
  private static final int IF_TSRESOL = 9;
  private static final byte NANOSECONDS = 9;

  /// An Interface Statistics Block's options; null: unknown.
  ///
  /// @param startNs isb_starttime, nanoseconds since the epoch
  /// @param endNs isb_endtime, nanoseconds since the epoch
  /// @param received isb_ifrecv: packets received
  /// @param dropped isb_ifdrop: packets lost, shown as dropped in Wireshark
  /// @param accepted isb_filteraccept: packets accepted by the filter, lost ones included
  /// @param droppedByOs isb_osdrop: those of [#dropped] that the kernel lost
  /// @param delivered isb_usrdeliv: packets written
  public record Statistics(
      @Nullable Long startNs,
      @Nullable Long endNs,
      @Nullable Long received,
      @Nullable Long dropped,
      @Nullable Long accepted,
      @Nullable Long droppedByOs,
      @Nullable Long delivered) {
    static final int FIRST_CODE = 2;

    /// The first options are times.
    static final int TIMES = 2;

    /// In the order of the option codes, from 2 on.
    List<@Nullable Long> values() {
      return Arrays.asList(startNs, endNs, received, dropped, accepted, droppedByOs, delivered);
    }
  }

  private final OutputStream out;
  private ByteBuffer buffer = ByteBuffer.allocate(CAPACITY).order(ORDER);
  private int begin;

  public CaptureWriter(OutputStream out) {
    this.out = out;
  }

  /// Writes the section header and the interface description.
  ///
  /// @param application the writing program's name and version, shb_userappl
  /// @param os the operating system, shb_os
  /// @param linkType the LINKTYPE_ number of all packets
  /// @param name the interface's name
  /// @param description the interface's description
  public void writeHeader(
      String application, String os, int linkType, String name, String description)
      throws IOException {
    beginBlock(PcapngBlock.SECTION_HEADER);
    buffer.putInt(BYTE_ORDER_MAGIC).putShort((short) 1).putShort((short) 0).putLong(UNKNOWN_LENGTH);
    putOption(SHB_OS, os);
    putOption(SHB_USERAPPL, application);
    endBlock();
    beginBlock(INTERFACE_DESCRIPTION);
    buffer.putShort((short) linkType).putShort((short) 0).putInt(0); // snaplen 0: no limit
    putOption(IF_NAME, name);
    putOption(IF_DESCRIPTION, description);
    putOption(IF_TSRESOL, ByteBuffer.wrap(new byte[] {NANOSECONDS}));
    endBlock();
  }

  /// Writes an Enhanced Packet Block. Does not change the buffers.
  ///
  /// @param timeNs nanoseconds since the epoch
  /// @param frame the frame from its link header on
  /// @param comment a comment for readers, UTF-8
  /// @param custom value of a custom option, which this program reads back; null: none
  public void writePacket(
      long timeNs, ByteBuffer frame, ByteBuffer comment, @Nullable ByteBuffer custom)
      throws IOException {
    int length = frame.remaining();
    beginBlock(ENHANCED_PACKET);
    ensureRoom(PACKET_FIXED + length);
    buffer.putInt(0);
    putTime(timeNs);
    buffer.putInt(length).putInt(length);
    put(frame);
    pad();
    putOption(CaptureOption.COMMENT, comment);
    if (custom != null) {
      putCustomOption(custom);
    }
    endBlock();
  }

  /// Writes a Custom Block, which other tools skip or copy. Does not change the buffers.
  public void writeCustomBlock(ByteBuffer comment, ByteBuffer custom) throws IOException {
    beginBlock(PcapngBlock.CUSTOM);
    buffer.putInt(CustomBytes.ENTERPRISE_NUMBER);
    putOption(CaptureOption.COMMENT, comment);
    putCustomOption(custom);
    endBlock();
  }

  /// Writes an Interface Statistics Block.
  ///
  /// @param timeNs the time of the counts, nanoseconds since the epoch
  public void writeStatistics(long timeNs, Statistics statistics) throws IOException {
    beginBlock(INTERFACE_STATISTICS);
    buffer.putInt(0);
    putTime(timeNs);
    int code = Statistics.FIRST_CODE;
    for (Long value : statistics.values()) {
      if (value != null) {
        ensureRoom(2 * Short.BYTES + Long.BYTES);
        buffer.putShort((short) code).putShort((short) Long.BYTES);
        if (code < Statistics.FIRST_CODE + Statistics.TIMES) {
          putTime(value);
        } else {
          buffer.putLong(value);
        }
      }
      code++;
    }
    endBlock();
  }

  /// Flushes all blocks to the stream.
  public void flush() throws IOException {
    drain();
    out.flush();
  }

  /// Writes the upper half first, in either byte order.
  private void putTime(long timeNs) {
    buffer.putInt((int) (timeNs >>> 32)).putInt((int) timeNs);
  }

  private void beginBlock(int type) {
    ensureRoom(64);
    begin = buffer.position();
    buffer.putInt(type).putInt(0);
  }

  private void putOption(int code, String text) {
    putOption(code, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private void putOption(int code, ByteBuffer value) {
    int length = value.remaining();
    ensureRoom(2 * Short.BYTES + length);
    buffer.putShort((short) code).putShort((short) length);
    put(value);
    pad();
  }

  private void putCustomOption(ByteBuffer custom) {
    int length = custom.remaining();
    if (length > CustomBytes.MAX_LENGTH) {
      buffer.position(begin); // drops the block
      throw new IllegalArgumentException(
          "a custom option of " + length + " bytes, at most " + CustomBytes.MAX_LENGTH);
    }
    ensureRoom(2 * Short.BYTES + Integer.BYTES + length);
    buffer.putShort((short) CaptureOption.CUSTOM_BYTES);
    buffer.putShort((short) (Integer.BYTES + length)).putInt(CustomBytes.ENTERPRISE_NUMBER);
    put(custom);
    pad();
  }

  /// Copies without moving the position of `from`. Precondition: there is room.
  private void put(ByteBuffer from) {
    int length = from.remaining();
    buffer.put(buffer.position(), from, from.position(), length);
    buffer.position(buffer.position() + length);
  }

  private void endBlock() throws IOException {
    ensureRoom(2 * Integer.BYTES);
    buffer.putInt(END_OF_OPTIONS);
    int length = buffer.position() - begin + Integer.BYTES;
    buffer.putInt(length).putInt(begin + Integer.BYTES, length);
    if (buffer.position() > CAPACITY / 2) {
      drain();
    }
  }

  private void pad() {
    ensureRoom(Integer.BYTES);
    int position = buffer.position();
    buffer.putInt(position, 0).position(position + (begin - position & Integer.BYTES - 1));
  }

  /// Clears the buffer first: after an IOException its blocks are not written again.
  private void drain() throws IOException {
    int pending = buffer.position();
    buffer.clear();
    if (pending > 0) {
      out.write(buffer.array(), 0, pending);
    }
  }

  /// Grows the buffer for `needed` more bytes.
  private void ensureRoom(int needed) {
    if (buffer.remaining() < needed) {
      int capacity = Math.max(2 * buffer.capacity(), buffer.position() + needed);
      buffer = ByteBuffer.allocate(capacity).order(ORDER).put(buffer.flip());
    }
  }
}
