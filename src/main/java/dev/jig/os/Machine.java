package dev.jig.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// What the commands need of the machine they run on. What kubectl gadget needs, it has on any OS.
public final class Machine {
  private static final boolean IS_LINUX = System.getProperty("os.name").equals("Linux");
  private static final Path STAT = Path.of("/proc/self/stat");
  private static final Path USUAL_CGROUP_ROOT = Path.of("/sys/fs/cgroup");

  private Machine() {}

  /// Makes ready what calls C, beside the caller: at start this takes as long as reading the
  /// command line.
  public static void prepare() {
    Thread.ofPlatform().daemon().name("prepare").start(() -> new Clocks().bootNs());
  }

  /// The columns of the terminal on a file descriptor, empty if it is none.
  public static OptionalInt terminalColumns(int fd) {
    return IS_LINUX ? Terminal.columns(fd) : ConsoleColumns.columns();
  }

  /// Whether a file descriptor is a terminal, even one without a width.
  public static boolean isTerminal(int fd) {
    return IS_LINUX && Terminal.isTerminal(fd);
  }

  /// Whether a file descriptor is a pipe or socket that nobody reads any more. Elsewhere than on
  /// Linux only the next write tells.
  public static boolean isReaderGone(int fd) {
    return IS_LINUX && PipeEnd.isReaderGone(fd);
  }

  /// Calls `first` at the first SIGINT, SIGTERM or SIGHUP; the second ends the process with exit
  /// code 1.
  public static void onInterrupt(Runnable first) {
    Signals.onInterrupt(first);
  }

  /// Calls `each` with the name of every SIGINT, SIGTERM and SIGHUP: INT, TERM or HUP.
  public static void onSignal(Consumer<String> each) {
    Signals.onSignal(each);
  }

  /// Whether a terminal's Ctrl-C reaches this process and its children all at once.
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

  /// Where cgroups can be walked, as far as this process may see them.
  public static Path cgroupRoot() {
    try {
      return CgroupDirectory.root().path(); // stays open: a mount of our own lives as long
    } catch (NativeException e) {
      return USUAL_CGROUP_ROOT;
    }
  }
}
