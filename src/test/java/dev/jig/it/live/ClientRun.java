package dev.jig.it.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// An installed client program that has run to its end.
///
/// @param startNs by [System#nanoTime], as the end
record ClientRun(long pid, int exitCode, String output, long startNs, long endNs) {
  private static final int MAX_SECONDS = 90;

  static ClientRun of(String... command) {
    return of(List.of(command));
  }

  static ClientRun of(List<String> command) {
    try {
      Path output = Files.createTempFile("jig-client", ".out");
      try {
        long startNs = System.nanoTime();
        Process process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError(command + " still runs after " + MAX_SECONDS + " s");
        }
        long endNs = System.nanoTime();
        String text = Files.readString(output, UTF_8);
        return new ClientRun(process.pid(), process.exitValue(), text, startNs, endNs);
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new AssertionError(command + ": " + e, e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted in " + command, e);
    }
  }

  /// Runs a program in a mount namespace with its own resolv.conf(5).
  static ClientRun withResolvConf(Path resolvConf, String... command) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "sh",
                "-ec",
                "mount --bind \"$1\" /etc/resolv.conf; shift; exec \"$@\"",
                "sh",
                resolvConf.toString()));
    words.addAll(List.of(command));
    return of(words);
  }

  /// Compares the process of rows with this one.
  ///
  /// @param name of the process; that of its thread may be another
  void assertIs(String name, Json... rows) {
    assertThat(rows)
        .extracting(row -> row.text("processName") + " " + row.number("pid"))
        .containsOnly(name + " " + pid);
  }
}
