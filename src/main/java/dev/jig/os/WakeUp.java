package dev.jig.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// An eventfd(2) that ends another thread's poll(2), and stays readable until [#clear].
public final class WakeUp implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment one = arena.allocate(ValueLayout.JAVA_LONG);
  private final MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
  private int fd;

  public WakeUp() {
    fd = Libc.eventfd(Libc.O_CLOEXEC | Libc.O_NONBLOCK);
    if (fd < 0) {
      throw NativeException.failed("cannot make an eventfd", Native.errno());
    }
    one.set(ValueLayout.JAVA_LONG, 0, 1);
  }

  /// Wakes the waiting thread, or the next one to wait; from any thread, no effect after close.
  public synchronized void wake() {
    if (fd >= 0) {
      Libc.write(fd, one); // EAGAIN: the counter is at 2^64 - 2, hence readable
    }
  }

  /// To be polled for POLLIN.
  public int fd() {
    return fd;
  }

  /// Makes it unreadable until the next [#wake].
  public void clear() {
    Libc.read(fd, count);
  }

  @Override
  public synchronized void close() {
    if (fd >= 0) {
      Libc.close(fd);
      fd = -1;
      arena.close();
    }
  }
}
