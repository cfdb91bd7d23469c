package dev.jig.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Ends another thread's wait ([RingBuffer#poll]); stays called until that wait has seen it.
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

  /// Wakes the waiting thread, or the next one to wait; does nothing after close.
  public synchronized void wake() {
    if (fd >= 0) {
      Libc.write(fd, one); // EAGAIN: called 2^64 - 2 times, so it is readable anyway
    }
  }

  public int fd() {
    return fd;
  }

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
