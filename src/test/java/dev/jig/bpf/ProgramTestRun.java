package dev.jig.bpf;

import dev.jig.os.Native;
import dev.jig.os.NativeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Runs a loaded cgroup_skb program on bytes instead of traffic (BPF_PROG_TEST_RUN).
///
/// ```
/// struct bpf_test_run_opts: sz 0 u64 · data_in 8 · data_size_in 24 u32 · retval 56 u32
///                           repeat 60 i32
/// ```
public final class ProgramTestRun {
  private static final MemorySegment RUN = Native.libbpf("bpf_prog_test_run_opts");
  private static final int OPTIONS_SIZE = 80;

  private ProgramTestRun() {}

  /// Runs a program `times` times on an Ethernet frame; returns the last result.
  public static int run(BpfProgram program, byte[] frame, int times) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_BYTE, frame);
      MemorySegment options = arena.allocate(OPTIONS_SIZE, 8);
      options.set(ValueLayout.JAVA_LONG, 0, OPTIONS_SIZE);
      options.set(ValueLayout.JAVA_LONG, 8, data.address());
      options.set(ValueLayout.JAVA_INT, 24, frame.length);
      options.set(ValueLayout.JAVA_INT, 60, times);
      int result = (int) Native.call(RUN, program.fd(), options.address(), 0);
      if (result < 0) {
        throw NativeException.failed("cannot run " + program, -result);
      }
      return options.get(ValueLayout.JAVA_INT, 56);
    }
  }
}
