package dev.jig.it.live;

import dev.jig.fixture.CProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The program `asker` with all its cases and its own servers: it opens some sockets before the
/// trace begins, and sends its queries on request.
final class AskerMatrix implements AutoCloseable {
  private static final int TIMEOUT_SECONDS = 120;

  private final Process process;
  private final BufferedReader out;

  private AskerMatrix(Process process) {
    this.process = process;
    this.out = process.inputReader();
  }

  /// Returns once the sockets that are older than the trace are open.
  static AskerMatrix start(int port, int queries) {
    try {
      AskerMatrix matrix =
          new AskerMatrix(
              new ProcessBuilder(
                      CProgram.build("asker").toString(),
                      "-4",
                      "127.0.0.1,127.0.0.2",
                      "-p",
                      Integer.toString(port),
                      "matrix",
                      Integer.toString(queries))
                  .redirectError(ProcessBuilder.Redirect.INHERIT)
                  .start());
      String first = matrix.out.readLine();
      if (!"ready".equals(first)) {
        throw new AssertionError("asker printed instead of ready: " + first);
      }
      return matrix;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Sends all queries, and returns the sender or reader of each message.
  List<Truth> ask() {
    try {
      process.outputWriter().append('\n').flush();
      List<Truth> reported = new ArrayList<>();
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        reported.add(Truth.of(line));
      }
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new AssertionError("asker failed or did not end within " + TIMEOUT_SECONDS + " s");
      }
      return reported;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted while asking", e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
