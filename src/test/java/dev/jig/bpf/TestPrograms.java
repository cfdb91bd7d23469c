package dev.jig.bpf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Compiles the BPF programs of src/test/bpf.
final class TestPrograms {
  private TestPrograms() {}

  static byte[] elf(String name) throws IOException, InterruptedException {
    Path object = Files.createTempFile(name, ".bpf.o");
    try {
      Process clang =
          new ProcessBuilder(
                  System.getProperty("clang", "clang"),
                  "-g",
                  "-O2",
                  "-Wall",
                  "-Werror",
                  "-target",
                  "bpf",
                  "-mcpu=v2",
                  "-I/usr/include/x86_64-linux-gnu",
                  "-I/usr/include/aarch64-linux-gnu",
                  "-c",
                  "src/test/bpf/" + name + ".bpf.c",
                  "-o",
                  object.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(clang.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (clang.waitFor() != 0) {
        throw new IOException("clang cannot compile " + name + ": " + said);
      }
      return Files.readAllBytes(object);
    } finally {
      Files.delete(object);
    }
  }

  /// The probe without the program that every kernel refuses.
  static BpfImage probe() throws IOException, InterruptedException {
    return BpfImage.of("probe", elf("probe")).exclude("refused").markOptional("absent", "walk");
  }
}
