package dev.jig.capture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.jig.pcap.CaptureBuilder;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A datagram within each kind of tunnel.
final class TunnelTest {
  private static final Flow V4 = new Flow("10.244.1.5", 40_000, "10.96.0.10", 53);
  private static final Flow V6 = new Flow("2001:db8::5", 40_000, "2001:db8::53", 53);
  private static final Flow NODES = new Flow("192.0.2.1", 50_000, "192.0.2.2", 0);
  private static final Flow NODES6 = new Flow("2001:db8:1::1", 50_000, "2001:db8:1::2", 0);
  private static final byte[] INNER = V4.udp("dns".getBytes(ISO_8859_1));
  private static final byte[] INNER6 = V6.udp("dns".getBytes(ISO_8859_1));

  private static final int RAW = 101;
  private static final int ETHERNET = 1;
  private static final int NFLOG = 239;
  private static final int GRE = 47;

  static Stream<Arguments> tunnels() {
    byte[] frame = Links.ethernet(INNER);
    byte[] vni = {8, 0, 0, 0, 0, 0, 42, 0};
    return Stream.of(
        arguments("IPIP", RAW, NODES.ip(4, INNER), V4),
        arguments("6in4", RAW, NODES.ip(41, INNER6), V6),
        arguments("4in6", RAW, NODES6.ip(4, INNER), V4),
        arguments("GRE", RAW, NODES.ip(GRE, join(bytes(0, 0, 8, 0), INNER)), V4),
        arguments("GRE in IPv6", RAW, NODES6.ip(GRE, join(bytes(0, 0, 0x86, 0xdd), INNER6)), V6),
        arguments(
            "GRE with key, checksum and sequence number",
            RAW,
            NODES.ip(GRE, join(bytes(0xb0, 0, 0x86, 0xdd), new byte[12], INNER6)),
            V6),
        arguments(
            "Ethernet in GRE with a key",
            RAW,
            NODES.ip(GRE, join(bytes(0x20, 0, 0x65, 0x58, 0, 0, 0, 7), frame)),
            V4),
        arguments("VXLAN", RAW, udp(4789, vni, frame), V4),
        arguments("VXLAN on Linux's port", RAW, udp(8472, vni, Links.ethernet(INNER6)), V6),
        arguments(
            "VXLAN with group policy",
            RAW,
            udp(4789, bytes(0x88, 0, 0, 9, 0, 0, 42, 0), frame),
            V4),
        arguments(
            "Geneve with options",
            RAW,
            udp(6081, bytes(2, 0, 0x65, 0x58, 0, 0, 42, 0, 1, 2, 3, 1, 0, 0, 0, 0), frame),
            V4),
        arguments("IP in Geneve", RAW, udp(6081, bytes(0, 0, 8, 0, 0, 0, 42, 0), INNER), V4),
        arguments(
            "a tunnel in a tunnel", RAW, udp(4789, vni, Links.ethernet(NODES.ip(4, INNER))), V4),
        arguments("MPLS", ETHERNET, ethernet(0x8847, bytes(0, 1, 0, 64, 0, 2, 1, 64), INNER), V4),
        arguments(
            "PPPoE", ETHERNET, ethernet(0x8864, bytes(0x11, 0, 0, 1, 0, 33, 0, 0x21), INNER), V4),
        arguments(
            "PPPoE, IPv6",
            ETHERNET,
            ethernet(0x8864, bytes(0x11, 0, 0, 1, 0, 33, 0, 0x57), INNER6),
            V6),
        arguments("NFLOG", NFLOG, nflog(ByteOrder.LITTLE_ENDIAN), V4),
        arguments("NFLOG of a big-endian machine", NFLOG, nflog(ByteOrder.BIG_ENDIAN), V4));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tunnels")
  void readsTheInnerDatagram(String name, int linkType, byte[] frame, Flow flow)
      throws IOException {
    Replay replay = replay(linkType, frame);

    assertThat(replay.packets()).as(name).hasSize(1);
    Replay.Seen seen = replay.packets().getFirst();
    assertThat(seen.source()).isEqualTo(flow.source());
    assertThat(seen.destination()).isEqualTo(flow.destination());
    assertThat(seen.destinationPort()).isEqualTo(53);
    assertThat(seen.payload()).isEqualTo("dns");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tunnels")
  void damagedTunnelsAreCounted(String name, int linkType, byte[] frame, Flow flow)
      throws IOException {
    CaptureBuilder file = CaptureBuilder.pcap(ByteOrder.LITTLE_ENDIAN, linkType);
    for (int at = 0; at < frame.length; at++) {
      byte[] damaged = frame.clone();
      damaged[at] ^= (byte) 0xff;
      file.packet(at, damaged);
      file.packet(at, Arrays.copyOf(frame, at), frame.length);
    }

    Replay replay = Replay.of(file.bytes());

    assertThat(replay.counters().read()).as(name).isEqualTo(2L * frame.length);
  }

  @Test
  void whatIsNoTunnelOrCarriesNoIpIsNotDns() throws IOException {
    byte[] tooDeep = INNER;
    for (int i = 0; i <= Tunnel.MAX_DEPTH; i++) {
      tooDeep = NODES.ip(4, tooDeep);
    }

    Replay replay =
        replay(
            RAW,
            tooDeep,
            udp(4789, new byte[8], Links.ethernet(INNER)),
            udp(6081, bytes(0x40, 0, 8, 0, 0, 0, 42, 0), INNER),
            udp(4789, bytes(8, 0, 0, 0, 0, 0, 42, 0), new byte[60]),
            NODES.ip(GRE, join(bytes(0x20, 1, 0x88, 0x0b), INNER)),
            NODES.ip(GRE, join(bytes(0, 0, 8, 6), INNER)),
            NODES.ip(4, new byte[20]));

    assertThat(replay.counters().notDns()).isEqualTo(7);
    assertThat(replay.packets()).isEmpty();
  }

  private static Replay replay(int linkType, byte[]... frames) throws IOException {
    CaptureBuilder file = CaptureBuilder.pcap(ByteOrder.LITTLE_ENDIAN, linkType);
    for (int i = 0; i < frames.length; i++) {
      file.packet(i, frames[i]);
    }
    return Replay.of(file.bytes());
  }

  private static byte[] udp(int port, byte[] header, byte[] inner) {
    return new Flow("192.0.2.1", 50_000, "192.0.2.2", port).udp(join(header, inner));
  }

  private static byte[] ethernet(int etherType, byte[] header, byte[] inner) {
    return join(new byte[12], bytes(etherType >> 8, etherType & 0xff), header, inner);
  }

  /// A prefix attribute of 10 bytes, then the payload.
  private static byte[] nflog(ByteOrder order) {
    byte[] head = bytes(2, 0, 0, 1);
    byte[] prefix = join(attribute(order, 14, 10), new byte[12]);
    return join(head, prefix, attribute(order, 4 + INNER.length, 9), INNER);
  }

  private static byte[] attribute(ByteOrder order, int length, int type) {
    return order == ByteOrder.BIG_ENDIAN
        ? bytes(length >> 8, length & 0xff, 0, type)
        : bytes(length & 0xff, length >> 8, type, 0);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] join(byte[]... parts) {
    return Frames.join(parts);
  }
}
