package dev.jig.bench;

import dev.jig.fixture.IgProcess;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `ig trace dns --host` on one port, its rows in a file.
final class Ig implements Tracer.Running {
  private static final Path PACKAGED = Path.of("target/dist/ig");

  /// All rows count as written once the file has not grown for this time; the ring is polled every
  /// 20 ms.
  private static final long SETTLED_NS = 300_000_000;

  private static final Pattern SKIPPED = Pattern.compile("skipped in the kernel: (\\d+)");

  private final Child child;
  private final Path rows;
  private final long startNs;
  private final long tracingNs;

  private Ig(Child child, Path rows, long startNs, long tracingNs) {
    this.child = child;
    this.rows = rows;
    this.startNs = startNs;
    this.tracingNs = tracingNs;
  }

  /// The packaged command, if it was built (`bin/dist`).
  static List<String> packaged() {
    return Files.isExecutable(PACKAGED) ? List.of(PACKAGED.toAbsolutePath().toString()) : List.of();
  }

  /// The command of this checkout.
  static List<String> checkout() {
    return IgProcess.commandLineOfBinIg(List.of());
  }

  /// The packaged command, else the checkout's.
  static List<String> command() {
    List<String> packaged = packaged();
    return packaged.isEmpty() ? checkout() : packaged;
  }

  /// Whether [#command] is `packaged` or `checkout`.
  static String form() {
    return packaged().isEmpty() ? "checkout" : "packaged";
  }

  /// Starts it and returns once it traces.
  @SuppressWarnings("MustBeClosedChecker") // the caller closes
  static Ig start(Path work, List<String> command, int port, String format)
      throws IOException, InterruptedException {
    return start(work, command, List.of("--host"), port, format);
  }

  /// Starts it with selection options instead of `--host`.
  @SuppressWarnings("MustBeClosedChecker") // the caller closes
  static Ig start(Path work, List<String> command, List<String> selection, int port, String format)
      throws IOException, InterruptedException {
    Path ready = work.resolve("ig.ready");
    Path rows = work.resolve("ig.rows");
    Files.deleteIfExists(ready);
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of("trace", "dns", "-P", Integer.toString(port), "-o", format));
    all.addAll(selection);
    all.addAll(List.of("--output-file", rows.toString(), "--ready-file", ready.toString()));
    long startNs = System.nanoTime();
    Child child = Child.start(work, "ig", all);
    child.await("tracing", () -> Files.exists(ready));
    return new Ig(child, rows, startNs, System.nanoTime());
  }

  long pid() {
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

  /// Number of rows between two offsets of the file.
  long rowsBetween(long fromByte, long toByte) throws IOException {
    long lines = 0;
    byte[] piece = new byte[1 << 20];
    try (FileChannel channel = FileChannel.open(rows);
        InputStream in =
            new BufferedInputStream(
                java.nio.channels.Channels.newInputStream(channel.position(fromByte)))) {
      long left = toByte - fromByte;
      while (left > 0) {
        int n = in.read(piece, 0, (int) Math.min(piece.length, left));
        if (n < 0) {
          break;
        }
        left -= n;
        for (int i = 0; i < n; i++) {
          lines += piece[i] == '\n' ? 1 : 0;
        }
      }
    }
    return lines;
  }

  /// Stops ig and returns its last line, the summary of all packets.
  String summary() throws IOException, InterruptedException {
    child.stop();
    return child.err().lines().reduce("", (before, line) -> line);
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
    Files.deleteIfExists(rows.resolveSibling("ig.ready"));
  }
}
