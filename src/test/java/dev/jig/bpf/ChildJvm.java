package dev.jig.bpf;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A JVM of its own with the tests' class path, for what cannot be tried in the tests' process.
final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;

  private ChildJvm(Process process) {
    this.process = process;
    this.output = process.inputReader();
  }

  /// Starts `main`; `prefix` runs the JVM (setpriv …), `options` are the JVM's.
  static ChildJvm start(List<String> prefix, List<String> options, Class<?> main, String... args)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(args));
    return new ChildJvm(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /// The next line of its output, null at the end.
  @Nullable String line() throws IOException {
    return output.readLine();
  }

  /// Sends these, one right after the other.
  void signal(String... names) throws IOException, InterruptedException {
    String kills =
        Stream.of(names)
            .map(name -> "kill -" + name + " " + process.pid())
            .collect(Collectors.joining("; "));
    new ProcessBuilder("sh", "-c", kills).start().waitFor();
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("child did not end");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
