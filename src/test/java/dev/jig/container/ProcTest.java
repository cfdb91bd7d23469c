package dev.jig.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        .isEqualTo(new Owner.Paths(root + "/dig", root + "/home"));
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
  void isNotFooledByTheComm() throws IOException {
    process(7, "a) S 1 (b c) 9", 500);
    assertThat(new Proc(root).paths(7, 500 * TICK_NS)).isNotNull();
  }

  @Test
  void knowsNothingOfAnAbsentProcess() {
    assertThat(new Proc(root).paths(7, 500 * TICK_NS)).isNull();
  }

  @Test
  void readsTheRealProc() throws IOException {
    // Given this very process, whose start the kernel tells in field 22
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long startNs = Long.parseLong(fields[19]) * TICK_NS;

    // When
    Owner.Paths paths =
        new Proc(Path.of("/proc")).paths((int) ProcessHandle.current().pid(), startNs);

    // Then
    Path exe = Path.of("/proc/self/exe").toRealPath();
    assertThat(paths)
        .isEqualTo(new Owner.Paths(exe.toString(), Path.of("").toAbsolutePath().toString()));
  }
}
