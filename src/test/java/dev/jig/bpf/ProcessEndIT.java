package dev.jig.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.ChildJvm;
import dev.jig.os.CgroupDirectory;
import dev.jig.os.Native;
import dev.jig.os.NativeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What remains in the kernel when a process is killed, and errors without capabilities.
final class ProcessEndIT {
  private static final MemorySegment INFO = Native.libbpf("bpf_obj_get_info_by_fd");

  /// Attaches the probe, prints the ids, and waits to be killed.
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws Exception {
      try (CgroupDirectory cgroup = CgroupDirectory.open(java.nio.file.Path.of(args[0]));
          BpfObject object = BpfObject.load(TestPrograms.probe().exclude("absent"))) {
        List<BpfLink> links = new ArrayList<>();
        links.add(object.program("on_egress").attach(cgroup));
        links.add(object.program("on_mkdir").attach());
        for (BpfLink link : links) {
          System.out.println(new KernelObject(KernelObject.Kind.LINK, id(link.fd())));
        }
        for (BpfProgram program : object.programs()) {
          System.out.println(new KernelObject(KernelObject.Kind.PROGRAM, id(program.fd())));
        }
        System.out.println("ready");
        System.in.read();
      } catch (NativeException refused) {
        System.out.println(refused.reason() + " " + refused.getMessage());
      }
    }
  }

  @Test
  void aKilledProcessLeavesNoLinkAndNoProgram() throws Exception {
    try (TestCgroup cgroup = new TestCgroup();
        ChildJvm child = start(List.of(), cgroup)) {
      List<KernelObject> objects = new ArrayList<>();
      for (String line = child.line(); !"ready".equals(line); line = child.line()) {
        objects.add(KernelObject.parse(String.valueOf(line)));
      }
      assertThat(objects).hasSizeGreaterThanOrEqualTo(4).allMatch(KernelObject::exists);

      child.signal("KILL");
      child.exitCode();

      assertThat(KernelObject.awaitGone(objects)).isEmpty();
    }
  }

  @Test
  void missingCapabilitiesAreNamed() throws Exception {
    assertThat(firstLineWith("-all"))
        .startsWith("CAPABILITIES cannot load")
        .endsWith("EPERM, missing CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN");
    assertThat(firstLineWith("-all,+bpf,+perfmon"))
        .startsWith("CAPABILITIES ")
        .endsWith("EPERM, missing CAP_NET_ADMIN");
    assertThat(firstLineWith("-all,+bpf,+net_admin"))
        .startsWith("CAPABILITIES ")
        .endsWith("missing CAP_PERFMON");
  }

  @Test
  void threeCapabilitiesAreEnough() throws Exception {
    assertThat(firstLineWith("-all,+bpf,+perfmon,+net_admin")).startsWith("LINK ");
  }

  private static String firstLineWith(String capabilities) throws Exception {
    List<String> prefix =
        List.of("setpriv", "--bounding-set=" + capabilities, "--inh-caps=" + capabilities);
    try (TestCgroup cgroup = new TestCgroup();
        ChildJvm child = start(prefix, cgroup)) {
      String line = child.line();
      child.signal("KILL");
      child.exitCode();
      return String.valueOf(line);
    }
  }

  private static ChildJvm start(List<String> prefix, TestCgroup cgroup) throws Exception {
    return ChildJvm.start(prefix, List.of(), Child.class, cgroup.directory().path().toString());
  }

  /// struct bpf_link_info and bpf_prog_info: type 0 u32 · id 4 u32.
  private static int id(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(256, 8);
      MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, 256);
      assertThat((int) Native.call(INFO, fd, info.address(), length.address())).isZero();
      return info.get(ValueLayout.JAVA_INT, 4);
    }
  }
}
