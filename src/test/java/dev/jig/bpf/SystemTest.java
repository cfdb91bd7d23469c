package dev.jig.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.os.Clocks;
import dev.jig.os.Errno;
import dev.jig.os.Libc;
import dev.jig.os.Terminal;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// Calls of libc and /proc on the running kernel, without root.
final class SystemTest {
  @Test
  void readsCapabilitiesByName() {
    assertThat(Capabilities.parse("Name:\tx\nCapEff:\t000000c000001000\n"))
        .containsExactlyInAnyOrder("CAP_NET_ADMIN", "CAP_PERFMON", "CAP_BPF");
    assertThat(Capabilities.parse("CapEff:\t0000000000000000\n")).isEmpty();
    assertThat(Capabilities.missing(Capabilities.parse("CapEff:\t000001ffffffffff\n"))).isEmpty();
  }

  @Test
  void comparesKernelReleases() {
    assertThat(new Kernel("5.10.262-1", true).isBefore(5, 10)).isFalse();
    assertThat(new Kernel("5.9.0", true).isBefore(5, 10)).isTrue();
    assertThat(new Kernel("4.19.0", true).isBefore(5, 10)).isTrue();
    assertThat(new Kernel("7.3-rc7", true).isBefore(5, 10)).isFalse();
    assertThat(new Kernel("unknown", true).isBefore(5, 10)).isFalse();
  }

  @Test
  void bootClockAndOffsetMakeTheRealTime() {
    Clocks clocks = new Clocks();

    Instant before = Instant.now();
    long epochNs = clocks.bootNs() + clocks.realMinusBootNs();
    Instant after = Instant.now();

    assertThat(Instant.ofEpochSecond(epochNs / 1_000_000_000, epochNs % 1_000_000_000))
        .isBetween(before.minusMillis(1), after.plusMillis(1));
  }

  @Test
  void twoReadingsOfTheOffsetAgree() {
    Clocks clocks = new Clocks();
    clocks.realMinusBootNs(); // the first calls are slow

    long once = clocks.realMinusBootNs();
    long again = clocks.realMinusBootNs();

    assertThat(Math.abs(again - once)).isLessThan(1_000_000);
  }

  @Test
  void waitsForRunningPrograms() {
    assertThat(GracePeriod.await()).isTrue();
  }

  @Test
  void aFileIsNoTerminal() {
    int fd = Libc.open("/dev/null", Libc.O_RDONLY);

    assertThat(Terminal.isTerminal(fd)).isFalse();
    assertThat(Terminal.columns(fd)).isEmpty();
    Libc.close(fd);
  }

  @Test
  void readsTerminalColumnsAfterEachResize() {
    int fd = Libc.open("/dev/ptmx", 2 /* O_RDWR */);

    assertThat(Terminal.isTerminal(fd)).isTrue();
    assertThat(Terminal.columns(fd)).isEmpty(); // no size set yet
    resize(fd, 171);
    assertThat(Terminal.columns(fd)).hasValue(171);
    resize(fd, 80);
    assertThat(Terminal.columns(fd)).hasValue(80);
    Libc.close(fd);
  }

  @Test
  void namesErrorNumbers() {
    assertThat(Errno.name(1)).isEqualTo("EPERM");
    assertThat(Errno.name(4001)).isEqualTo("LIBBPF_ERRNO__FORMAT");
    assertThat(Errno.name(777)).isEqualTo("errno 777");
  }

  @Test
  void keepsTheLastLinesAndCountsOmittedOnes() {
    assertThat(LoadLog.tail("a\nb\n\nc\nd\n", 2)).containsExactly("(2 lines omitted)", "c", "d");
    assertThat(LoadLog.tail("a\nb", 2)).containsExactly("a", "b");
  }

  private static void resize(int fd, int columns) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(8, 2);
      size.set(ValueLayout.JAVA_SHORT, 2, (short) columns);
      assertThat(Libc.ioctl(fd, 0x5414 /* TIOCSWINSZ */, size)).isZero();
    }
  }
}
