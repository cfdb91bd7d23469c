package dev.jig.bpf;

import dev.jig.os.Libc;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The time until every BPF program that was running when it began has returned (RCU).
public final class GracePeriod {
  private static final int MEMBARRIER_CMD_GLOBAL = 1;
  private static final long GUESS_NS = TimeUnit.MILLISECONDS.toNanos(100);

  private GracePeriod() {}

  /// Waits for it: exactly by membarrier(2), else (a kernel with nohz_full refuses that) for a time
  /// far above what a program may run. Returns whether it is certain.
  public static boolean await() {
    int number =
        switch (System.getProperty("os.arch", "")) {
          case "amd64" -> 324;
          case "aarch64" -> 283;
          default -> -1; // ENOSYS
        };
    if ((int) Libc.syscall(number, MEMBARRIER_CMD_GLOBAL, 0, 0, 0, 0) == 0) {
      return true;
    }
    long end = System.nanoTime() + GUESS_NS;
    for (long left = GUESS_NS; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    return false;
  }
}
