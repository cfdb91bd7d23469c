package dev.jig.pcap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads the pcapng format (draft-ietf-opsawg-pcapng): sections, each with its byte order and
/// interfaces; enhanced, simple and obsolete packet blocks; custom blocks with [CustomBytes];
/// isb_ifdrop of statistics blocks. Other blocks are skipped.
///
/// ```
/// section    (byte order) | major 2 | minor 2 | section length 8 | options
/// enhanced   interface 4           | ticks high 4 | low 4 | captured 4 | original 4 | frame |
///            options
/// obsolete   interface 2 | drops 2 | ticks high 4 | low 4 | captured 4 | original 4 | frame |
///            options
/// simple     original 4 | frame
/// statistics interface 4 | ticks high 4 | low 4 | options
/// custom     enterprise number 4 | options; no custom data
/// ```
final class PcapngReader implements CaptureReader {
  private static final int INTERFACE_DESCRIPTION = 1;
  private static final int OBSOLETE_PACKET = 2;
  private static final int SIMPLE_PACKET = 3;
  private static final int INTERFACE_STATISTICS = 5;
  private static final int ENHANCED_PACKET = 6;

  private static final int SECTION_FIXED = 12;
  private static final int MAJOR = 1;
  private static final int MAX_INTERFACES = 65_536;

  private static final int TICKS_HIGH_OFFSET = 4;
  private static final int TICKS_LOW_OFFSET = 8;
  private static final int CAPTURED_OFFSET = 12;
  private static final int ORIGINAL_OFFSET = 16;
  private static final int PACKET_FIXED = 20;
  private static final int SIMPLE_FIXED = 4;
  private static final int CUSTOM_FIXED = 4;
  private static final int STATISTICS_FIXED = 12;
  private static final int ISB_IFDROP = 5;

  private final ByteSource source;
  private final PcapngBlock block;
  private final List<CaptureInterface> interfaces = new ArrayList<>();
  private final CapturedPacket scratch = new CapturedPacket();

  /// isb_ifdrop by interface of this section; it is cumulative.
  private final Map<Long, Long> dropped = new HashMap<>();

  private long droppedBefore;
  private long lastTimeNs;

  /// Reads the first section header.
  PcapngReader(ByteSource source) throws IOException {
    this.source = source;
    this.block = new PcapngBlock(source);
    if (block.next()) {
      beginSection();
    }
  }

  @Override
  public boolean next(CapturedPacket into) throws IOException {
    while (block.next()) {
      switch (block.type()) {
        case PcapngBlock.SECTION_HEADER -> beginSection();
        case INTERFACE_DESCRIPTION -> addInterface();
        case ENHANCED_PACKET, OBSOLETE_PACKET -> {
          readPacket(into);
          return true;
        }
        case SIMPLE_PACKET -> {
          readSimplePacket(into);
          return true;
        }
        case PcapngBlock.CUSTOM -> {
          if (readCustomBlock(into)) {
            return true;
          }
        }
        case INTERFACE_STATISTICS -> {
          if (readStatistics(into)) {
            return true;
          }
        }
        default -> block.skipBody();
      }
    }
    return false;
  }

