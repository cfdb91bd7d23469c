package dev.jig.capture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs an action on another thread, as another process would on a shared socket.
final class OtherThread {
  private static final int TIMEOUT_S = 30;

  interface Action {
    void run() throws IOException;
  }

  private OtherThread() {}

  /// Runs `action` and returns the thread's id.
  static int run(Action action) throws InterruptedException, ExecutionException, TimeoutException {
    FutureTask<Integer> task =
        new FutureTask<>(() -> {
          Path self = Path.of("/proc/thread-self").toRealPath();
          action.run();
          return Integer.parseInt(self.getFileName().toString());
        });
    Thread.ofPlatform().daemon().start(task);
    return task.get(TIMEOUT_S, TimeUnit.SECONDS);
  }
}
