package dev.jig.capture;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.BitSet;

/// The kernel program's settings, written while it runs: `struct settings` of
/// src/main/bpf/trace_dns.h, mapped.
///
/// ```
/// 0 ports(8192: one bit each)   8192 any_udp_port(4)   8196 verdicts(4)   8200 epoch(4)
/// 8204 asleep(4)
/// ```
final class KernelSettings {
  static final int ANY_UDP_PORT = 8192;
  static final int VERDICTS = 8196;
  static final int EPOCH = 8200;
  static final int ASLEEP = 8204;
  private static final int PORT_WORDS = 1024;

  private final MemorySegment settings;

  KernelSettings(MemorySegment settings) {
    this.settings = settings;
  }

  void setPorts(BitSet ports) {
    long[] words = ports.toLongArray();
    for (int i = 0; i < PORT_WORDS; i++) {
      settings.setAtIndex(ValueLayout.JAVA_LONG, i, i < words.length ? words[i] : 0);
    }
  }

  void setAnyUdpPort(boolean any) {
    settings.set(ValueLayout.JAVA_INT, ANY_UDP_PORT, any ? 1 : 0);
  }

  void setVerdictsEnabled(boolean enabled) {
    settings.set(ValueLayout.JAVA_INT, VERDICTS, enabled ? 1 : 0);
  }

  void setEpoch(int epoch) {
    settings.set(ValueLayout.JAVA_INT, EPOCH, epoch);
  }

  /// Sets whether the next record wakes the reader. A full fence: the kernel sees it before the
  /// caller's next read of the ring.
  void setAsleep(boolean asleep) {
    settings.set(ValueLayout.JAVA_INT, ASLEEP, asleep ? 1 : 0);
    VarHandle.fullFence();
  }
}
