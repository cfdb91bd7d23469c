package dev.jig.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.os.CgroupDirectory;
import dev.jig.os.NativeException;
import dev.jig.os.NativeException.Reason;
import dev.jig.os.WakeUp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class BpfObjectIT {
  private static final byte[] FRAME = frame();

  @Test
  void loadsAcceptedProgramsAndNamesRejectedOnes() throws Exception {
    try (BpfObject object = BpfObject.load(TestPrograms.probe())) {
      assertThat(object.programs())
          .extracting(BpfProgram::toString)
          .contains("on_egress (cgroup_skb/egress)", "on_mkdir (tp_btf/cgroup_mkdir)")
          .doesNotContain("absent (tp_btf/no_such_tracepoint)");
      assertThat(object.missingPrograms())
          .containsOnlyKeys("absent")
          .containsEntry("absent", "ESRCH");
      assertThat(object.log()).anyMatch(line -> line.contains("no_such_tracepoint"));
    }
  }

  @Test
  void skipsProgramsThatNeedANewerKernel() throws Exception {
    try (BpfObject object = BpfObject.load(probeWithoutAbsent().markOptionalSince(99, 1, "walk"))) {
      assertThat(object.isLoaded("walk")).isFalse();
      assertThat(object.missingPrograms()).containsExactly(Map.entry("walk", "since 99.1"));
      assertThat(object.log()).as("of a load that failed").isEmpty();
    }
  }

  @Test
  void programsSeeTheConstantsAndTheirVariablesAreReadInPlace() throws Exception {
    BpfImage image = probeWithoutAbsent().setConstant("marker", 42).setConstant("wide", 1L << 40);
    try (BpfObject object = BpfObject.load(image);
        WakeUp wakeUp = new WakeUp();
        RingBuffer ring = RingBuffer.map(object.map("records"), 4096, wakeUp)) {
      MemorySegment seen = object.variable("seen");
      List<Long> got = new ArrayList<>();

      int verdict = ProgramTestRun.run(object.program("on_egress"), FRAME, 3);
      boolean ready = ring.poll(0);
      int count =
          ring.consume(
              (data, offset, length) -> {
                got.add(data.get(ValueLayout.JAVA_LONG, offset));
                got.add(data.get(ValueLayout.JAVA_LONG, offset + 8));
                got.add((long) data.get(ValueLayout.JAVA_INT, offset + 16));
              },
              10);

      assertThat(verdict).isEqualTo(1);
      assertThat(ready).isTrue();
      assertThat(count).isEqualTo(3);
      assertThat(got).startsWith(0L, 1L << 40, 42L, 1L, 1L << 40, 42L);
      assertThat(seen.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(3);
      assertThat(object.variable("limit").get(ValueLayout.JAVA_INT, 0)).isEqualTo(7);
    }
  }

  @Test
  void ringHasTheRequestedSizeAndFreesConsumedRecords() throws Exception {
    BpfImage image =
        probeWithoutAbsent().setConstant("discard_odd", true).setMaxEntries("records", 1 << 16);
    try (BpfObject object = BpfObject.load(image);
        WakeUp wakeUp = new WakeUp();
        RingBuffer ring = RingBuffer.map(object.map("records"), 4096, wakeUp)) {
      long total = 0;
      for (int i = 0; i < 10; i++) {
        ProgramTestRun.run(object.program("on_egress"), FRAME, 200); // 200 * 160 bytes fit
        total += ring.drain((data, offset, length) -> assertThat(length).isEqualTo(152), 0);
      }

      assertThat(ring.size()).isEqualTo(1 << 16);
      assertThat(total).isEqualTo(1000);
      assertThat(ring.availableBytes()).isZero();
    }
  }

  @Test
  void mapsAreReadWrittenAndWalked() throws Exception {
    try (BpfObject object = BpfObject.load(probeWithoutAbsent());
        Arena arena = Arena.ofConfined()) {
      BpfMap verdicts = object.map("verdicts");
      MemorySegment key = arena.allocateFrom(ValueLayout.JAVA_INT, 5);
      MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_LONG, 6L);

      assertThat(verdicts.firstKey(key)).isFalse();
      assertThat(verdicts.get(key, value)).isFalse();
      assertThat(verdicts.put(key, value, BpfMap.Mode.ONLY_EXISTING)).isFalse();
      assertThat(verdicts.put(key, value, BpfMap.Mode.ONLY_NEW)).isTrue();
      assertThat(verdicts.put(key, value, BpfMap.Mode.ONLY_NEW)).isFalse();
      value.fill((byte) 0);
      assertThat(verdicts.get(key, value)).isTrue();
      assertThat(value.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(6);
      MemorySegment next = arena.allocate(4, 4);
      assertThat(verdicts.firstKey(next)).isTrue();
      assertThat(next.get(ValueLayout.JAVA_INT, 0)).isEqualTo(5);
      assertThat(verdicts.nextKey(key, next)).isFalse();
      assertThat(verdicts.remove(key)).isTrue();
      assertThat(verdicts.remove(key)).isFalse();
    }
  }

  @Test
  void refusesMemoryThatIsTooSmallForAMap() throws Exception {
    try (BpfObject object = BpfObject.load(probeWithoutAbsent());
        Arena arena = Arena.ofConfined()) {
      BpfMap verdicts = object.map("verdicts");

      assertThatThrownBy(() -> verdicts.get(arena.allocate(4), arena.allocate(4)))
          .hasMessageContaining("map verdicts takes 8 native bytes");
    }
  }

  @Test
  void aPerCpuMapHasAValueForEachCpu() throws Exception {
    try (BpfObject object = BpfObject.load(probeWithoutAbsent());
        Arena arena = Arena.ofConfined()) {
      ProgramTestRun.run(object.program("on_egress"), FRAME, 5);
      BpfMap slots = object.map("slots");
      MemorySegment values = arena.allocate(slots.valueBytes(), 8);

      boolean found = slots.get(arena.allocate(4, 4), values);

      long sum = 0;
      for (long at = 0; at < values.byteSize(); at += 8) {
        sum += values.get(ValueLayout.JAVA_INT, at);
      }
      assertThat(found).isTrue();
      assertThat(sum).isEqualTo(5);
    }
  }

  @Test
  void anAttachedProgramSeesThePacketsOfItsCgroupUntilTheLinkCloses() throws Exception {
    try (TestCgroup cgroup = new TestCgroup();
        BpfObject object = BpfObject.load(probeWithoutAbsent())) {
      MemorySegment seen = object.variable("seen");

      try (BpfLink link = object.program("on_egress").attach(cgroup.directory())) {
        assertThat(link.fd()).isPositive();
        cgroup.sendDatagram();
      }
      cgroup.sendDatagram();

      assertThat(seen.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(1);
    }
  }

  @Test
  void attachesATracepointNamedByItsSection() throws Exception {
    try (BpfObject object = BpfObject.load(probeWithoutAbsent())) {
      MemorySegment directories = object.variable("directories");

      try (BpfLink link = object.program("on_mkdir").attach()) {
        assertThat(link.fd()).isPositive();
        new TestCgroup().close();
      }

      assertThat(directories.get(ValueLayout.JAVA_LONG, 0)).isPositive();
    }
  }

  @Test
  void anIteratorWalksEveryOpenFile() throws Exception {
    try (BpfObject object = BpfObject.load(probeWithoutAbsent())) {
      object.program("walk").runIterator();

      assertThat(object.variable("files").get(ValueLayout.JAVA_LONG, 0)).isGreaterThan(3);
    }
  }

  @Test
  void showsTheVerifiersLastLines() throws Exception {
    BpfImage image = BpfImage.of("probe", TestPrograms.elf("probe")).exclude("absent");

    assertThatThrownBy(() -> BpfObject.load(image))
        .isInstanceOfSatisfying(
            NativeException.class,
            refused -> {
              assertThat(refused).hasMessage("cannot load program refused: EACCES");
              assertThat(refused.reason()).isEqualTo(Reason.REJECTED);
              assertThat(refused.log())
                  .anyMatch(line -> line.contains("map_value_or_null"))
                  .anyMatch(line -> line.contains("BPF program load failed"));
            });
  }

  @Test
  void keepsTheLogOfLibbpfOnRequest() throws Exception {
    try (BpfObject silent = BpfObject.load(probeWithoutAbsent());
        BpfObject verbose = BpfObject.load(probeWithoutAbsent().keepLog())) {
      assertThat(silent.log()).isEmpty();
      assertThat(verbose.log()).anyMatch(line -> line.contains("map 'records': created"));
    }
  }

  @Test
  void anAttachmentInTheWrongPlaceIsRefusedByName() throws Exception {
    try (BpfObject object = BpfObject.load(probeWithoutAbsent());
        CgroupDirectory noCgroup = CgroupDirectory.open(Path.of("/tmp"))) {
      assertThatThrownBy(() -> object.program("on_egress").attach(noCgroup))
          .isInstanceOfSatisfying(
              NativeException.class,
              refused -> {
                assertThat(refused.reason()).isEqualTo(Reason.ATTACH);
                assertThat(refused).hasMessageContaining("on_egress").hasMessageContaining("/tmp");
              });
    }
  }

  @Test
  void namesAbsentProgramsMapsAndVariables() throws Exception {
    BpfImage unknown = probeWithoutAbsent().exclude("absentee");

    assertThatThrownBy(() -> BpfObject.load(unknown)).hasMessageContaining("`absentee`");
    try (BpfObject object = BpfObject.load(probeWithoutAbsent())) {
      assertThatThrownBy(() -> object.program("refused")).hasMessageContaining("`refused`");
      assertThatThrownBy(() -> object.map("mops")).hasMessageContaining("`mops`");
      assertThatThrownBy(() -> object.variable("marker")).hasMessageContaining(".rodata");
    }
  }

  @Test
  void theRootOfTheHierarchyIsFoundAndCanBeWalked() throws Exception {
    try (CgroupDirectory root = CgroupDirectory.root()) {
      assertThat(root.id()).isEqualTo(1);
      assertThat(root.path().resolve("cgroup.procs")).exists();
    }
  }

  @Test
  void usesADetachedMountIfNoneIsMounted() throws Exception {
    try (CgroupDirectory root = CgroupDirectory.mountDetached(List.of());
        BpfObject object = BpfObject.load(probeWithoutAbsent())) {
      assertThat(root.id()).isEqualTo(1);
      assertThat(root.path().resolve("cgroup.procs")).exists();
      assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain("/proc/self/fd");
      try (BpfLink link = object.program("on_egress").attach(root)) {
        assertThat(link.fd()).isPositive();
      }
    }
  }

  /// The probe without the program that current kernels refuse: its load succeeds at the first try.
  private static BpfImage probeWithoutAbsent() throws Exception {
    return TestPrograms.probe().exclude("absent");
  }

  /// An Ethernet and an IPv4 header and zeros.
  private static byte[] frame() {
    byte[] frame = new byte[64];
    frame[12] = 0x08;
    frame[14] = 0x45;
    return frame;
  }
}
