package dev.jig.pcap;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
    endBlock(List.of(text(SHB_OS, os), text(SHB_USERAPPL, application)));
    beginBlock(INTERFACE_DESCRIPTION);
    buffer.putShort((short) linkType).putShort((short) 0).putInt(0); // snaplen 0: no limit
    CaptureOption unit =
        new CaptureOption(IF_TSRESOL, ByteBuffer.wrap(new byte[] {NANOSECONDS}).asReadOnlyBuffer());
    endBlock(List.of(text(IF_NAME, name), text(IF_DESCRIPTION, description), unit));
  }

  /// Writes an Enhanced Packet Block.
  ///
  /// @param timeNs nanoseconds since the epoch
  /// @param frame the frame from its link header on
  /// @param comment a comment for readers
  /// @param customText text of a custom option, which this program reads back; null: none
  public void writePacket(
      long timeNs, ByteBuffer frame, String comment, @Nullable String customText)
      throws IOException {
    int length = frame.remaining();
    beginBlock(ENHANCED_PACKET);
    ensureRoom(20 + length);
    buffer.putInt(0);
    putTime(timeNs);
    buffer.putInt(length).putInt(length).put(frame.duplicate());
    pad();
    endBlock(commentAndText(comment, customText));
  }

  /// Writes a Custom Block, which other tools skip or copy.
  public void writeCustomBlock(String comment, String customText) throws IOException {
    beginBlock(PcapngBlock.CUSTOM);
    buffer.putInt(CustomText.ENTERPRISE_NUMBER);
    endBlock(commentAndText(comment, customText));
  }

  /// Writes an Interface Statistics Block.
  ///
  /// @param timeNs the time of the counts, nanoseconds since the epoch
  public void writeStatistics(long timeNs, Statistics statistics) throws IOException {
    List<CaptureOption> options = new ArrayList<>();
    int code = Statistics.FIRST_CODE;
    for (Long value : statistics.values()) {
      if (value != null) {
        // a time is written upper half first, like a packet's
        boolean time = code < Statistics.FIRST_CODE + 2;
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ORDER);
        bytes.putLong(time ? value << 32 | value >>> 32 : value).flip();
        options.add(new CaptureOption(code, bytes));
      }
      code++;
    }
    beginBlock(INTERFACE_STATISTICS);
    buffer.putInt(0);
    putTime(timeNs);
    endBlock(options);
  }

  /// Flushes all blocks to the stream.
  public void flush() throws IOException {
    drain();
    out.flush();
  }

  private static List<CaptureOption> commentAndText(String comment, @Nullable String customText) {
    CaptureOption first = text(CaptureOption.COMMENT, comment);
    return customText == null
        ? List.of(first)
        : List.of(first, CustomText.toOption(customText, ORDER));
  }

  private static CaptureOption text(int code, String text) {
    return new CaptureOption(code, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
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

  private void endBlock(List<CaptureOption> options) throws IOException {
    for (CaptureOption option : options) {
      int length = option.value().remaining();
      ensureRoom(8 + length);
      buffer.putShort((short) option.code()).putShort((short) length);
      buffer.put(option.value().duplicate());
      pad();
    }
    ensureRoom(8);
    buffer.putInt(END_OF_OPTIONS);
    int length = buffer.position() - begin + Integer.BYTES;
    buffer.putInt(length).putInt(begin + Integer.BYTES, length);
    if (buffer.position() > CAPACITY / 2) {
      drain();
    }
  }

  private void pad() {
    ensureRoom(4);
    while ((buffer.position() - begin) % 4 != 0) {
      buffer.put((byte) 0);
    }
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
