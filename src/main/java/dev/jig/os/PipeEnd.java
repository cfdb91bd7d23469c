package dev.jig.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The end of a pipe that is written to.
public final class PipeEnd {
  private static final short POLLERR = 8;

  private PipeEnd() {}

  /// Whether `fd` is a pipe or socket whose reader has gone; never waits.
  public static boolean isReaderGone(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry =
          arena.allocate(8, 4); // struct pollfd: fd i32 · events i16 · revents i16
      entry.set(ValueLayout.JAVA_INT, 0, fd);
      return Libc.poll(entry, 1, 0) > 0 && (entry.get(ValueLayout.JAVA_SHORT, 6) & POLLERR) != 0;
    }
  }
}
