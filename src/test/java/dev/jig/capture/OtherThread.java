package dev.jig.capture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Does something in a thread of its own, as another process would on a shared socket.
final class OtherThread {
  private static final int PATIENCE_S = 30;

  interface Action {
    void run() throws IOException;
  }

  private OtherThread() {}

  /// Returns the thread's id when it is done.
  static int run(Action deed) throws InterruptedException, ExecutionException, TimeoutException {
    FutureTask<Integer> task =
        new FutureTask<>(() -> {
          Path self = Path.of("/proc/thread-self").toRealPath();
          deed.run();
          return Integer.parseInt(self.getFileName().toString());
        });
    Thread.ofPlatform().daemon().start(task);
    return task.get(PATIENCE_S, TimeUnit.SECONDS);
  }
}
