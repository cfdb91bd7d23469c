package dev.jig.capture;

import dev.jig.bpf.BpfImage;
import dev.jig.bpf.BpfMap;
import dev.jig.bpf.BpfObject;
import dev.jig.bpf.GracePeriod;
import dev.jig.bpf.RingBuffer;
import dev.jig.os.CgroupDirectory;
import dev.jig.os.Clocks;
import dev.jig.os.WakeUp;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Loads trace_dns.bpf.c, attaches it to the root of cgroup v2 and reads its ring. For one thread,
/// but [#wake] and [#counters].
public final class LiveCapture implements AutoCloseable {
  /// 32 MiB: records of the first second under load, while the JVM still compiles. At 16 MiB,
  /// 20,000 queries a second on two cores lost up to a fifth of their first two seconds with `-o
  /// pcapng` (bin/bench).
  public static final int RING_BYTES = 32 * 1024 * 1024;

  /// Records that one [#poll] handles.
  public static final int MAX_BATCH = 4096;

  /// After 50 empty polls the reader sleeps until a record wakes it, at most 200 ms: polling every
  /// 20 ms took 1 % of a core.
  private static final int POLLS_BEFORE_SLEEP = 50;

  private static final int SLEEP_MS = 200;

  private static final long DRAIN_TIMEOUT_NS = 1_000_000_000;
  private static final long CLOCK_REFRESH_NS = 1_000_000_000;

  private final CgroupDirectory root;
  private final BpfObject object;
  private final WakeUp wakeUp;
  private final RingBuffer ring;
  private final KernelSettings settings;
  private final BpfMap verdicts;
  private final BpfMap counters;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment key = arena.allocate(8, 8);
  private final MemorySegment verdict = arena.allocate(8, 8);
  private final KernelPrograms programs;
  private final Clocks clocks = new Clocks();
  private final RecordReader reader = new RecordReader(LiveCapture::refuse);
  private long clockReadNs;
  private int emptyPolls;
  private boolean promptly;

  private LiveCapture(CgroupDirectory root, BpfObject object) {
    this.root = root;
    this.object = object;
    this.programs = new KernelPrograms(object);
    this.wakeUp = new WakeUp();
    this.ring = RingBuffer.map(object.map("events"), RecordLayout.MAX_LENGTH, wakeUp);
    this.settings = new KernelSettings(object.variable("settings"));
    this.verdicts = object.map("verdicts");
    this.counters = object.map("counters");
  }

  /// Loads the programs, without attaching them; they record no ports yet.
  ///
  /// @param keepLog whether to keep libbpf's log of the load, for [#log]
  /// @throws dev.jig.os.NativeException if the kernel or libbpf refuses
  public static LiveCapture load(boolean keepLog) {
    return load(keepLog, List.of());
  }

  /// As on a kernel that lacks the programs `missing`.
  static LiveCapture load(boolean keepLog, List<String> missing) {
    CgroupDirectory root = CgroupDirectory.root();
    BpfImage image = BpfImage.of("trace_dns", image()).setMaxEntries("events", RING_BYTES);
    KernelPrograms.markOptional(image).exclude(missing.toArray(String[]::new));
    if (keepLog) {
      image.keepLog();
    }
    return new LiveCapture(root, BpfObject.load(image));
  }

  private static void refuse(Packet packet) {
    throw new IllegalStateException("a record before attach()");
  }

  /// Sets the ports to record from now on.
  ///
  /// @param anyUdpPort whether to record UDP payloads of all ports that look like DNS, too
  public void setPorts(BitSet ports, boolean anyUdpPort) {
    settings.setPorts(ports);
    settings.setAnyUdpPort(anyUdpPort);
  }

