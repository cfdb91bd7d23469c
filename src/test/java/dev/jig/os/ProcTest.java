package dev.jig.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProcTest {
  private static final long TICK_NS = 10_000_000L;

  @TempDir Path root;

  private void process(int pid, String comm, long startTicks) throws IOException {
    Path directory = Files.createDirectory(root.resolve(Integer.toString(pid)));
    Files.createSymbolicLink(directory.resolve("exe"), root.resolve("dig"));
    Files.createSymbolicLink(directory.resolve("cwd"), root.resolve("home"));
    String between = "S 1 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 "; // fields 3 to 21
    Files.writeString(
        directory.resolve("stat"), pid + " (" + comm + ") " + between + startTicks + " 1 2\n");
  }

  @Test
  void readsExecutableAndDirectoryOfTheSameProcess() throws IOException {
    process(7, "dig", 500);
    assertThat(new Proc(root).paths(7, 500 * TICK_NS + 9_999_999))
        .isEqualTo(new Proc.Paths(root + "/dig", root + "/home", null));
  }

  @Test
  void toleratesOneTickOfRounding() throws IOException {
    process(7, "dig", 500);
    assertThat(new Proc(root).paths(7, 499 * TICK_NS)).isNotNull();
    assertThat(new Proc(root).paths(7, 501 * TICK_NS)).isNotNull();
  }

  @Test
  void refusesAReusedPid() throws IOException {
    process(7, "dig", 500);
    assertThat(new Proc(root).paths(7, 498 * TICK_NS)).isNull();
    assertThat(new Proc(root).paths(7, 502 * TICK_NS)).isNull();
  }

  @Test
  void parsesStatWithParenthesesInTheComm() throws IOException {
    process(7, "a) S 1 (b c) 9", 500);
    assertThat(new Proc(root).paths(7, 500 * TICK_NS)).isNotNull();
  }

  @Test
  void givesNullForAnAbsentProcess() {
    assertThat(new Proc(root).paths(7, 500 * TICK_NS)).isNull();
  }

  @Test
  void readsTheRealProc() throws IOException {
    // Given this process with its start, field 22 of stat
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long startNs = Long.parseLong(fields[19]) * TICK_NS;

    // When
    Proc.Paths paths =
        new Proc(Path.of("/proc")).paths((int) ProcessHandle.current().pid(), startNs);

    // Then
    Path exe = Path.of("/proc/self/exe").toRealPath();
    assertThat(paths)
        .returns(exe.toString(), Proc.Paths::exePath)
        .returns(Path.of("").toAbsolutePath().toString(), Proc.Paths::cwd)
        .extracting(Proc.Paths::commandLine)
        .asString()
        .contains("java ");
  }

  @Test
  void joinsTheCommandLinesWordsWithBlanks() throws IOException {
    process(7, "dig", 500);
    Files.writeString(root.resolve("7/cmdline"), "dig\0-t\0two words\0\0");
    assertThat(commandLine()).isEqualTo("dig -t two words");
  }

  @Test
  void keepsTheCommandLineAsItIsForOutputToEscape() throws IOException {
    process(7, "dig", 500);
    Files.writeString(root.resolve("7/cmdline"), "a\n\u001b[31m\0%n");
    assertThat(commandLine()).isEqualTo("a\n\u001b[31m %n");
  }

  @Test
  void truncatesALongCommandLineTo4096Bytes() throws IOException {
    process(7, "dig", 500);
    Files.writeString(root.resolve("7/cmdline"), "x".repeat(100_000));
    assertThat(commandLine()).hasSize(4096);
  }

  @Test
  void givesNoCommandLineForAKernelThread() throws IOException {
    process(7, "kworker", 500);
    Files.writeString(root.resolve("7/cmdline"), "");
    assertThat(commandLine()).isNull();
  }

  @Test
  void reportsADeletedExecutableAndADirectoryWithControlCharacters() throws Exception {
    Path hostile = Files.createDirectory(root.resolve("a\n\u001b[31m b"));
    Path exe = Files.copy(Path.of("/bin/sleep"), root.resolve("sleeper"));
    assertThat(exe.toFile().setExecutable(true)).isTrue();
    Process process = new ProcessBuilder(exe.toString(), "60").directory(hostile.toFile()).start();
    try {
      Files.delete(exe);
      Proc.Paths paths = new Proc(Path.of("/proc")).paths((int) process.pid(), start(process));
      assertThat(paths)
          .isEqualTo(new Proc.Paths(exe + " (deleted)", hostile.toString(), exe + " 60"));
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(new Proc(Path.of("/proc")).paths((int) process.pid(), 1)).isNull();
  }

  private static long start(Process process) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19]) * TICK_NS;
  }

  private @Nullable String commandLine() {
    Proc.Paths paths = new Proc(root).paths(7, 500 * TICK_NS);
    return paths == null ? "no process" : paths.commandLine();
  }
}
