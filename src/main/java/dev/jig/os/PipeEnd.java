package dev.jig.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The write end of a pipe.
public final class PipeEnd {
  private static final short POLLERR = 8;

  private PipeEnd() {}

  /// Whether `fd` is a pipe or socket without a reader (POLLERR); does not wait. Always false on
  /// systems other than Linux, where the next write fails.
  public static boolean isReaderGone(int fd) {
    if (!Terminal.IS_LINUX) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      // struct pollfd: fd 0 i32 · events 4 i16 · revents 6 i16
      MemorySegment entry = arena.allocate(8, 4);
      entry.set(ValueLayout.JAVA_INT, 0, fd);
      return Libc.poll(entry, 1, 0) > 0 && (entry.get(ValueLayout.JAVA_SHORT, 6) & POLLERR) != 0;
    }
  }
}
