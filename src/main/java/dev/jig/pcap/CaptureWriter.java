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
/// timestamps in nanoseconds. Only whole blocks leave, so that who reads from a pipe sees every
/// packet that was flushed.
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

  /// What an interface has seen up to now, as its statistics block says it; null where unknown.
  ///
  /// @param startNs since when, nanoseconds since the epoch
  /// @param endNs up to when
  /// @param received isb_ifrecv: packets that came
  /// @param dropped isb_ifdrop: packets lost for want of resources; what Wireshark shows as dropped
  /// @param accepted isb_filteraccept: packets that were wanted, lost or not
  /// @param droppedByOs isb_osdrop: those of [#dropped] that the kernel had no room for
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

    /// In the order of their codes, which begin at 2.
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

  /// Writes what stands before the first packet.
  ///
  /// @param application who writes
  /// @param linkType the LINKTYPE_ number of all packets
  /// @param name the interface's
  /// @param description says what kind of packets these are
  public void writeHeader(String application, String os, int linkType, String name, String description)
      throws IOException {
    beginBlock(PcapngBlock.SECTION_HEADER);
    buffer.putInt(BYTE_ORDER_MAGIC).putShort((short) 1).putShort((short) 0).putLong(UNKNOWN_LENGTH);
    endBlock(List.of(text(SHB_OS, os), text(SHB_USERAPPL, application)));
    beginBlock(INTERFACE_DESCRIPTION);
    buffer.putShort((short) linkType).putShort((short) 0).putInt(0); // no limit to a frame's length
    CaptureOption unit =
        new CaptureOption(IF_TSRESOL, ByteBuffer.wrap(new byte[] {NANOSECONDS}).asReadOnlyBuffer());
    endBlock(List.of(text(IF_NAME, name), text(IF_DESCRIPTION, description), unit));
  }

  /// Writes a packet.
  ///
  /// @param timeNs nanoseconds since the epoch
  /// @param frame from its link layer's header on, up to its limit
  /// @param comment for eyes
  /// @param note for this program, null for none
  public void writePacket(long timeNs, ByteBuffer frame, String comment, @Nullable String note)
      throws IOException {
    int length = frame.remaining();
    beginBlock(ENHANCED_PACKET);
    room(20 + length);
    buffer.putInt(0);
    putTime(timeNs);
    buffer.putInt(length).putInt(length).put(frame.duplicate());
    pad();
    endBlock(remarks(comment, note));
  }

  /// Writes what stands for no packet: a custom block, which other tools pass over or carry along.
  public void writeCustomBlock(String comment, String note) throws IOException {
    beginBlock(PcapngBlock.CUSTOM);
    buffer.putInt(CustomText.ENTERPRISE_NUMBER);
    endBlock(remarks(comment, note));
  }

  /// Writes what the interface has seen up to now.
  ///
  /// @param timeNs when that was counted
  public void writeStatistics(long timeNs, Statistics statistics) throws IOException {
    List<CaptureOption> options = new ArrayList<>();
    int code = Statistics.FIRST_CODE;
    for (Long value : statistics.values()) {
      if (value != null) {
        // times have their halves in the order of a packet's
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

  /// Hands everything written so far to the stream.
  public void flush() throws IOException {
    drain();
    out.flush();
  }

  private static List<CaptureOption> remarks(String comment, @Nullable String note) {
    CaptureOption forEyes = text(CaptureOption.COMMENT, comment);
    return note == null ? List.of(forEyes) : List.of(forEyes, CustomText.toOption(note, ORDER));
  }

  private static CaptureOption text(int code, String text) {
    return new CaptureOption(code, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /// The upper half first, whatever the byte order.
  private void putTime(long timeNs) {
    buffer.putInt((int) (timeNs >>> 32)).putInt((int) timeNs);
  }

  private void beginBlock(int type) {
    room(64);
    begin = buffer.position();
    buffer.putInt(type).putInt(0);
  }

  private void endBlock(List<CaptureOption> options) throws IOException {
    for (CaptureOption option : options) {
      int length = option.value().remaining();
      room(8 + length);
      buffer.putShort((short) option.code()).putShort((short) length);
      buffer.put(option.value().duplicate());
      pad();
    }
    room(8);
    buffer.putInt(END_OF_OPTIONS);
    int length = buffer.position() - begin + Integer.BYTES;
    buffer.putInt(length).putInt(begin + Integer.BYTES, length);
    if (buffer.position() > CAPACITY / 2) {
      drain();
    }
  }

  private void pad() {
    room(4);
    while ((buffer.position() - begin) % 4 != 0) {
      buffer.put((byte) 0);
    }
  }

  /// What a failing stream did not take is not offered again.
  private void drain() throws IOException {
    int pending = buffer.position();
    buffer.clear();
    if (pending > 0) {
      out.write(buffer.array(), 0, pending);
    }
  }

  /// A block longer than the buffer makes it grow.
  private void room(int needed) {
    if (buffer.remaining() < needed) {
      int capacity = Math.max(2 * buffer.capacity(), buffer.position() + needed);
      buffer = ByteBuffer.allocate(capacity).order(ORDER).put(buffer.flip());
    }
  }
}
