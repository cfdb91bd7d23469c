package dev.jig.os;

import java.io.Console;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/// The terminal of a file descriptor (ioctl_tty(2)). Systems other than Linux have [ConsoleColumns]
/// instead.
public final class Terminal {
  /// Read without initialising [Native], which links C functions.
  static final boolean IS_LINUX = System.getProperty("os.name").equals("Linux");

  private static final long TIOCGWINSZ = 0x5413;
  private static final Path STAT = Path.of("/proc/self/stat");

  private Terminal() {}

  /// The columns of the terminal on `fd`; empty if it is none or has no size. On Linux one ioctl,
  /// which sees a resize; elsewhere the size at the first call.
  public static OptionalInt columns(int fd) {
    if (!IS_LINUX) {
      return ConsoleColumns.columns();
    }
    try (Arena arena = Arena.ofConfined()) {
      // struct winsize: ws_row 0 u16 · ws_col 2 u16 · ws_xpixel 4 u16 · ws_ypixel 6 u16
      MemorySegment size = arena.allocate(8, 2);
      if (Libc.ioctl(fd, TIOCGWINSZ, size) < 0) {
        return OptionalInt.empty();
      }
      int columns = size.get(ValueLayout.JAVA_SHORT, 2) & 0xffff;
      return columns == 0 ? OptionalInt.empty() : OptionalInt.of(columns);
    }
  }

  /// Whether `fd` is a terminal, even one without a size; false on systems other than Linux.
  public static boolean isTerminal(int fd) {
    return IS_LINUX && Libc.isatty(fd);
  }

  /// Whether stdin and stdout are a terminal, and one that can do more than print lines.
  public static boolean isInteractive() {
    String type = System.getenv("TERM");
    if (IS_LINUX) {
      return type != null && !type.equals("dumb") && Libc.isatty(0) && Libc.isatty(1);
    }
    // Windows has no TERM. Runtimes without the module jdk.internal.le may have no console.
    boolean onConsole =
        Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    return onConsole && !"dumb".equals(type);
  }

  /// Whether this process is in its terminal's foreground process group, so that Ctrl-C sends
  /// SIGINT to it and its children.
  public static boolean isInForeground() {
    try {
      // proc(5): after the comm come state, ppid, pgrp, session, tty_nr, tpgid
      String stat = Files.readString(STAT);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 7);
      return fields[2].equals(fields[5]);
    } catch (IOException e) {
      return false;
    }
  }
}
