package dev.jig.pcap;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// The packets of a capture file in their order, one at a time: memory does not grow with the file.
///
/// Damage shows when the reader comes to it: packets before it have been delivered by then. After
/// an exception only [#close] is left to call.
public interface CaptureReader extends AutoCloseable {
  /// Opens a file and tells its format by its first bytes.
  ///
  /// @throws CaptureFormatException if it is neither pcap nor pcapng
  static CaptureReader open(Path file) throws IOException {
    return open(Files.newInputStream(file), file.toString());
  }

  /// Reads a stream, which the reader then owns; a packet is delivered as soon as its last byte is
  /// there, so a pipe from a running capture works.
  ///
  /// @param name what error sentences call it
  /// @throws CaptureFormatException if it is neither pcap nor pcapng
  static CaptureReader open(InputStream in, String name) throws IOException {
    ByteSource source = new ByteSource(in, name);
    try {
      return FileMagic.openReader(source);
    } catch (IOException e) {
      source.close();
      throw e;
    }
  }

  /// Fills `into` with the next packet or remark, or returns false at the end of the file.
  ///
  /// @throws CaptureFormatException if the file is damaged here
  /// @throws IOException if the bytes can't be read
  boolean next(CapturedPacket into) throws IOException;

  /// Packets that were lost while the file was written, as far as it has told up to now.
  default long dropped() {
    return 0;
  }

  @Override
  void close() throws IOException;
}
