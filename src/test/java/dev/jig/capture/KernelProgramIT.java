package dev.jig.capture;

import static dev.jig.capture.Frames.PAYLOAD;
import static dev.jig.capture.Frames.TCP;
import static dev.jig.capture.Frames.UDP;
import static dev.jig.capture.Frames.authentication;
import static dev.jig.capture.Frames.cut;
import static dev.jig.capture.Frames.extension;
import static dev.jig.capture.Frames.fragment;
import static dev.jig.capture.Frames.ipv4;
import static dev.jig.capture.Frames.ipv4Fragment;
import static dev.jig.capture.Frames.ipv4Saying;
import static dev.jig.capture.Frames.ipv6;
import static dev.jig.capture.Frames.join;
import static dev.jig.capture.Frames.tcp;
import static dev.jig.capture.Frames.udp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.jig.bpf.BpfImage;
import dev.jig.bpf.BpfMap;
import dev.jig.bpf.BpfObject;
import dev.jig.bpf.ProgramTestRun;
import dev.jig.bpf.RingBuffer;
import dev.jig.event.Attribution;
import dev.jig.event.PacketType;
import dev.jig.fixture.Prerequisite;
import dev.jig.os.WakeUp;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs the packet programs on made-up frames (BPF_PROG_TEST_RUN), with an unconnected socket.
final class KernelProgramIT {
  private static final int HOP_BY_HOP = 0;
  private static final int ROUTING = 43;
  private static final int FRAGMENT = 44;
  private static final int AUTHENTICATION = 51;
  private static final int DESTINATION = 60;

  private static KernelSide kernel;

  /// The counter that a packet increments.
  enum Fate {
    RECORDED,
    NOT_OURS,
    NO_PAYLOAD,
    BAD,
    LATER_FRAGMENT
  }

  @BeforeAll
  static void load() throws IOException {
    Prerequisite.requireRoot();
    kernel = new KernelSide();
  }

  @AfterAll
  static void unload() {
    if (kernel != null) {
      kernel.close();
    }
  }