  private static byte[] image() {
    try (InputStream resource = LiveCapture.class.getResourceAsStream("/trace_dns.bpf.o")) {
      if (resource == null) {
        throw new IllegalStateException("trace_dns.bpf.o is not in this build");
      }
      return resource.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Attaches all programs, which record packets from now on; then assigns owners to sockets opened
  /// before, which takes milliseconds.
  ///
  /// @param handler gets the records that [#poll] reads
  /// @throws dev.jig.os.NativeException if the kernel refuses a program that is not optional
  public void attach(PacketHandler handler) {
    reader.setHandler(handler);
    refreshClock(clocks.bootNs());
    programs.attach(root);
  }

  /// Assigns owners to sockets without one; returns why some may be left without, empty if none is.
  Optional<String> assignSocketOwners() {
    return programs.assignSocketOwners();
  }

  /// Sets whether each record wakes the reader at once instead of 256 KiB of them, so that it can
  /// read /proc before the process exits. Costs a wake-up per record.
  public void setPrompt(boolean prompt) {
    promptly = prompt;
  }

  /// The root of cgroup v2, for walking it.
  public Path cgroupRoot() {
    return root.path();
  }

  /// The optional parts that this kernel lacks, with the reason; complete after [#attach].
  public Map<String, String> missingPrograms() {
    return programs.missing();
  }

  /// libbpf's log of the load; empty unless it was kept.
  public List<String> log() {
    return object.log();
  }

  /// Waits up to `timeoutMs` for records, 200 ms after 50 empty polls, and passes the ready ones to
  /// the handler, at most [#MAX_BATCH].
  ///
  /// @return how many records were handled
  public int poll(int timeoutMs) {
    boolean sleeps = emptyPolls >= POLLS_BEFORE_SLEEP;
    settings.setAsleep(sleeps || promptly);
    ring.poll(sleeps ? Math.max(timeoutMs, SLEEP_MS) : timeoutMs);
    settings.setAsleep(promptly);
    long nowNs = clocks.bootNs();
    if (nowNs - clockReadNs > CLOCK_REFRESH_NS) {
      refreshClock(nowNs);
    }
    int count = ring.consume(reader::onRecord, MAX_BATCH);
    emptyPolls = count == 0 ? emptyPolls + 1 : 0;
    return count;
  }

  /// Whether no record waits to be read, so that the next [#poll] waits. Ring thread.
  public boolean isDrained() {
    return ring.availableBytes() == 0;
  }

  /// Now on the packets' clock, CLOCK_BOOTTIME.
  public long bootNs() {
    return clocks.bootNs();
  }

  private void refreshClock(long nowNs) {
    clockReadNs = nowNs;
    reader.setBootToReal(clocks.realMinusBootNs());
  }

  /// Ends a wait in [#poll] early; from any thread.
  public void wake() {
    wakeUp.wake();
  }

  /// Makes verdicts of this epoch effective, and no others.
  public void enableVerdicts(int epoch) {
    settings.setEpoch(epoch);
    settings.setVerdictsEnabled(true);
  }

  /// Skips packets of this cgroup as long as `epoch` is the current one.
  public void skipCgroup(long cgroupId, int epoch) {
    key.set(ValueLayout.JAVA_LONG, 0, cgroupId);
    verdict.set(ValueLayout.JAVA_INT, 0, epoch);
    verdict.set(ValueLayout.JAVA_INT, 4, 1);
    verdicts.put(key, verdict, BpfMap.Mode.ANY);
  }

  /// The kernel program's counters; from any thread.
  public KernelCounters counters() {
    try (Arena local = Arena.ofConfined()) {
      MemorySegment direction = local.allocate(ValueLayout.JAVA_INT);
      MemorySegment value = local.allocate(counters.valueBytes(), 8);
      KernelCounters sum = KernelCounters.ZERO;
      for (int i = 0; i < 2; i++) {
        direction.set(ValueLayout.JAVA_INT, 0, i);
        if (counters.get(direction, value)) {
          sum = sum.plus(value);
        }
      }
      return sum;
    }
  }

  /// Packets lost because the ring was full or chunks are missing; from any thread.
  public long lost() {
    return counters().ringFull() + incompletePackets();
  }

  /// Packet records read; equals the kernel's `recorded` once drained.
  public long packetsRead() {
    return reader.packets();
  }

  /// Notices read; equals the kernel's `notices` once drained.
  public long noticesRead() {
    return reader.notices();
  }

  /// Packet records dropped because chunks are missing.
  public long incompletePackets() {
    return reader.incompletePackets();
  }

  /// Detaches all programs, waits until none runs, and reads the rest of the ring.
  public void detachAndDrain() {
    programs.close();
    GracePeriod.await();
    ring.drain(reader::onRecord, DRAIN_TIMEOUT_NS);
  }

  @Override
  public void close() {
    programs.close();
    ring.close();
    object.close();
    wakeUp.close();
    root.close();
    arena.close();
  }
}
