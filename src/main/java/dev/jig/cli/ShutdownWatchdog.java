package dev.jig.cli;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Halts the process if it does not end in time after it was asked to stop. A blocked output, such
/// as a pipe that is not read, must not keep it from ending.
final class ShutdownWatchdog {
  /// After this time a blocked output ends the process.
  private static final long MAX_BLOCKED_MS = 1_200;

  /// After this time the process ends in any case.
  private static final long MAX_WAIT_MS = 10_000;

  private static final long CHECK_MS = 50;
  private static final long MAX_PRINT_MS = 200;

  private ShutdownWatchdog() {}

  /// Waits until `finished`. Halts the process after 1.2 s if the output is blocked, else after 10
  /// s. Blocks the calling thread.
  ///
  /// @param exitCode exit code of a halted process
  /// @param lastLine printed before the process is halted
  static void enforce(
      BooleanSupplier finished, BooleanSupplier blocked, int exitCode, Supplier<String> lastLine) {
    long startNs = System.nanoTime();
    try {
      for (long ms = 0; ms < MAX_WAIT_MS && !(ms > MAX_BLOCKED_MS && blocked.getAsBoolean()); ) {
        TimeUnit.MILLISECONDS.sleep(CHECK_MS);
        ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
        if (finished.getAsBoolean()) {
          return;
        }
      }
      // stderr may be blocked as well
      Thread printer = Thread.ofPlatform().daemon().start(() -> Console.printPlain(lastLine.get()));
      printer.join(MAX_PRINT_MS);
      Runtime.getRuntime().halt(exitCode);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