  static Stream<Arguments> frames() {
    byte[] sixty = new byte[60];
    return Stream.of(
        arguments("UDP over IPv4", ipv4(UDP, 0, udp(53)), Fate.RECORDED),
        arguments("UDP to another port", ipv4(UDP, 0, udp(54)), Fate.NOT_OURS),
        arguments("ICMP", ipv4(1, 0, udp(53)), Fate.NOT_OURS),
        arguments("4 bytes of IPv4 options", ipv4(UDP, 4, udp(53)), Fate.RECORDED),
        arguments("40 bytes of IPv4 options", ipv4(UDP, 40, udp(53)), Fate.RECORDED),
        arguments("an IPv4 header said to be 16 bytes", ipv4Saying(4, udp(53)), Fate.BAD),
        arguments("an IPv4 header said to have none", ipv4Saying(0, udp(53)), Fate.BAD),
        arguments("an IPv4 header beyond the packet", cut(ipv4Saying(15, udp(53)), 24), Fate.BAD),
        arguments("a UDP header cut off", cut(ipv4(UDP, 0, udp(53)), 25), Fate.BAD),
        arguments("UDP without payload", cut(ipv4(UDP, 0, udp(53)), 24), Fate.NO_PAYLOAD),
        arguments("the first IPv4 fragment", ipv4Fragment(0, udp(53)), Fate.RECORDED),
        arguments("a later IPv4 fragment", ipv4Fragment(185, udp(53)), Fate.LATER_FRAGMENT),
        arguments("UDP over IPv6", ipv6(UDP, udp(53)), Fate.RECORDED),
        arguments(
            "a hop-by-hop header",
            ipv6(HOP_BY_HOP, join(extension(UDP, 0), udp(53))),
            Fate.RECORDED),
        arguments(
            "hop-by-hop, routing, destination options",
            ipv6(
                HOP_BY_HOP,
                join(extension(ROUTING, 2), extension(DESTINATION, 0), extension(UDP, 1), udp(53))),
            Fate.RECORDED),
        arguments(
            "an authentication header",
            ipv6(AUTHENTICATION, join(authentication(UDP), udp(53))),
            Fate.RECORDED),
        arguments(
            "the first IPv6 fragment",
            ipv6(FRAGMENT, join(fragment(UDP, 0), udp(53))),
            Fate.RECORDED),
        arguments(
            "a later IPv6 fragment",
            ipv6(FRAGMENT, join(fragment(UDP, 1), udp(53))),
            Fate.LATER_FRAGMENT),
        arguments("an extension header cut off", ipv6(HOP_BY_HOP, new byte[2]), Fate.BAD),
        arguments(
            "an extension header longer than the packet",
            cut(ipv6(HOP_BY_HOP, join(extension(UDP, 30), udp(53))), 100),
            Fate.BAD),
        arguments(
            "extension headers without end",
            ipv6(HOP_BY_HOP, join(manyExtensions(), udp(53))),
            Fate.BAD),
        arguments("no next header", ipv6(59, udp(53)), Fate.NOT_OURS),
        arguments("TCP with data", ipv4(TCP, 0, tcp(53, 0, PAYLOAD)), Fate.RECORDED),
        arguments("TCP with options and data", ipv6(TCP, tcp(53, 12, PAYLOAD)), Fate.RECORDED),
        arguments("TCP without data", ipv4(TCP, 0, tcp(53, 0, new byte[0])), Fate.NO_PAYLOAD),
        arguments(
            "TCP with a header that ends beyond the packet",
            cut(ipv4(TCP, 0, tcp(53, 40, new byte[0])), 8),
            Fate.NO_PAYLOAD),
        arguments("TCP to another port", ipv4(TCP, 0, tcp(80, 0, sixty)), Fate.NOT_OURS));
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("frames")
  void countsEachFrameExactlyOnce(String what, byte[] frame, Fate fate) {
    KernelCounters before = kernel.counters();

    List<Packet> packets = kernel.run("ingress", frame, Packet.Direction.INGRESS);

    KernelCounters after = kernel.counters();
    assertThat(fates(before, after)).as(what).containsExactly(fate);
    assertThat(after.isBalanced()).isTrue();
    assertThat(packets).hasSize(fate == Fate.RECORDED ? 1 : 0);
  }

  @Test
  void theSenderIsTheRunningTask() {
    kernel.run("egress", ipv6(UDP, udp(53)), Packet.Direction.EGRESS);

    Packet packet = kernel.last();
    assertThat(packet.attribution()).isEqualTo(Attribution.EXACT);
    assertThat(packet.type()).isEqualTo(PacketType.OUTGOING);
    assertThat(Objects.requireNonNull(packet.owner()).pid())
        .isEqualTo((int) ProcessHandle.current().pid());
  }

  private static byte[] manyExtensions() {
    byte[][] all = new byte[9][];
    Arrays.fill(all, extension(DESTINATION, 0));
    all[8] = extension(UDP, 0);
    return join(all);
  }

  private static List<Fate> fates(KernelCounters before, KernelCounters after) {
    List<Fate> fates = new ArrayList<>();
    add(fates, Fate.RECORDED, after.recorded() - before.recorded());
    add(fates, Fate.NO_PAYLOAD, after.noPayload() - before.noPayload());
    add(fates, Fate.BAD, after.bad() - before.bad());
    add(fates, Fate.LATER_FRAGMENT, after.fragments() - before.fragments());
    if (fates.isEmpty() && after.seen() == before.seen()) {
      fates.add(Fate.NOT_OURS);
    }
    return fates;
  }

  private static void add(List<Fate> fates, Fate fate, long times) {
    for (long i = 0; i < times; i++) {
      fates.add(fate);
    }
  }

  /// The loaded programs, attached to nothing.
  private static final class KernelSide implements AutoCloseable {
    private final BpfObject object;
    private final WakeUp wakeUp = new WakeUp();
    private final RingBuffer ring;
    private final List<Packet> packets = new ArrayList<>();
    private final RecordReader reader = new RecordReader(this::check);

    KernelSide() throws IOException {
      try (InputStream image = KernelProgramIT.class.getResourceAsStream("/trace_dns.bpf.o")) {
        byte[] elf = Objects.requireNonNull(image, "trace_dns.bpf.o").readAllBytes();
        object =
            BpfObject.load(
                BpfImage.of("trace_dns", elf).markOptional("cgroup_mkdir", "sock_release"));
      }
      ring = RingBuffer.map(object.map("events"), RecordLayout.MAX_LENGTH, wakeUp);
      BitSet ports = new BitSet();
      ports.set(53);
      new KernelSettings(object.variable("settings")).setPorts(ports);
    }

    private void check(Packet packet) {
      int from = packet.payloadOffset();
      assertThat(Arrays.copyOfRange(packet.payload(), from, from + packet.payloadLength()))
          .isEqualTo(PAYLOAD);
      assertThat(packet.sourcePort()).isEqualTo(40_000);
      assertThat(packet.destinationPort()).isEqualTo(53);
      assertThat(packet.source().toString()).isIn("192.0.2.1", "2001:db8::1");
      assertThat(packet.destination().toString()).isIn("192.0.2.2", "2001:db8::2");
      packets.add(packet);
    }

    /// The packets recorded of one frame.
    List<Packet> run(String program, byte[] frame, Packet.Direction direction) {
      packets.clear();
      assertThat(ProgramTestRun.run(object.program(program), frame, 1)).as("let pass").isOne();
      ring.drain(reader::onRecord, 0);
      assertThat(packets).allMatch(packet -> packet.direction() == direction);
      return packets;
    }

    Packet last() {
      return packets.getLast();
    }

    KernelCounters counters() {
      BpfMap map = object.map("counters");
      KernelCounters sum = KernelCounters.ZERO;
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment value = arena.allocate(map.valueBytes(), 8);
        for (int direction = 0; direction < 2; direction++) {
          assertThat(map.get(arena.allocateFrom(ValueLayout.JAVA_INT, direction), value)).isTrue();
          sum = sum.plus(value);
        }
      }
      return sum;
    }

    @Override
    public void close() {
      ring.close();
      object.close();
      wakeUp.close();
    }
  }
}
