package dev.jig.trace;

import dev.jig.capture.LiveCapture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Loads the kernel programs on a thread of its own while the command line is parsed: both take 100
/// ms and more. Nothing is attached, and a failure is reported only if a trace needs the programs.
public final class EarlyLoad {
  private static final AtomicReference<@Nullable FutureTask<LiveCapture>> STARTED =
      new AtomicReference<>();

  private EarlyLoad() {}

  /// Starts to load, for the next [CaptureLoop#load].
  public static void start() {
    FutureTask<LiveCapture> load = new FutureTask<>(() -> LiveCapture.load(false));
    if (STARTED.compareAndSet(null, load)) {
      Thread.ofPlatform().daemon().name("bpf-load").start(load);
    }
  }

  /// Waits for the programs of [#start]; loads them if it was not called or kept no log.
  ///
  /// @param keepLog as in [LiveCapture#load]
  /// @throws dev.jig.os.NativeException if the kernel or libbpf refuses
  static LiveCapture take(boolean keepLog) {
    FutureTask<LiveCapture> started = STARTED.getAndSet(null);
    if (started == null) {
      return LiveCapture.load(keepLog);
    }
    LiveCapture early = join(started);
    if (!keepLog) {
      return early;
    }
    early.close();
    return LiveCapture.load(true);
  }

  private static LiveCapture join(FutureTask<LiveCapture> load) {
    try {
      return load.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException refused -> throw refused;
        case Error broken -> throw broken;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
