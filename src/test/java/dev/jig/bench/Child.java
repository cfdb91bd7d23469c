package dev.jig.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A child process with its output in files; killed when closed and when the JVM exits.
final class Child implements AutoCloseable {
  private static final int POLL_MS = 2;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final String name;
  private final Process process;
  private final Path out;
  private final Path err;

  private Child(String name, Process process, Path out, Path err) {
    this.name = name;
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /// Starts it; both outputs go to files of the work folder.
  static Child start(Path work, String name, List<String> command) throws IOException {
    Path out = Files.createTempFile(work, name, ".out");
    Path err = Files.createTempFile(work, name, ".err");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(new java.io.File("/dev/null"))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    Child child = new Child(name, process, out, err);
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return child;
  }

  /// Runs it to its end and returns what it printed.
  static String run(Path work, String name, List<String> command)
      throws IOException, InterruptedException {
    try (Child child = start(work, name, command)) {
      child.awaitEnd();
      if (child.process.exitValue() != 0) {
        throw new IOException(
            name + " ended with " + child.process.exitValue() + ": " + child.err());
      }
      return child.out();
    }
  }

  /// The number after `key=` in a text such as `sent=5 answered=5 ns=17`.
  static long number(String text, String key) throws IOException {
    Matcher matcher = Pattern.compile("\\b" + key + "=(\\d+)").matcher(text);
    if (!matcher.find()) {
      throw new IOException("no " + key + "= in \"" + text + "\"");
    }
    return Long.parseLong(matcher.group(1));
  }

  long pid() {
    return process.pid();
  }

  String out() throws IOException {
    return Files.readString(out);
  }

  String err() throws IOException {
    return Files.readString(err);
  }

  /// Waits up to 60 s for a condition; an error if the process ends before.
  void await(String what, BooleanSupplier happened) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    while (!happened.getAsBoolean()) {
      if (!process.isAlive()) {
        throw new IOException(name + " ended before " + what + ": " + err());
      }
      if (System.nanoTime() > deadline) {
        throw new IOException(name + ": no " + what + " within " + TIMEOUT.toSeconds() + " s");
      }
      Thread.sleep(POLL_MS);
    }
  }

  /// Waits until its error output holds a text.
  void awaitErr(String text) throws IOException, InterruptedException {
    await(
        "\"" + text + "\"",
        () -> {
          try {
            return err().contains(text);
          } catch (IOException e) {
            return false;
          }
        });
  }

  /// Sends SIGTERM and waits for the end.
  void stop() throws IOException, InterruptedException {
    process.destroy();
    awaitEnd();
  }

  /// Waits up to 60 s for the end.
  void awaitEnd() throws IOException, InterruptedException {
    if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
      throw new IOException(name + " still runs after " + TIMEOUT.toSeconds() + " s");
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    try {
      process.waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Files.deleteIfExists(out);
    Files.deleteIfExists(err);
  }
}
