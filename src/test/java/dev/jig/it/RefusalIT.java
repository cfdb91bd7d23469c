package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Prerequisite;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where tracing is not possible: one sentence with a hint, exit code 1. DiagnosisTest tests what
/// needs another kernel (too old, no BTF, memlock).
final class RefusalIT {
  // Needed to read a checkout of another user.
  private static final String READING = "+dac_override,+dac_read_search";
  private static final String UNMOUNT =
      "awk '$3 == \"cgroup2\" { print $2 }' /proc/self/mounts | xargs -n 1 umount -l; exec \"$@\"";

  @BeforeAll
  static void needsRoot() {
    Prerequisite.requireRoot();
  }

  private static Command.Result traceWith(String capabilities, String... arguments) {
    List<String> line = new ArrayList<>(limitedTo(capabilities));
    line.addAll(IgProcess.commandLine(List.of(arguments)));
    return Command.run(line);
  }

  private static List<String> limitedTo(String capabilities) {
    String all = "-all," + READING + capabilities;
    return List.of("setpriv", "--bounding-set=" + all, "--inh-caps=" + all);
  }

  @Test
  void missingCapabilitiesAreNamed() {
    String hint =
        ": run as root, or with the capabilities CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN"
            + " (CAP_SYS_ADMIN where a container runtime does not know CAP_BPF).\n";

    Command.Result none = traceWith("", "trace", "dns");
    Command.Result two = traceWith(",+bpf,+perfmon", "trace", "dns", "-t", "1");

    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(none.err())
        .isEqualTo(
            "ig: cannot load trace_dns: EPERM, missing CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN" + hint);
    assertThat(none.out()).isEmpty();
    assertThat(two.exitCode()).isEqualTo(1);
    assertThat(two.err()).endsWith("missing CAP_NET_ADMIN" + hint);
    assertThat(two.err().lines()).hasSize(1);
  }

  @Test
  void threeCapabilitiesAreEnough() {
    Command.Result end =
        traceWith(",+bpf,+perfmon,+net_admin", "trace", "dns", "--host", "-P", "1", "-t", "1");

    assertThat(end.exitCode()).isZero();
    assertThat(end.err()).isEqualTo("0 packets seen: 0 rows, 0 filtered, 0 lost\n");
  }

  @Test
  void whatNeedsNoKernelWorksForAnyone() {
    assertThat(traceWith("", "version").exitCode()).isZero();
    assertThat(traceWith("", "trace", "dns", "--help").exitCode()).isZero();
    Path capture = Path.of("src/test/resources/golden/aaaa.pcap").toAbsolutePath();
    assertThat(traceWith("", "trace", "dns", "--read", capture.toString()).exitCode()).isZero();
  }

  @Test
  void withoutMountedCgroupsOneOfOurOwnServes() {
    List<String> line = new ArrayList<>(List.of("unshare", "-m", "sh", "-c", UNMOUNT, "sh"));
    line.addAll(
        IgProcess.commandLine(List.of("trace", "dns", "--host", "-P", "1", "--", "echo", "ran")));

    Command.Result end = Command.run(line);

    assertThat(end.err().lines()).singleElement().asString().startsWith("RUNTIME.CONTAINERNAME");
    assertThat(end.out()).isEqualTo("ran\n");
    assertThat(end.exitCode()).isZero();
  }

  @Test
  void cgroupsThatAreNotMountedAndMayNotBe() {
    List<String> line = new ArrayList<>(List.of("unshare", "-m", "sh", "-c", UNMOUNT, "sh"));
    line.addAll(limitedTo(",+bpf,+perfmon,+net_admin"));
    line.addAll(IgProcess.commandLine(List.of("trace", "dns")));

    Command.Result end = Command.run(line);

    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.err())
        .isEqualTo(
            "ig: no cgroup v2 is mounted, and fsopen failed: EPERM: mount cgroup v2, in a"
                + " container the host's /sys/fs/cgroup.\n");
  }

  @Test
  void aMissingLibbpfIsNamedWithItsPackage() {
    List<String> line = new ArrayList<>(IgProcess.commandLine(List.of("trace", "dns")));
    line.add(line.indexOf("-cp"), "-Djig.native.dir=/nonexistent");

    Command.Result end = Command.run(line);

    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.err())
        .isEqualTo(
            "ig: cannot open libbpf.so.1 in /nonexistent: install libbpf 1.x, on Debian and"
                + " Ubuntu: apt-get install libbpf1.\n");
  }

  @Test
  void theVerifiersLastLinesAreShown(@TempDir Path folder) throws Exception {
    Files.write(folder.resolve("trace_dns.bpf.o"), unverifiable());
    List<String> line = new ArrayList<>(IgProcess.commandLine(List.of("trace", "dns")));
    int classPath = line.indexOf("-cp") + 1;
    line.set(classPath, folder + ":" + line.get(classPath));

    Command.Result end = Command.run(line);

    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.err().lines().toList())
        .anyMatch(text -> text.startsWith("ig:   ") && text.endsWith("R5 !read_ok"))
        .last()
        .asString()
        .startsWith("ig: cannot load program ")
        .endsWith(
            "EACCES: please report this with the kernel's version and the lines of the"
                + " verifier.");
  }

  /// The kernel program with a first instruction that reads through an uninitialized register.
  private static byte[] unverifiable() throws IOException {
    byte[] object = Files.readAllBytes(Path.of("target/classes/trace_dns.bpf.o"));
    ByteBuffer elf = ByteBuffer.wrap(object).order(ByteOrder.LITTLE_ENDIAN);
    elf.putLong(sectionOffset(elf, "cgroup_skb/egress"), 0x5079L); // r0 = *(u64 *)(r5 + 0)
    return object;
  }

  /// Elf64_Ehdr: e_shoff 40 · e_shentsize 58 · e_shnum 60 · e_shstrndx 62; Elf64_Shdr: sh_name 0 ·
  /// sh_offset 24.
  private static int sectionOffset(ByteBuffer elf, String name) {
    int headers = (int) elf.getLong(40);
    int size = elf.getShort(58);
    int names = (int) elf.getLong(headers + elf.getShort(62) * size + 24);
    byte[] wanted = (name + "\0").getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < elf.getShort(60); i++) {
      int header = headers + i * size;
      byte[] found = new byte[wanted.length];
      elf.get(names + elf.getInt(header), found, 0, found.length);
      if (java.util.Arrays.equals(found, wanted)) {
        return (int) elf.getLong(header + 24);
      }
    }
    throw new AssertionError("no section " + name);
  }
}
