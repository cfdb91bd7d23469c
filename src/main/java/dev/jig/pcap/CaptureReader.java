package dev.jig.pcap;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Reads the packets of a capture file in order, in constant memory.
///
/// Damage is reported when the reader reaches it, after the packets before it. After an exception
/// only [#close] may be called.
public interface CaptureReader extends AutoCloseable {
  /// Opens a file and detects its format by its first 4 bytes.
  ///
  /// @throws CaptureFormatException if it is neither pcap nor pcapng
  static CaptureReader open(Path file) throws IOException {
    return open(Files.newInputStream(file), file.toString());
  }

  /// Reads a stream and closes it with the reader. A packet is delivered as soon as its last byte
  /// has arrived, so a pipe from a running capture works.
  ///
  /// @param name the file's name in error messages
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

  /// Fills `into` with the next packet, custom block or statistics block; false at the end of the
  /// file.
  ///
  /// @throws CaptureFormatException if the file is damaged here
  /// @throws IOException if the bytes cannot be read
  boolean next(CapturedPacket into) throws IOException;

  /// Packets lost while the file was written, according to the statistics read so far.
  default long dropped() {
    return 0;
  }

  @Override
  void close() throws IOException;
}
