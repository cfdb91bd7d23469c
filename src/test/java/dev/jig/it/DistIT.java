package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.Prerequisite;
import dev.jig.fixture.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The tarball, unpacked where there is neither Java nor libbpf nor libelf: a root of busybox and
/// glibc. Mounts stay in a mount namespace of the command's own.
final class DistIT {
  private static final Path TARBALL = Path.of("target/jig-0.1.0-linux-x86_64.tar.gz");
  private static final Path CAPTURE = Path.of("src/test/resources/golden/cname-chain.pcap");
  private static final List<String> GLIBC =
      List.of("libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1");

  private static Path root = Path.of("");

  @BeforeAll
  static void unpackInABareRoot() throws IOException {
    Prerequisite.requireRoot();
    Command.run("src/main/dist/build", System.getProperty("java.home")).orThrow();
    root = Files.createTempDirectory("jig-dist");
    for (String folder : List.of("bin", "lib", "lib64", "proc", "sys", "dev", "tmp", "opt")) {
      Files.createDirectory(root.resolve(folder));
    }
    Programs.copyBusybox(root, List.of("sh", "readlink"));
    Path loader = Path.of("/lib64/ld-linux-x86-64.so.2").toRealPath();
    Files.copy(
        loader, root.resolve("lib64/ld-linux-x86-64.so.2"), StandardCopyOption.REPLACE_EXISTING);
    for (String library : GLIBC) {
      Files.copy(loader.resolveSibling(library), root.resolve("lib").resolve(library));
    }
    Files.copy(CAPTURE, root.resolve("tmp/capture.pcap"));
    Command.run("tar", "-C", root.resolve("opt").toString(), "-xzf", TARBALL.toString()).orThrow();
    Files.createSymbolicLink(
        root.resolve("bin/ig"), Path.of("../opt").resolve(home().getFileName()).resolve("ig"));
  }

  @AfterAll
  static void remove() {
    if (!root.toString().isEmpty()) {
      Command.run("rm", "-rf", root.toString()).orThrow();
    }
  }

  @Test
  void tracesTheDemo() {
    Command.Result demo = ig("trace", "dns", "--demo", "-o", "columns=qr,qtype,rcode");

    assertThat(demo.exitCode()).as(demo.err()).isZero();
    assertThat(demo.lines()).hasSize(13).anyMatch(row -> row.startsWith("T "));
    assertThat(demo.err()).contains("1 unanswered", "0 lost").doesNotContain("[error]");
  }

  @Test
  void readsFilesAndTellsItsVersionThroughALink() {
    assertThat(ig("version").orThrow()).isEqualTo("v0.1.0\n");
    assertThat(ig("trace", "dns", "--read", "/tmp/capture.pcap").lines()).hasSize(3);
  }

  @Test
  void takesItsClassesFromTheCache() throws IOException {
    assertThat(classSources()).anyMatch(line -> line.contains("dev.jig.cli.Ig source: shared"));
  }

  @Test
  void leavesTheCacheOfAChangedJarAlone() throws IOException {
    Path jar = jar();
    FileTime built = Files.getLastModifiedTime(jar);
    try {
      for (long seconds : new long[] {-86_400, 86_400}) {
        Files.setLastModifiedTime(jar, FileTime.from(built.toInstant().plusSeconds(seconds)));

        List<String> lines = classSources();

        assertThat(lines).contains("v0.1.0");
        assertThat(lines).anyMatch(line -> line.contains("dev.jig.cli.Ig source: file:"));
        assertThat(lines).noneMatch(line -> line.contains("source: shared"));
      }
    } finally {
      Files.setLastModifiedTime(jar, built);
    }
  }

  @Test
  void bringsTheLicenceOfEverythingInside() throws IOException {
    try (Stream<Path> files = Files.list(home().resolve("licenses"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains("libbpf1", "libelf1", "zlib1g", "re2j", "sources");
    }
    assertThat(home().resolve("LICENSE")).isNotEmptyFile();
    assertThat(home().resolve("NOTICE")).isNotEmptyFile();
    assertThat(home().resolve("runtime/legal/java.base/LICENSE")).isNotEmptyFile();
  }

  private static Path home() throws IOException {
    try (Stream<Path> inside = Files.list(root.resolve("opt"))) {
      return inside.findFirst().orElseThrow();
    }
  }

  private static Path jar() throws IOException {
    try (Stream<Path> files = Files.walk(home().resolve("lib"))) {
      return files.filter(file -> file.endsWith("jig-0.1.0.jar")).findFirst().orElseThrow();
    }
  }

  private static List<String> classSources() {
    // the last word, after the launcher's own -Xlog
    return inside(List.of("_JAVA_OPTIONS=-Xlog:class+load"), "version").lines();
  }

  private static Command.Result ig(String... arguments) {
    return inside(List.of(), arguments);
  }

  private static Command.Result inside(List<String> environment, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "--propagation=private",
                "sh",
                "-c",
                "root=$1; shift; mount -t proc proc $root/proc && mount --rbind /sys $root/sys &&"
                    + " mount --rbind /dev $root/dev && exec env -i PATH=/bin \"$@\"",
                "sh",
                root.toString()));
    command.addAll(environment);
    command.addAll(List.of("/usr/sbin/chroot", root.toString(), "/bin/ig"));
    command.addAll(List.of(arguments));
    return Command.run(command);
  }
}