  @Override
  public long dropped() {
    return droppedBefore + dropped.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  private void beginSection() throws IOException {
    byte[] body = readBody(scratch, SECTION_FIXED, "section header");
    int major = block.endian().u16(body, 0);
    if (major != MAJOR) {
      throw block.formatError("pcapng version " + major + " is not known, only " + MAJOR);
    }
    interfaces.clear();
    droppedBefore = dropped();
    dropped.clear();
  }

  private void addInterface() throws IOException {
    byte[] body = readBody(scratch, CaptureInterface.FIXED_LENGTH, "interface description");
    if (interfaces.size() == MAX_INTERFACES) {
      throw block.formatError("more than " + MAX_INTERFACES + " interfaces in one section");
    }
    interfaces.add(CaptureInterface.read(block, body));
  }

  private void readPacket(CapturedPacket into) throws IOException {
    byte[] body = readBody(into, PACKET_FIXED, "packet");
    Endian endian = block.endian();
    boolean obsolete = block.type() == OBSOLETE_PACKET;
    long id = obsolete ? endian.u16(body, 0) : endian.u32(body, 0);
    CaptureInterface from = interfaceOf(id);
    long ticks = endian.u32(body, TICKS_HIGH_OFFSET) << 32 | endian.u32(body, TICKS_LOW_OFFSET);
    lastTimeNs = from.timeNs(ticks);
    long original = endian.u32(body, ORIGINAL_OFFSET);
    fill(into, from, PACKET_FIXED, endian.u32(body, CAPTURED_OFFSET), original);
    into.interfaceId = (int) id;
    into.optionsOffset = PACKET_FIXED + OptionCursor.padded(into.length);
    into.optionsEnd = (int) block.bodyLength();
  }

  private void readSimplePacket(CapturedPacket into) throws IOException {
    byte[] body = readBody(into, SIMPLE_FIXED, "simple packet");
    CaptureInterface from = interfaceOf(0);
    long original = block.endian().u32(body, 0);
    fill(into, from, SIMPLE_FIXED, from.captured(original), original);
    into.interfaceId = 0;
    into.optionsOffset = 0;
    into.optionsEnd = 0;
  }

  /// False if the block has no [CustomBytes]: other programs may use the example number, too.
  private boolean readCustomBlock(CapturedPacket into) throws IOException {
    return readFrameless(into, CUSTOM_FIXED)
        && block.endian().i32(into.bytes, 0) == CustomBytes.ENTERPRISE_NUMBER
        && into.customBytes() != null;
  }

  private boolean readStatistics(CapturedPacket into) throws IOException {
    if (!readFrameless(into, STATISTICS_FIXED)) {
      return false;
    }
    for (CaptureOption option : into.options()) {
      if (option.code() == ISB_IFDROP && option.value().remaining() == Long.BYTES) {
        long id = block.endian().u32(into.bytes, 0);
        long count = Math.max(0, option.value().getLong(0));
        if (id < interfaces.size()) {
          dropped.put(id, count);
        }
      }
    }
    return true;
  }

  /// Reads a block without a frame; skips it and returns false if its length is not plausible.
  private boolean readFrameless(CapturedPacket into, int optionsOffset) throws IOException {
    long length = block.bodyLength();
    if (length < optionsOffset || length > CustomBytes.MAX_BLOCK_LENGTH) {
      block.skipBody();
      return false;
    }
    into.reserve((int) length);
    block.readBody(into.bytes);
    into.timeNs = lastTimeNs;
    into.offset = 0;
    into.length = 0;
    into.originalLength = 0;
    into.endian = block.endian();
    into.hasFrame = false;
    into.optionsOffset = optionsOffset;
    into.optionsEnd = (int) length;
    return true;
  }

  private void fill(
      CapturedPacket into, CaptureInterface from, int offset, long captured, long original)
      throws CaptureFormatException {
    long room = block.bodyLength() - offset;
    if (captured > room) {
      throw block.formatError(
          "a packet of " + captured + " captured bytes in a block with room for " + room);
    }
    into.hasFrame = true;
    into.linkType = from.linkType();
    into.timeNs = lastTimeNs;
    into.offset = offset;
    into.length = (int) captured;
    into.originalLength = original;
    into.endian = block.endian();
  }

  private CaptureInterface interfaceOf(long id) throws CaptureFormatException {
    if (id >= interfaces.size()) {
      throw block.formatError(
          "a packet of interface " + id + ", but its section has described " + interfaces.size());
    }
    return interfaces.get((int) id);
  }

  /// Reads the body into the packet's buffer.
  ///
  /// @throws CaptureFormatException if it is shorter than `minimum` or longer than 16 MiB
  private byte[] readBody(CapturedPacket into, int minimum, String what) throws IOException {
    long length = block.bodyLength();
    if (length < minimum || length > PcapngBlock.MAX_BODY) {
      throw block.formatError(
          "a %s block with %d bytes of content; %d to %d are possible"
              .formatted(what, length, minimum, PcapngBlock.MAX_BODY));
    }
    into.reserve((int) length);
    block.readBody(into.bytes);
    return into.bytes;
  }
}
