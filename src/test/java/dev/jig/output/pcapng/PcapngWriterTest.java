package dev.jig.output.pcapng;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.Attribution;
import dev.jig.event.Cause;
import dev.jig.event.Container;
import dev.jig.event.Endpoint;
import dev.jig.event.IpAddress;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import dev.jig.event.Qr;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import dev.jig.event.State;
import dev.jig.event.Subject;
import dev.jig.event.WireMessage;
import dev.jig.pcap.CaptureOption;
import dev.jig.pcap.CaptureReader;
import dev.jig.pcap.CapturedPacket;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PcapngWriterTest {
  private static final IpAddress V6 = IpAddress.v6(0x20010db800000001L, 0x8000000000000068L);
  private static final int LINK = 20;

  /// A packet of the file.
  private record Written(ByteBuffer frame, long timeNs, String comment) {}

  private static List<Written> written(Row... events) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PcapngWriter writer = new PcapngWriter(out, "test");
    writer.begin();
    for (Row event : events) {
      writer.writeRow(event);
    }
    writer.flush();
    List<Written> packets = new ArrayList<>();
    try (CaptureReader reader =
        CaptureReader.open(new ByteArrayInputStream(out.toByteArray()), "test")) {
      CapturedPacket packet = new CapturedPacket();
      while (reader.next(packet)) {
        ByteBuffer frame = ByteBuffer.allocate(packet.length());
        frame.put(packet.bytes(), packet.offset(), packet.length()).flip();
        String comment =
            packet.options().stream()
                .filter(option -> option.code() == CaptureOption.COMMENT)
                .map(CaptureOption::text)
                .findFirst()
                .orElseThrow();
        packets.add(new Written(frame, packet.timeNs(), comment));
      }
    }
    return packets;
  }

  private static Row event(int length, Consumer<SampleEvents.Builder> change) {
    byte[] bytes = "abcdefghi".repeat(length / 9 + 1).getBytes(ISO_8859_1);
    return SampleEvents.query()
        .with(it -> it.message = WireMessage.of(bytes, 0, length))
        .with(change)
        .build();
  }

  private static void overV6(SampleEvents.Builder event) {
    event.source = new Endpoint(V6, 43210);
    event.destination = new Endpoint(V6, 53);
  }

  /// RFC 1071: the sum over data with its checksum is all ones.
  private static int sum(ByteBuffer bytes, int from, int length, int start) {
    long sum = start;
    for (int i = 0; i < length; i++) {
      int value = bytes.get(from + i) & 0xff;
      sum += i % 2 == 0 ? value << 8 : value;
    }
    while (sum > 0xffff) {
      sum = (sum & 0xffff) + (sum >> 16);
    }
    return (int) sum;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 12, 33, 512, 65_507})
  void writesUdpLengthsAndChecksums(int length) throws IOException {
    ByteBuffer frame = written(event(length, it -> {})).getFirst().frame();

    assertThat(frame.getShort(0)).isEqualTo((short) 0x0800);
    assertThat(frame.limit()).isEqualTo(LINK + 28 + length);
    assertThat(frame.getShort(LINK + 2) & 0xffff).isEqualTo(28 + length);
    assertThat(frame.get(LINK + 9)).isEqualTo((byte) 17);
    assertThat(sum(frame, LINK, 20, 0)).isEqualTo(0xffff);
    assertThat(frame.getInt(LINK + 12)).isEqualTo((int) SampleEvents.CLIENT.low());
    assertThat(frame.getInt(LINK + 16)).isEqualTo((int) SampleEvents.RESOLVER.low());
    assertThat(frame.getShort(LINK + 20) & 0xffff).isEqualTo(43210);
    assertThat(frame.getShort(LINK + 22) & 0xffff).isEqualTo(53);
    assertThat(frame.getShort(LINK + 24) & 0xffff).isEqualTo(8 + length);
    assertThat(frame.getShort(LINK + 26)).as("checksum").isNotZero();
    assertThat(sum(frame, LINK + 12, 16 + length, 17 + 8 + length)).isEqualTo(0xffff);
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 33, 65_513})
  void writesTcpOverIpv6LengthsAndChecksum(int length) throws IOException {
    Row event =
        event(
            length,
            it -> {
              it.protocol = Protocol.TCP;
              overV6(it);
            });

    ByteBuffer frame = written(event).getFirst().frame();

    assertThat(frame.getShort(0)).isEqualTo((short) 0x86dd);
    assertThat(frame.limit()).isEqualTo(LINK + 40 + 20 + 2 + length);
    assertThat(frame.getShort(LINK + 4) & 0xffff).isEqualTo(22 + length);
    assertThat(frame.get(LINK + 6)).isEqualTo((byte) 6);
    assertThat(frame.getLong(LINK + 8)).isEqualTo(V6.high());
    assertThat(frame.getLong(LINK + 32)).isEqualTo(V6.low());
    assertThat(frame.getShort(LINK + 60) & 0xffff).as("the message's length").isEqualTo(length);
    assertThat(sum(frame, LINK + 8, 32 + 22 + length, 6 + 22 + length)).isEqualTo(0xffff);
  }

  @Test
  void mapsASingleIpv4AddressToIpv6() throws IOException {
    Row event = event(12, it -> it.source = new Endpoint(V6, 43210));

    ByteBuffer frame = written(event).getFirst().frame();

    assertThat(frame.getLong(LINK + 24)).isZero();
    assertThat(frame.getLong(LINK + 32)).isEqualTo(0xffffL << 32 | SampleEvents.RESOLVER.low());
  }

  @Test
  void continuesSequenceNumbersPerConnection() throws IOException {
    Consumer<SampleEvents.Builder> overTcp = it -> it.protocol = Protocol.TCP;
    Consumer<SampleEvents.Builder> back =
        it -> {
          it.source = new Endpoint(SampleEvents.RESOLVER, 53);
          it.destination = new Endpoint(SampleEvents.CLIENT, 43210);
        };

    List<Written> packets =
        written(
            event(10, overTcp),
            event(20, overTcp.andThen(back)),
            event(30, overTcp),
            event(40, overTcp.andThen(it -> it.source = new Endpoint(SampleEvents.CLIENT, 1))));

    int first = sequence(packets.get(0));
    assertThat(sequence(packets.get(2))).isEqualTo(first + 12);
    assertThat(acknowledged(packets.get(1))).isEqualTo(first + 12);
    assertThat(acknowledged(packets.get(2))).isEqualTo(sequence(packets.get(1)) + 22);
    assertThat(acknowledged(packets.get(0))).isEqualTo(sequence(packets.get(1)));
  }

  @Test
  void splitsTheLongestMessageIntoTwoSegments() throws IOException {
    List<Written> packets = written(event(65_535, it -> it.protocol = Protocol.TCP));

    assertThat(packets).hasSize(2);
    assertThat(packets.getFirst().frame().limit()).isEqualTo(LINK + 65_535);
    assertThat(packets.getLast().frame().limit()).isEqualTo(LINK + 40 + 42);
    assertThat(sequence(packets.getLast())).isEqualTo(sequence(packets.getFirst()) + 65_495);
  }

  private static int sequence(Written packet) {
    return packet.frame().getInt(LINK + 24);
  }

  private static int acknowledged(Written packet) {
    return packet.frame().getInt(LINK + 28);
  }

  @ParameterizedTest
  @EnumSource(
      value = PacketType.class,
      names = {"HOST", "BROADCAST", "MULTICAST", "OTHERHOST", "OUTGOING"})
  void writesThePacketTypeToTheCookedHeader(PacketType type) throws IOException {
    Written packet = written(event(12, it -> it.packetType = type)).getFirst();

    assertThat(PacketType.of(packet.frame().get(10))).isEqualTo(type);
  }

  @Test
  void keepsNanoseconds() throws IOException {
    Written packet = written(event(12, it -> it.timestampNs = 1706961906123456789L)).getFirst();

    assertThat(packet.timeNs()).isEqualTo(1706961906123456789L);
  }

  @Test
  void writesAnEscapedCommentWithContainerAndProcess() throws IOException {
    Row event = event(12, it -> it.owner = SampleEvents.owner("\u001b[2J\u202ex"));

    assertThat(written(event).getFirst().comment())
        .isEqualTo(
            "runtime.containerName:test-trace-dns pid:38797 tid:38798 comm:\\x1b[2J\\u202ex uid:0"
                + " nameserver:198.51.100.4 attribution:exact");
  }

  @Test
  void commentsOnResultAndPeer() throws IOException {
    byte[] bytes = new byte[12];
    Row row =
        SampleEvents.response()
            .with(it -> {
              it.message = WireMessage.of(bytes, 0, bytes.length);
              it.container = Container.unnamed("docker", "b176");
              it.latencyNs = 18_250;
              it.peer =
                  new Subject(
                      null,
                      SampleEvents.container("dns"),
                      SampleEvents.owner("named"),
                      Attribution.EXACT);
            })
            .build();

    assertThat(written(row).getFirst().comment())
        .isEqualTo(
            "runtime.containerId:b176 pid:38797 tid:38798 comm:isc-net-0000 uid:0"
                + " nameserver:198.51.100.4 latency:18.25µs state:answered attribution:exact"
                + " peer.containerName:dns peer.comm:named");
  }

  /// More processes than the writer keeps comments of.
  @Test
  void eachCommentIsOfItsOwnProcess() throws IOException {
    Row[] rows =
        IntStream.range(0, 5_000)
            .mapToObj(i -> event(12, it -> it.owner = SampleEvents.owner("comm-" + i % 1_700)))
            .toArray(Row[]::new);

    List<Written> packets = written(rows);

    for (int i = 0; i < rows.length; i++) {
      assertThat(packets.get(i).comment()).contains(" comm:comm-" + i % 1_700 + " ");
    }
  }

  @Test
  void cutsALongCommentBetweenCharacters() throws IOException {
    for (int offset = 0; offset < 4; offset++) {
      String name = "x".repeat(offset) + "\ud83d\ude00".repeat(1_000);
      Row row = event(12, it -> it.container = SampleEvents.container(name));

      String comment = written(row).getFirst().comment();

      assertThat(comment).endsWith("\ud83d\ude00").doesNotContain("\ufffd");
      assertThat(comment.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(1_997, 2_000);
    }
  }

  @Test
  void commentsOnTheCauseBehindTheState() throws IOException {
    Cause cause = new Cause("NETFILTER_DROP", Cause.Place.CLIENT);
    Row query = event(12, it -> it.cause = cause);
    Row timeout =
        SampleEvents.query()
            .with(it -> {
              it.qr = Qr.T;
              it.state = State.CLOSED;
              it.cause = cause;
            })
            .build();

    List<Written> written = written(query, timeout);

    assertThat(written.getFirst().comment())
        .endsWith(" nameserver:198.51.100.4 cause:dropped by netfilter attribution:exact");
    assertThat(written.getLast().comment())
        .endsWith(" state:closed cause:dropped by netfilter attribution:exact");
  }

  @Test
  void writesATRowAsACustomBlock() throws IOException {
    Row event =
        SampleEvents.query()
            .with(it -> {
              it.qr = Qr.T;
              it.state = State.TIMEOUT;
            })
            .build();

    List<Written> written = written(event);

    assertThat(written).hasSize(1);
    assertThat(written.getFirst().frame().limit()).isZero();
    assertThat(written.getFirst().comment())
        .startsWith("name:example.org. runtime")
        .contains("state:timeout");
  }
}
