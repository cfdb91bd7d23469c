package dev.jig.capture;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.jig.event.Attribution;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import dev.jig.pcap.CaptureBuilder;
import dev.jig.pcap.CaptureReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CaptureFileSourceTest {
  static final Flow V4 = new Flow("192.0.2.10", 40_000, "198.51.100.53", 53);
  static final Flow V6 = new Flow("2001:db8::10", 40_000, "2001:db8::53", 53);

  private static final byte[] PAYLOAD = "dns".getBytes(ISO_8859_1);
  private static final byte[] IP4 = V4.udp(PAYLOAD);
  private static final byte[] IP6 = V6.udp(PAYLOAD);

  static Stream<Arguments> links() {
    return Stream.of(
        Arguments.of("Ethernet", 1, Links.ethernet(IP4), V4, null),
        Arguments.of("Ethernet, IPv6", 1, Links.ethernet(IP6), V6, null),
        Arguments.of("Ethernet, one VLAN tag", 1, Links.ethernet(IP4, 0x8100), V4, null),
        Arguments.of("stacked tags", 1, Links.ethernet(IP6, 0x88a8, 0x8100), V6, null),
        Arguments.of("old stacked tags", 1, Links.ethernet(IP4, 0x9100, 0x8100), V4, null),
        Arguments.of("null, little-endian", 0, Links.loopback(LITTLE_ENDIAN, 2, IP4), V4, null),
        Arguments.of("null, big-endian", 0, Links.loopback(BIG_ENDIAN, 2, IP4), V4, null),
        Arguments.of("null, Linux IPv6", 0, Links.loopback(LITTLE_ENDIAN, 10, IP6), V6, null),
        Arguments.of("null, NetBSD IPv6", 0, Links.loopback(BIG_ENDIAN, 24, IP6), V6, null),
        Arguments.of("null, FreeBSD IPv6", 0, Links.loopback(LITTLE_ENDIAN, 28, IP6), V6, null),
        Arguments.of("null, Darwin IPv6", 0, Links.loopback(LITTLE_ENDIAN, 30, IP6), V6, null),
        Arguments.of("loop", 108, Links.loopback(BIG_ENDIAN, 2, IP4), V4, null),
        Arguments.of("raw, IPv4", 101, IP4, V4, null),
        Arguments.of("raw, IPv6", 101, IP6, V6, null),
        Arguments.of("raw by BSD's number", 12, IP4, V4, null),
        Arguments.of("raw by OpenBSD's number", 14, IP6, V6, null),
        Arguments.of("IPv4", 228, IP4, V4, null),
        Arguments.of("IPv6", 229, IP6, V6, null),
        Arguments.of("cooked", 113, Links.cooked(0, IP4), V4, PacketType.HOST),
        Arguments.of("cooked, broadcast", 113, Links.cooked(1, IP4), V4, PacketType.BROADCAST),
        Arguments.of("cooked, multicast", 113, Links.cooked(2, IP6), V6, PacketType.MULTICAST),
        Arguments.of("cooked, other host", 113, Links.cooked(3, IP4), V4, PacketType.OTHERHOST),
        Arguments.of("cooked, outgoing", 113, Links.cooked(4, IP6), V6, PacketType.OUTGOING),
        Arguments.of("cooked, no known type", 113, Links.cooked(5, IP4), V4, null),
        Arguments.of("cooked v2", 276, Links.cooked2(0, IP4), V4, PacketType.HOST),
        Arguments.of("cooked v2, outgoing", 276, Links.cooked2(4, IP6), V6, PacketType.OUTGOING),
        Arguments.of("cooked v2, no known type", 276, Links.cooked2(6, IP6), V6, null));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("links")
  void findsTheDatagramBehindEveryLinkHeader(
      String name, int linkType, byte[] frame, Flow flow, @Nullable PacketType type)
      throws IOException {
    Replay replay = replay(linkType, frame);

    assertThat(replay.packets())
        .as(name)
        .containsExactly(
            new Replay.Seen(
                Packet.Direction.UNKNOWN,
                type,
                Protocol.UDP,
                flow.source(),
                40_000,
                flow.destination(),
                53,
                "dns"));
    assertThat(replay.counters().delivered()).isEqualTo(1);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("links")
  void aFrameCutByTheSnapshotLengthIsTruncatedWhereverItIsCut(
      String name, int linkType, byte[] frame, Flow flow, @Nullable PacketType type)
      throws IOException {
    int padding = linkType == 1 && flow.equals(V4) ? frame.length - lengthWithoutPadding(frame) : 0;
    CaptureBuilder file = CaptureBuilder.pcap(LITTLE_ENDIAN, linkType);
    int cuts = frame.length - padding;
    for (int length = 0; length < cuts; length++) {
      file.packet(length, Arrays.copyOf(frame, length), frame.length);
    }

    Replay replay = Replay.of(file.bytes());

    assertThat(replay.counters().truncated()).as(name).isEqualTo(cuts);
    assertThat(replay.packets()).isEmpty();
  }

  private static int lengthWithoutPadding(byte[] ethernet) {
    int header = 14;
    while (ethernet[header - 2] != 8 || ethernet[header - 1] != 0) {
      header += 4;
    }
    return header + IP4.length;
  }

  @Test
  void aFrameThatEndsWithinItsIpHeaderIsBadIfNothingWasCut() throws IOException {
    CaptureBuilder file = CaptureBuilder.pcap(LITTLE_ENDIAN, 101);
    for (int length = 0; length < IP4.length; length++) {
      file.packet(length, Arrays.copyOf(IP4, length));
    }

    FileCounters counters = Replay.of(file.bytes()).counters();
    assertThat(counters.badHeader()).isEqualTo(20);
    assertThat(counters.truncated()).as("by its IP header").isEqualTo(IP4.length - 20);
  }

  @Test
  void readsWhatWasCapturedOfADatagram() throws IOException {
    byte[] message = "0123456789abcdef".getBytes(ISO_8859_1);
    byte[] whole = V4.udp(message);
    int headers = whole.length - message.length;
    CaptureBuilder file = CaptureBuilder.pcap(LITTLE_ENDIAN, 101);
    for (int length = headers; length <= whole.length; length++) {
      file.packet(length, Arrays.copyOf(whole, length), whole.length);
    }

    Replay replay = Replay.of(file.bytes());

    assertThat(replay.packets())
        .extracting(Replay.Seen::payload)
        .containsExactly(
            "0123456789ab",
            "0123456789abc",
            "0123456789abcd",
            "0123456789abcde",
            "0123456789abcdef");
    assertThat(replay.counters().truncated()).as("without a DNS header").isEqualTo(12);
    assertThat(replay.unreadable()).isEqualTo(12);
  }

  @Test
  void readsTheBeginOfAMessageInAFirstFragmentThatWasCut() throws IOException {
    byte[] datagram = V4.udpDatagram("0123456789abcdef".repeat(2).getBytes(ISO_8859_1));
    byte[] fragment = V4.ipv4(Flow.UDP, 0x2000, slice(datagram, 0, 32));

    Replay replay = replay(101, slice(fragment, 0, fragment.length - 8));

    assertThat(replay.packets())
        .extracting(Replay.Seen::payload)
        .containsExactly("0123456789abcdef");
  }

  @Test
  void readsTheBeginOfAMessageOfWhichLaterFragmentsNeverCome() throws IOException {
    byte[] datagram = V4.udpDatagram("0123456789abcdef".repeat(4).getBytes(ISO_8859_1));
    byte[] datagram6 = V6.udpDatagram("fedcba9876543210".repeat(4).getBytes(ISO_8859_1));
    byte[] first = V4.ipv4(Flow.UDP, 0x2000, slice(datagram, 0, 24));
    byte[] second = V4.ipv4(Flow.UDP, 0x2000 | 3, slice(datagram, 24, 40));
    byte[] behindAHole = V4.ipv4(Flow.UDP, 0x2000 | 6, slice(datagram, 48, 56));
    byte[] first6 =
        V6.ipv6(44, concat(extension(Flow.UDP, 0, 0, 1, 0, 0, 0, 7), slice(datagram6, 0, 24)));

    Replay replay = replay(101, second, behindAHole, first, first6);

    assertThat(replay.packets())
        .extracting(Replay.Seen::payload)
        .containsExactly("0123456789abcdef".repeat(2), "fedcba9876543210");
    assertThat(replay.counters().fragments()).isEqualTo(4);
    assertThat(replay.counters().incomplete()).isEqualTo(2);
  }

  @Test
  void cutsEthernetPaddingOffTheSegment() throws IOException {
    byte[] segment = V4.tcp(Flow.PSH | Flow.ACK, 1, 1, PAYLOAD);
    byte[] acknowledgement = V4.tcp(Flow.ACK, 1, 1, new byte[0]);

    Replay replay = replay(1, Links.ethernet(segment), Links.ethernet(acknowledgement));

    assertThat(replay.packets())
        .extracting(Replay.Seen::protocol, Replay.Seen::payload)
        .containsExactly(tuple(Protocol.TCP, "dns"));
    assertThat(replay.counters().noPayload()).isEqualTo(1);
  }

  @Test
  void anAcknowledgementWithCutOptionsLostNoPayload() throws IOException {
    byte[] acknowledgement = V6.tcp(Flow.ACK, 1, 1, new byte[0]);
    byte[] cut = Arrays.copyOf(acknowledgement, acknowledgement.length - 1);
    byte[] file =
        CaptureBuilder.pcap(LITTLE_ENDIAN, 101).packet(1, cut, acknowledgement.length).bytes();

    assertThat(Replay.of(file).counters().noPayload()).isEqualTo(1);
  }

  @Test
  void skipsIpv4Options() throws IOException {
    byte[] routerAlert = V4.ipv4(Flow.UDP, 0x4000, V4.udpDatagram(PAYLOAD), 148, 4, 0, 0);

    assertThat(replay(101, routerAlert).packets())
        .extracting(Replay.Seen::payload)
        .containsExactly("dns");
  }

  @Test
  void skipsIpv6ExtensionHeaders() throws IOException {
    byte[] datagram = V6.udpDatagram(PAYLOAD);
    byte[] fragment = extension(Flow.UDP, 0, 0, 0, 0, 0, 0, 7); // a whole packet nevertheless
    byte[] authentication = extension(44, 4, new int[22]);
    byte[] destination = extension(51, 1, new int[14]);
    byte[] routing = extension(60, 0, 0, 0, 0, 0, 0, 0);
    byte[] hopByHop = extension(43, 0, 1, 4, 0, 0, 0, 0);
    byte[] packet =
        V6.ipv6(0, concat(hopByHop, routing, destination, authentication, fragment, datagram));

    assertThat(replay(229, packet).packets())
        .extracting(Replay.Seen::payload)
        .containsExactly("dns");
  }

  @Test
  void anExtensionHeaderBeyondThePacketIsBad() throws IOException {
    byte[] packet = V6.ipv6(0, concat(extension(Flow.UDP, 9, 0, 0, 0, 0, 0, 0), new byte[8]));

    assertThat(replay(229, packet).counters().badHeader()).isEqualTo(1);
  }

  @Test
  void readsJumbogramsToTheEndOfTheFrame() throws IOException {
    byte[] packet = V6.ipv6(0, concat(extension(Flow.TCP, 0, 194, 4, 0, 0, 0, 0), segment(V6)));
    packet[4] = 0;
    packet[5] = 0;
    byte[] offloaded = V4.ipv4(Flow.TCP, 0, segment(V4));
    offloaded[2] = 0;
    offloaded[3] = 0;

    assertThat(replay(101, packet, offloaded).packets())
        .extracting(Replay.Seen::payload)
        .containsExactly("dns", "dns");
  }

  private static byte[] segment(Flow flow) {
    return flow.tcpSegment(Flow.ACK, 1, 1, PAYLOAD);
  }

  @Test
  void countsFragmentsOfIncompletePackets() throws IOException {
    byte[] datagram = V4.udpDatagram(PAYLOAD);
    byte[] even = Arrays.copyOf(datagram, 8);
    byte[] first = V4.ipv4(Flow.UDP, 0x2000, even);
    byte[] later = V4.ipv4(Flow.UDP, 0x00b9, datagram);
    byte[] first6 = V6.ipv6(44, concat(extension(Flow.UDP, 0, 0, 1, 0, 0, 0, 7), even));
    byte[] later6 = V6.ipv6(44, concat(extension(Flow.UDP, 0, 5, 0xb8, 0, 0, 0, 7), datagram));
    byte[] notOurs = V4.ipv4(1, 0x2000, datagram);
    byte[] notOurs6 = V6.ipv6(44, concat(extension(58, 0, 0, 1, 0, 0, 0, 7), datagram));

    Replay replay = replay(101, first, later, first6, later6, notOurs, notOurs6);

    assertThat(replay.counters().fragments()).isEqualTo(4);
    assertThat(replay.counters().incomplete()).isEqualTo(2);
    assertThat(replay.counters().notDns()).isEqualTo(2);
    assertThat(replay.packets()).isEmpty();
    assertThat(replay.unreadable()).as("without a DNS header").isEqualTo(2);
  }

  @Test
  void reassemblesFragmentsInAnyOrder() throws IOException {
    byte[] datagram = V4.udpDatagram("0123456789abcdef".repeat(3).getBytes(ISO_8859_1));
    byte[] datagram6 = V6.udpDatagram("fedcba9876543210".repeat(3).getBytes(ISO_8859_1));
    byte[][] packets = {
      V4.ipv4(Flow.UDP, 0x2000 | 2, Arrays.copyOfRange(datagram, 16, 40)),
      V6.ipv6(44, concat(extension(Flow.UDP, 0, 0, 25, 0, 0, 0, 7), slice(datagram6, 24, 48))),
      V4.ipv4(Flow.UDP, 0x2000, slice(datagram, 0, 16)),
      V4.ipv4(Flow.UDP, 0x2000, slice(datagram, 0, 16)), // a copy
      V4.ipv4(Flow.UDP, 5, slice(datagram, 40, 56)),
      V6.ipv6(44, concat(extension(Flow.UDP, 0, 0, 48, 0, 0, 0, 7), slice(datagram6, 48, 56))),
      V6.ipv6(44, concat(extension(Flow.UDP, 0, 0, 1, 0, 0, 0, 7), slice(datagram6, 0, 24)))
    };

    Replay replay = replay(101, packets);

    assertThat(replay.packets())
        .extracting(Replay.Seen::payload)
        .containsExactly("0123456789abcdef".repeat(3), "fedcba9876543210".repeat(3));
    assertThat(replay.counters().fragments()).isEqualTo(5);
    assertThat(replay.counters().incomplete()).isZero();
  }

  @Test
  void dropsOverlappingFragments() throws IOException {
    byte[] datagram = V4.udpDatagram("0123456789abcdef".getBytes(ISO_8859_1));

    Replay replay =
        replay(
            101,
            V4.ipv4(Flow.UDP, 0x2000, slice(datagram, 0, 16)),
            V4.ipv4(Flow.UDP, 1, slice(datagram, 8, 24)),
            V4.ipv4(Flow.UDP, 2, slice(datagram, 16, 24)));

    assertThat(replay.packets()).isEmpty();
    assertThat(replay.counters().incomplete()).isEqualTo(2);
  }

  private static byte[] slice(byte[] bytes, int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }

  @Test
  void countsWhatIsNotDns() throws IOException {
    Flow web = new Flow("192.0.2.10", 40_000, "198.51.100.53", 443);
    byte[] arp = Links.ethernet(IP4);
    arp[13] = 6;
    byte[] appleTalk = Links.loopback(LITTLE_ENDIAN, 16, IP4);

    assertThat(replay(1, arp, Links.ethernet(web.udp(PAYLOAD))).counters().notDns()).isEqualTo(2);
    assertThat(replay(0, appleTalk).counters().notDns()).isEqualTo(1);
    assertThat(replay(101, web.tcp(Flow.ACK, 1, 1, PAYLOAD), V4.ip(1, PAYLOAD)).counters().notDns())
        .isEqualTo(2);
  }

  @Test
  void deliversAnyUdpPayloadIfEnabled() throws IOException {
    Flow odd = new Flow("192.0.2.10", 40_000, "198.51.100.53", 12_345);
    byte[] file =
        CaptureBuilder.pcap(LITTLE_ENDIAN, 101)
            .packet(1, odd.udp(PAYLOAD))
            .packet(2, odd.tcp(Flow.ACK, 1, 1, PAYLOAD))
            .packet(3, V4.tcp(Flow.ACK, 1, 1, PAYLOAD))
            .bytes();

    assertThat(Replay.of(file, true).packets())
        .extracting(Replay.Seen::protocol, Replay.Seen::destinationPort)
        .containsExactly(tuple(Protocol.UDP, 12_345), tuple(Protocol.TCP, 53));
  }

  @Test
  void deliversResponsesByTheirSourcePort() throws IOException {
    assertThat(replay(101, V4.reversed().udp(PAYLOAD)).packets())
        .extracting(Replay.Seen::sourcePort, Replay.Seen::source)
        .containsExactly(tuple(53, "198.51.100.53"));
  }

  @Test
  void countsLengthsThatContradictEachOther() throws IOException {
    byte[] longTotal = changed(V4.udp(PAYLOAD), 3, IP4.length + 1);
    byte[] shortTotal = changed(V4.udp(PAYLOAD), 3, 19);
    byte[] shortHeader = changed(V4.udp(PAYLOAD), 0, 0x44);
    byte[] longHeader = changed(V4.udp(PAYLOAD), 0, 0x4f);
    byte[] version = changed(V4.udp(PAYLOAD), 0, 0x55);
    byte[] longUdp = changed(V4.udp(PAYLOAD), 25, 8 + PAYLOAD.length + 1);
    byte[] shortUdp = changed(V4.udp(PAYLOAD), 25, 7);
    byte[] longV6 = changed(V6.udp(PAYLOAD), 5, 8 + PAYLOAD.length + 1);
    byte[] shortTcp = changed(V4.tcp(Flow.ACK, 1, 1, PAYLOAD), 32, 0x40);
    byte[] longTcp = changed(V4.tcp(Flow.ACK, 1, 1, PAYLOAD), 32, 0xf0);

    Replay replay =
        replay(
            101,
            longTotal,
            shortTotal,
            shortHeader,
            longHeader,
            version,
            longUdp,
            shortUdp,
            longV6,
            shortTcp,
            longTcp);

    assertThat(replay.counters().badHeader()).isEqualTo(7);
    assertThat(replay.counters().truncated()).as("of longUdp").isEqualTo(1);
    assertThat(replay.packets())
        .as("longTotal and longV6: the UDP length fits")
        .extracting(Replay.Seen::payload)
        .containsExactly("dns", "dns");
  }

  @Test
  void aLinkThatAnnouncesTheOtherVersionIsBad() throws IOException {
    assertThat(replay(228, IP6).counters().badHeader()).isEqualTo(1);
    assertThat(replay(229, IP4).counters().badHeader()).isEqualTo(1);
  }

  @Test
  void endsThePayloadAtTheUdpLength() throws IOException {
    byte[] datagram = changed(V4.udpDatagram(PAYLOAD), 5, 8 + 2);
    byte[] empty = changed(V4.udpDatagram(PAYLOAD), 5, 8);

    Replay replay = replay(101, V4.ip(Flow.UDP, datagram), V4.ip(Flow.UDP, empty));

    assertThat(replay.packets()).extracting(Replay.Seen::payload).containsExactly("dn");
    assertThat(replay.counters().noPayload()).isEqualTo(1);
  }

  @Test
  void namesTheFirstUnknownLinkType() throws IOException {
    CaptureBuilder file = CaptureBuilder.pcapng(BIG_ENDIAN);
    file.interfaceDescription(127, 0).interfaceDescription(105, 0);
    file.enhanced(0, 1, IP4).enhanced(1, 2, IP4);

    FileCounters counters = Replay.of(file.bytes()).counters();

    assertThat(counters.unknownLinkType()).isEqualTo(2);
    assertThat(counters.firstUnknownLinkType()).hasValue(127);
  }

  @Test
  void usesTheCapturedLengthIfTheOriginalOneIsSmaller() throws IOException {
    byte[] file = CaptureBuilder.pcap(LITTLE_ENDIAN, 101).packet(1, IP4, 0).bytes();

    assertThat(Replay.of(file).packets()).hasSize(1);
  }

  @Test
  void usesTheFilesClockAndHasNoOwner() throws IOException {
    byte[] file =
        CaptureBuilder.pcapNanoseconds(LITTLE_ENDIAN, 101).packet(1_234_567_890_123L, IP4).bytes();
    CaptureReader reader = CaptureReader.open(new ByteArrayInputStream(file), "test.pcap");
    List<String> seen = new ArrayList<>();

    try (CaptureFileSource source = new CaptureFileSource(reader, port -> port == 53, false)) {
      assertThat(source.readNext(packet -> seen.add(clockAndOwner(packet)))).isTrue();
      assertThat(source.timeNs()).isEqualTo(1_234_567_890_123L);
      assertThat(source.readNext(packet -> seen.add("another"))).isFalse();
    }

    assertThat(seen).containsExactly("1234567890123 1234567890123 0 0 null null 0 UNKNOWN");
  }

  private static String clockAndOwner(Packet packet) {
    Attribution attribution = packet.attribution();
    return "%d %d %d %d %s %s %d %s"
        .formatted(
            packet.timeNs(),
            packet.bootNs(),
            packet.socketCookie(),
            packet.cgroupId(),
            packet.owner(),
            packet.nameserver(),
            packet.nameserverPort(),
            attribution);
  }

  @Property(tries = 300)
  void everyPacketIsAccountedForWhateverItsBytes(
      @ForAll @IntRange(max = 26) int link,
      @ForAll @IntRange(max = 60) int at,
      @ForAll @Size(max = 6) byte[] damage,
      @ForAll @IntRange(max = 80) int cut)
      throws IOException {
    Object[] chosen = links().toList().get(link).get();
    byte[] frame = ((byte[]) chosen[2]).clone();
    for (int i = 0; i < damage.length && at + i < frame.length; i++) {
      frame[at + i] = damage[i];
    }
    byte[] file =
        CaptureBuilder.pcap(LITTLE_ENDIAN, (int) chosen[1])
            .packet(1, Arrays.copyOf(frame, Math.min(cut, frame.length)), frame.length)
            .packet(2, frame)
            .bytes();

    Replay replay = Replay.of(file);

    assertThat(replay.counters().read()).isEqualTo(2);
    assertThat(replay.accounted()).isEqualTo(2);
    assertThat(replay.counters().delivered()).isEqualTo(replay.packets().size());
  }

  private static Replay replay(int linkType, byte[]... frames) throws IOException {
    CaptureBuilder file = CaptureBuilder.pcap(LITTLE_ENDIAN, linkType);
    for (byte[] frame : frames) {
      file.packet(1, frame);
    }
    Replay replay = Replay.of(file.bytes());
    assertThat(replay.counters().read()).isEqualTo(frames.length);
    assertThat(replay.accounted()).isEqualTo(frames.length);
    return replay;
  }

  private static byte[] changed(byte[] packet, int at, int value) {
    packet[at] = (byte) value;
    return packet;
  }

  private static byte[] extension(int next, int length, int... rest) {
    byte[] header = new byte[2 + rest.length];
    header[0] = (byte) next;
    header[1] = (byte) length;
    for (int i = 0; i < rest.length; i++) {
      header[2 + i] = (byte) rest[i];
    }
    return header;
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
