package dev.jig.cli;

import dev.jig.event.UserFacingException;
import dev.jig.os.PipeEnd;
import dev.jig.os.Terminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/// The stream rows are written to: stdout, stderr or a file. Written by one thread; [#isBlocked]
/// may be called from any.
final class RowStream extends OutputStream {
  private static final long BLOCKED_AFTER_NS = 300_000_000;
  private static final int NO_FD = -1;

  private final OutputStream out;
  private final int fd;
  private volatile boolean writing;
  private volatile long writeStartNs;

  private RowStream(OutputStream out, int fd) {
    this.out = out;
    this.fd = fd;
  }

  static RowStream stdout() {
    // System.out would hide the IOException of a closed pipe
    return new RowStream(new FileOutputStream(FileDescriptor.out), 1);
  }

  static RowStream stderr() {
    return new RowStream(new FileOutputStream(FileDescriptor.err), 2);
  }

  /// Creates or truncates a file.
  ///
  /// @throws UserFacingException if the file cannot be opened
  static RowStream file(Path file) {
    try {
      return new RowStream(Files.newOutputStream(file), NO_FD);
    } catch (IOException e) {
      throw Failures.ofFile("cannot write to " + file, e);
    }
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    writeStartNs = System.nanoTime();
    writing = true;
    try {
      out.write(bytes, offset, length);
    } finally {
      writing = false;
    }
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  /// Whether a write has been blocked for more than 300 ms; from any thread.
  boolean isBlocked() {
    return writing && System.nanoTime() - writeStartNs > BLOCKED_AFTER_NS;
  }

  /// The width of the terminal in columns; empty if this is no terminal.
  OptionalInt terminalColumns() {
    return fd == NO_FD ? OptionalInt.empty() : Terminal.columns(fd);
  }

  /// Whether this is a terminal, even one without a width.
  boolean isTerminal() {
    return fd != NO_FD && Terminal.isTerminal(fd);
  }

  /// Whether this is a pipe without a reader.
  boolean isReaderGone() {
    return fd != NO_FD && PipeEnd.isReaderGone(fd);
  }
}
