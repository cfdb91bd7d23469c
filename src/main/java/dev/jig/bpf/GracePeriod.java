package dev.jig.bpf;

import dev.jig.os.Libc;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// An RCU grace period: at its end every BPF program that ran at its start has returned.
public final class GracePeriod {
  private static final int MEMBARRIER_CMD_GLOBAL = 1;
  private static final long FALLBACK_NS = TimeUnit.MILLISECONDS.toNanos(100);

  private GracePeriod() {}

  /// Waits by membarrier(2); if the kernel refuses it (nohz_full), 100 ms, far longer than a
  /// program runs. Returns whether membarrier succeeded.
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
    long end = System.nanoTime() + FALLBACK_NS;
    for (long left = FALLBACK_NS; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    return false;
  }
}
