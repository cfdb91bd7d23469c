package dev.jig.pcap;

import java.io.IOException;
import java.util.HexFormat;

/// Detects a file's format by its first 4 bytes.
final class FileMagic {
  private static final int LENGTH = 4;

  private FileMagic() {}

  static CaptureReader openReader(ByteSource source) throws IOException {
    byte[] magic = new byte[LENGTH];
    int read = source.peek(magic);
    if (read == 0) {
      throw source.formatError(0, "the file is empty, not even a capture file's header is there");
    }
    if (read < LENGTH) {
      throw source.formatError(
          0, "too short for a capture file: " + hex(magic, read) + " is all of it");
    }
    return switch (Endian.BIG.i32(magic, 0)) {
      case PcapReader.MICROSECONDS -> new PcapReader(source, Endian.BIG, 1_000);
      case PcapReader.NANOSECONDS -> new PcapReader(source, Endian.BIG, 1);
      case PcapReader.MICROSECONDS_SWAPPED -> new PcapReader(source, Endian.LITTLE, 1_000);
      case PcapReader.NANOSECONDS_SWAPPED -> new PcapReader(source, Endian.LITTLE, 1);
      case PcapngBlock.SECTION_HEADER -> new PcapngReader(source);
      default -> throw unknown(source, magic);
    };
  }

  private static CaptureFormatException unknown(ByteSource source, byte[] magic) {
    String compressor = compressor(Endian.BIG.i32(magic, 0));
    return compressor.isEmpty()
        ? source.formatError(
            0, "begins with " + hex(magic, LENGTH) + ", which is neither pcap nor pcapng")
        : source.formatError(
            0,
            "compressed by "
                + compressor
                + "; unpack it first: "
                + compressor
                + " -dc FILE | ig trace dns --read -");
  }

  /// The command that unpacks a file with this magic; empty if unknown.
  private static String compressor(int magic) {
    return switch (magic) {
      case 0xfd377a58 -> "xz";
      case 0x28b52ffd -> "zstd";
      case 0x04224d18 -> "lz4";
      default ->
          switch (magic >>> 8) {
            case 0x1f8b08 -> "gzip";
            case 0x425a68 -> "bzip2";
            default -> "";
          };
    };
  }

  private static String hex(byte[] bytes, int length) {
    return HexFormat.ofDelimiter(" ").formatHex(bytes, 0, length);
  }
}
