package dev.jig.cli;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Sees to it that a process that was told to end does: an output that nobody reads must not keep
/// anybody from ending.
final class ShutdownWatchdog {
  /// After this a stuck output is given up.
  private static final long PATIENCE_MS = 1_200;

  /// After this everything is.
  private static final long LAST_PATIENCE_MS = 10_000;

  private static final long PAUSE_MS = 50;
  private static final long LAST_WORD_MS = 200;

  private ShutdownWatchdog() {}

  /// Ends the process with `code` if what it does is not over in good time, or if it is stuck.
  ///
  /// @param lastWord said if the end has to be forced
  static void enforce(
      BooleanSupplier over, BooleanSupplier stuck, int code, Supplier<String> lastWord) {
    long startNs = System.nanoTime();
    try {
      for (long ms = 0; ms < LAST_PATIENCE_MS && !(ms > PATIENCE_MS && stuck.getAsBoolean()); ) {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
        if (over.getAsBoolean()) {
          return;
        }
      }
      // stderr may be stuck just as well
      Thread speaker = Thread.ofPlatform().daemon().start(() -> Console.printPlain(lastWord.get()));
      speaker.join(LAST_WORD_MS);
      Runtime.getRuntime().halt(code);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
