package dev.jig.bpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;

/// An enum of the running kernel, read from its BTF (Documentation/bpf/btf.rst): the numbers of
/// internal enums differ between kernels.
public final class KernelEnum {
  /// BTF_KIND_ENUM (include/uapi/linux/btf.h).
  private static final int KIND_ENUM = 6;

  // struct btf_type: name_off 0, info 4 with the number of members in its lower half, size 8
  private static final long INFO = 4;
  private static final long MEMBERS = 12;
  private static final int COUNT_MASK = 0xffff;

  // struct btf_enum: name_off 0, val 4
  private static final long MEMBER_BYTES = 8;
  private static final long VALUE = 4;

  private KernelEnum() {}

  /// The names of an enum's numbers; empty if the kernel has no such enum, or no BTF. Takes some 20
  /// ms.
  public static Map<Integer, String> namesOf(String name) {
    long btf = Libbpf.loadKernelBtf();
    if (btf == 0) {
      return Map.of();
    }
    try (Arena arena = Arena.ofConfined()) {
      int id = Libbpf.findBtfType(btf, arena.allocateFrom(name), KIND_ENUM);
      return id <= 0 ? Map.of() : namesOf(btf, Libbpf.btfType(btf, id));
    } finally {
      Libbpf.freeBtf(btf);
    }
  }

  @SuppressWarnings("restricted")
  private static Map<Integer, String> namesOf(long btf, long type) {
    MemorySegment head = MemorySegment.ofAddress(type).reinterpret(MEMBERS);
    int count = head.get(ValueLayout.JAVA_INT, INFO) & COUNT_MASK;
    MemorySegment members =
        MemorySegment.ofAddress(type + MEMBERS).reinterpret(count * MEMBER_BYTES);
    Map<Integer, String> names = new HashMap<>();
    for (long at = 0; at < members.byteSize(); at += MEMBER_BYTES) {
      int offset = members.get(ValueLayout.JAVA_INT, at);
      names.put(members.get(ValueLayout.JAVA_INT, at + VALUE), Libbpf.btfName(btf, offset));
    }
    return names;
  }
}
