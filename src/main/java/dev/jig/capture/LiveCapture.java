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

/// The kernel side, attached: loads trace_dns.bpf.c, attaches it at the root of cgroup v2 and reads
/// its ring. All but [#wake] and [#counters] is for one thread.
public final class LiveCapture implements AutoCloseable {
  /// Half a second of 100,000 packets a second at the smallest record size, a sixth at the largest
  /// inline one; measured in bin/bench.
  public static final int RING_BYTES = 16 * 1024 * 1024;

  /// So many records at most in one [#poll].
  public static final int MAX_BATCH = 4096;

  /// After so many polls without a record the reader sleeps until it is woken, or so long: looking
  /// by itself 50 times a second cost 1 % of a core.
  private static final int POLLS_BEFORE_SLEEP = 50;

  private static final int SLEEP_MS = 200;

  private static final long DRAIN_PATIENCE_NS = 1_000_000_000;
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
  private final RecordReader reader;
  private long clockReadNs;
  private int emptyPolls;
  private boolean prompt;

  private LiveCapture(CgroupDirectory root, BpfObject object, PacketHandler handler) {
    this.root = root;
    this.object = object;
    this.programs = new KernelPrograms(object);
    this.wakeUp = new WakeUp();
    this.ring = RingBuffer.map(object.map("events"), RecordLayout.MAX_LENGTH, wakeUp);
    this.settings = new KernelSettings(object.variable("settings"));
    this.verdicts = object.map("verdicts");
    this.counters = object.map("counters");
    this.reader = new RecordReader(handler);
    refreshClock(clocks.bootNs());
  }

  /// Loads the programs; nothing is attached yet.
  ///
  /// @param ports the DNS ports
  /// @param anyUdpPort also every UDP payload that looks like DNS
  /// @throws dev.jig.bpf.NativeException if this machine can't
  public static LiveCapture load(
      BitSet ports, boolean anyUdpPort, boolean verbose, PacketHandler handler) {
    return load(ports, anyUdpPort, verbose, handler, List.of());
  }

  /// The same as on a kernel that lacks some optional programs.
  static LiveCapture load(
      BitSet ports,
      boolean anyUdpPort,
      boolean verbose,
      PacketHandler handler,
      List<String> lacking) {
    CgroupDirectory root = CgroupDirectory.root();
    BpfImage image = BpfImage.of("trace_dns", image()).setMaxEntries("events", RING_BYTES);
    KernelPrograms.markOptional(image).exclude(lacking.toArray(String[]::new));
    if (verbose) {
      image.keepLog();
    }
    LiveCapture capture = new LiveCapture(root, BpfObject.load(image), handler);
    capture.setPorts(ports, anyUdpPort);
    return capture;
  }

  /// Records the packets of these DNS ports from now on, and no others.
  ///
  /// @param anyUdpPort also every UDP payload that looks like DNS
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

  /// Attaches everything: from here on packets are recorded. Then tells sockets that were there
  /// before their owner, which takes milliseconds.
  ///
  /// @throws dev.jig.bpf.NativeException if the kernel refuses what is needed
  public void attach() {
    programs.attach(root);
  }

  /// Tells sockets without an owner theirs, once more; why some may stay without.
  Optional<String> assignSocketOwners() {
    return programs.assignSocketOwners();
  }

  /// From now on every record is read at once, not when some have come together: who wants to look
  /// at processes in /proc has to be quick. It costs a wake-up per record.
  public void readPromptly() {
    prompt = true;
  }

  /// Where cgroup v2 is mounted, for walking it.
  public Path cgroupRoot() {
    return root.path();
  }

  /// What this kernel does without, and why; complete once attached.
  public Map<String, String> missingPrograms() {
    return programs.missing();
  }

  /// What libbpf said while loading, if asked for.
  public List<String> log() {
    return object.log();
  }

  /// Waits for records about `timeoutMs`, longer after a while without any, then hands over those
  /// that are ready, up to a batch.
  ///
  /// @return how many records were read
  public int poll(int timeoutMs) {
    boolean sleeps = emptyPolls >= POLLS_BEFORE_SLEEP;
    settings.setAsleep(sleeps || prompt);
    ring.poll(sleeps ? Math.max(timeoutMs, SLEEP_MS) : timeoutMs);
    settings.setAsleep(prompt);
    long nowNs = clocks.bootNs();
    if (nowNs - clockReadNs > CLOCK_REFRESH_NS) {
      refreshClock(nowNs);
    }
    int count = ring.consume(reader::onRecord, MAX_BATCH);
    emptyPolls = count == 0 ? emptyPolls + 1 : 0;
    return count;
  }

  /// The packets' clock, now.
  public long bootNs() {
    return clocks.bootNs();
  }

  private void refreshClock(long nowNs) {
    clockReadNs = nowNs;
    reader.setBootToReal(clocks.realMinusBootNs());
  }

  /// Ends a wait of [#poll] early; from any thread.
  public void wake() {
    wakeUp.wake();
  }

  /// Lets verdicts count; those given under another epoch don't.
  public void enableVerdicts(int epoch) {
    settings.setEpoch(epoch);
    settings.setVerdictsEnabled(true);
  }

  /// Packets of this cgroup need not be recorded, as long as the epoch stays.
  public void skipCgroup(long cgroupId, int epoch) {
    key.set(ValueLayout.JAVA_LONG, 0, cgroupId);
    verdict.set(ValueLayout.JAVA_INT, 0, epoch);
    verdict.set(ValueLayout.JAVA_INT, 4, 1);
    verdicts.put(key, verdict, BpfMap.Mode.ANY);
  }

  /// What the kernel counted so far.
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

  /// Packet records read; equals the kernel's `recorded` once drained.
  public long packetsRead() {
    return reader.packets();
  }

  /// Notices read; equals the kernel's `notices` once drained.
  public long noticesRead() {
    return reader.notices();
  }

  /// Packets read whose chunks were not all there.
  public long incompletePackets() {
    return reader.incompletePackets();
  }

  /// Detaches, waits until no program runs any more, and hands over what the ring still holds.
  public void detachAndDrain() {
    programs.close();
    GracePeriod.await();
    ring.drain(reader::onRecord, DRAIN_PATIENCE_NS);
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
