package dev.jig.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.OptionalInt;

/// The terminal behind a file descriptor, if one is.
public final class Terminal {
  public static final int STDOUT = 1;
  public static final int STDERR = 2;

  private static final long TIOCGWINSZ = 0x5413;

  private Terminal() {}

  /// The columns of the terminal on `fd`, empty if it is none or does not tell. Cheap enough to be
  /// asked again after a while, which notices a resize.
  public static OptionalInt columns(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(8, 2); // struct winsize: rows u16 · columns u16 · pixels
      if (Libc.ioctl(fd, TIOCGWINSZ, size) < 0) {
        return OptionalInt.empty();
      }
      int columns = size.get(ValueLayout.JAVA_SHORT, 2) & 0xffff;
      return columns == 0 ? OptionalInt.empty() : OptionalInt.of(columns);
    }
  }

  /// Whether `fd` is a terminal, even one without a size.
  public static boolean isTerminal(int fd) {
    return Libc.isatty(fd);
  }
}
