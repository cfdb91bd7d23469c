package dev.jig.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `ig trace dns` or `ig advise dns` on one port, its output in a file. Several may run at the same
/// time.
final class Ig implements RunningTracer {
  /// Selects all processes of the machine.
  static final List<String> HOST = List.of("--host");

  /// All rows count as written once the file has not grown for this time.
  private static final long SETTLED_NS = 300_000_000;

  private static final Pattern SKIPPED = Pattern.compile("skipped in the kernel: (\\d+)");

  private final Child child;
  private final Path folder;
  private final Path rows;
  private final Output output;
  private final long startNs;
  private final long tracingNs;

  private Ig(Child child, Path folder, Output output, long startNs, long tracingNs) {
    this.child = child;
    this.folder = folder;
    this.rows = rows(folder);
    this.output = output;
    this.startNs = startNs;
    this.tracingNs = tracingNs;
  }

  /// Starts it and returns once it traces.
  ///
  /// @param selection options that say what is traced
  @SuppressWarnings("MustBeClosedChecker") // the caller closes
  static Ig start(Path work, Build build, List<String> selection, int port, Output output)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(work, "ig");
    Path ready = ready(folder);
    List<String> command = new ArrayList<>(build.command());
    command.addAll(output.command());
    command.addAll(List.of("-P", Integer.toString(port)));
    command.addAll(output.arguments);
    command.addAll(selection);
    command.addAll(
        List.of("--output-file", rows(folder).toString(), "--ready-file", ready.toString()));
    long startNs = System.nanoTime();
    Child child = Child.start(work, "ig", command);
    child.await("tracing", () -> Files.exists(ready));
    return new Ig(child, folder, output, startNs, System.nanoTime());
  }

  @Override
  public long pid() {
    return child.pid();
  }

  /// From exec to the ready file.
  long startUpNs() {
    return tracingNs - startNs;
  }

  /// Waits until pending rows are written; returns the file's size.
  long settledBytes() throws IOException, InterruptedException {
    long size = Files.size(rows);
    long sinceNs = System.nanoTime();
    while (System.nanoTime() - sinceNs < SETTLED_NS) {
      Thread.sleep(20);
      long now = Files.size(rows);
      if (now != size) {
        size = now;
        sinceNs = System.nanoTime();
      }
    }
    return size;
  }

  /// Stops ig and returns the counts of its last line.
  TraceEnd end() throws IOException, InterruptedException {
    child.stop();
    return TraceEnd.parse(child.err());
  }

  /// Number of rows in the file, after [#end].
  long rowsInFile() throws IOException {
    return output.rowsIn(rows);
  }

  @Override
  public long stop() throws IOException, InterruptedException {
    return end().lost();
  }

  /// Stops ig and returns how many packets the kernel skipped; it must have been started with `-v`.
  long skippedInKernel() throws IOException, InterruptedException {
    child.stop();
    Matcher skipped = SKIPPED.matcher(child.err());
    if (!skipped.find()) {
      throw new IOException("ig did not print the number of skipped packets: " + child.err());
    }
    return Long.parseLong(skipped.group(1));
  }

  @Override
  public void close() throws IOException {
    child.close();
    Files.deleteIfExists(rows);
    Files.deleteIfExists(ready(folder));
    Files.delete(folder);
  }

  private static Path rows(Path folder) {
    return folder.resolve("rows");
  }

  private static Path ready(Path folder) {
    return folder.resolve("ready");
  }
}
