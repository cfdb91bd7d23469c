package dev.jig.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.ChildJvm;
import dev.jig.os.Native;
import dev.jig.os.NativeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NativeLibraryTest {
  /// Calls libbpf, and prints the result and the library's path.
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws Exception {
      try {
        Native.openLibbpf();
        System.out.println(Libbpf.possibleCpus() > 0);
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
          if (line.contains("libbpf") && line.contains(" 00000000 ")) {
            System.out.println(line.substring(line.indexOf('/')));
          }
        }
      } catch (NativeException refused) {
        System.out.println(refused.reason() + ": " + refused.getMessage());
        System.out.println(refused.hint());
      }
    }
  }

  @TempDir Path directory = Path.of("");

  @Test
  void aMissingLibraryIsNamedWithWhatToInstall() throws Exception {
    try (ChildJvm child = start()) {
      assertThat(child.line()).isEqualTo("LIBRARY: cannot open libbpf.so.1 in " + directory);
      assertThat(child.line()).contains("apt-get install libbpf1");
    }
  }

  @Test
  void bundledLibrariesAreTakenFromTheirDirectory() throws Exception {
    Path system =
        Path.of(
            "/usr/lib",
            System.getProperty("os.arch").equals("amd64")
                ? "x86_64-linux-gnu"
                : "aarch64-linux-gnu");
    Files.copy(system.resolve("libbpf.so.1").toRealPath(), directory.resolve("libbpf.so.1"));

    try (ChildJvm child = start()) {
      assertThat(child.line()).isEqualTo("true");
      assertThat(child.line()).isEqualTo(directory.resolve("libbpf.so.1").toString());
    }
  }

  private ChildJvm start() throws Exception {
    return ChildJvm.start(List.of(), List.of("-Djig.native.dir=" + directory), Child.class);
  }
}
