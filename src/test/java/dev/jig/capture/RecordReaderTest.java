package dev.jig.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.bpf.BadRecordException;
import dev.jig.event.Attribution;
import dev.jig.event.IpAddress;
import dev.jig.event.Owner;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Reads records as the kernel program writes them.
final class RecordReaderTest {
  private static final byte[] PAYLOAD = {1, 2, 3, 4, 5, 6, 7};

  /// A copy of a packet's parts.
  private record Seen(ByteBuffer payload, @Nullable Owner owner, Attribution attribution) {}

  private final List<Seen> packets = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();
  private final Packet[] last = new Packet[1];
  private final RecordReader reader =
      new RecordReader(
          new PacketHandler() {
            @Override
            public void onPacket(Packet packet) {
              int from = packet.payloadOffset();
              byte[] payload =
                  Arrays.copyOfRange(packet.payload(), from, from + packet.payloadLength());
              packets.add(new Seen(wrap(payload), packet.owner(), packet.attribution()));
              last[0] = packet;
            }

            @Override
            public void onCgroupCreated(long id, String path) {
              notices.add("cgroup " + id + " " + path);
            }

            @Override
            public void onUnsent(Packet packet, boolean connect) {
              notices.add(
                  "unsent "
                      + packet.nameserver()
                      + " "
                      + packet.nameserverPort()
                      + (connect ? " connect" : " send"));
            }

            @Override
            public void onConnect(Packet packet) {
              notices.add(
                  "connect "
                      + packet.socketCookie()
                      + " by "
                      + Objects.requireNonNull(packet.owner()).pid());
            }

            @Override
            public void onDrop(Packet packet, Drop drop) {
              onPacket(packet);
              notices.add("drop " + drop.hook() + " " + drop.reason() + " " + drop.where());
            }

            @Override
            public void onSocketClosed(long socketCookie, long bootNs) {
              notices.add("closed " + socketCookie + " " + bootNs);
            }
          });

  @Test
  void readsEveryPartOfAPacket() {
    reader.setBootToReal(1_000);

    KernelRecord.packet(PAYLOAD).readBy(reader);

    Packet packet = last[0];
    assertThat(packets.getFirst().payload()).isEqualTo(wrap(PAYLOAD));
    assertThat(packet.direction()).isEqualTo(Packet.Direction.EGRESS);
    assertThat(packet.type()).isEqualTo(PacketType.OUTGOING);
    assertThat(packet.protocol()).isEqualTo(Protocol.UDP);
    assertThat(packet.bootNs()).isEqualTo(KernelRecord.TIME);
    assertThat(packet.timeNs()).isEqualTo(KernelRecord.TIME + 1_000);
    assertThat(packet.socketCookie()).isEqualTo(KernelRecord.COOKIE);
    assertThat(packet.cgroupId()).isEqualTo(900);
    assertThat(packet.source()).isEqualTo(IpAddress.v6(0x20010db800000000L, 1));
    assertThat(packet.destination()).isEqualTo(IpAddress.v4(0xc0000235));
    assertThat(packet.sourcePort()).isEqualTo(40_000);
    assertThat(packet.destinationPort()).isEqualTo(53);
    assertThat(packet.nameserver()).isNull();
    assertThat(packet.owner())
        .isEqualTo(new Owner(20, 21, 0xfffffffeL, 0, "dig", "app", 0, "", 0, 0, 3, null, null, 0));
    assertThat(reader.packets()).isOne();
  }

  @Test
  void readsDrops() {
    KernelRecord.drop(PAYLOAD, 3, 111, 1).readBy(reader);
    KernelRecord.drop(PAYLOAD, 2, 3 << 8 | 3, 0).readBy(reader);
    KernelRecord.drop(PAYLOAD, 1, 0, 2).readBy(reader);
    KernelRecord.drop(PAYLOAD, 1, 0, 3).u16(RecordLayout.DROP_DEVICE_DOWN, 1).readBy(reader);

    assertThat(notices)
        .containsExactly(
            "drop SOCKET_ERROR ECONNREFUSED SENDING_SOCKET",
            "drop ICMP_SENT ICMP_PORT_UNREACH PATH",
            "drop PACKET_DROPPED UNKNOWN RECEIVING_SOCKET",
            "drop PACKET_DROPPED DEVICE_DOWN RECEIVING_HOST");
    assertThat(packets).allMatch(seen -> seen.payload().equals(wrap(PAYLOAD)));
    assertThat(last[0].destinationPort()).isEqualTo(53);
    assertThat(reader.drops()).isEqualTo(4);
    assertThat(reader.packets()).isZero();
  }

  @Test
  void refusesDropsOfUnknownKinds() {
    assertThatThrownBy(() -> KernelRecord.drop(PAYLOAD, 4, 0, 0).readBy(reader))
        .isInstanceOf(BadRecordException.class)
        .hasMessageContaining("a drop of hook 4");
    assertThatThrownBy(() -> KernelRecord.drop(PAYLOAD, 1, 0, 4).readBy(reader))
        .isInstanceOf(BadRecordException.class)
        .hasMessageContaining("a drop at place 4");
  }

  @Test
  void readsConnects() {
    KernelRecord.packet(new byte[0])
        .u8(RecordLayout.KIND, RecordLayout.KIND_CONNECT)
        .readBy(reader);

    assertThat(notices).containsExactly("connect " + KernelRecord.COOKIE + " by 20");
    assertThat(reader.notices()).isOne();
  }

  @Test
  void readsWhatIsUnsent() {
    for (int by : List.of(RecordLayout.ASKED_BY_CONNECT, 0)) {
      KernelRecord.packet(new byte[0])
          .u8(RecordLayout.KIND, RecordLayout.KIND_UNSENT)
          .u8(RecordLayout.FLAGS, RecordLayout.ASKED_KNOWN | by)
          .u16(RecordLayout.ASKED_PORT, 53)
          .put(RecordLayout.ASKED, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 11)
          .readBy(reader);
    }

    assertThat(notices)
        .containsExactly("unsent 127.0.0.11 53 connect", "unsent 127.0.0.11 53 send");
    assertThat(reader.notices()).isEqualTo(2);
    assertThat(reader.packets()).isZero();
  }

  @Test
  void setsTheNameserverOnlyIfKnown() {
    KernelRecord.packet(PAYLOAD)
        .u8(RecordLayout.FLAGS, RecordLayout.ASKED_KNOWN)
        .u16(RecordLayout.ASKED_PORT, 53)
        .put(RecordLayout.ASKED, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 11)
        .readBy(reader);

    assertThat(last[0].nameserver()).isEqualTo(IpAddress.v4(0x7f00000b));
    assertThat(last[0].nameserverPort()).isEqualTo(53);

    KernelRecord.packet(PAYLOAD).readBy(reader);

    assertThat(last[0].nameserver()).isNull();
    assertThat(last[0].nameserverPort()).isZero();
  }

  @Test
  void anUnknownOwnerIsAbsentAndNotAnEarlierOne() {
    KernelRecord.packet(PAYLOAD).readBy(reader);
    KernelRecord.packet(PAYLOAD).u8(RecordLayout.ATTRIBUTION, 0).readBy(reader);
    KernelRecord.packet(PAYLOAD).u8(RecordLayout.ATTRIBUTION, 1).readBy(reader);

    assertThat(packets)
        .extracting(Seen::attribution)
        .containsExactly(Attribution.EXACT, Attribution.UNKNOWN, Attribution.SOCKET);
    assertThat(packets.get(1).owner()).isNull();
  }

  @Test
  void cachesAnOwnerUntilAnyByteChanges() {
    KernelRecord.packet(PAYLOAD).readBy(reader);
    KernelRecord.packet(PAYLOAD).readBy(reader);
    KernelRecord.packet(PAYLOAD).owner(20, 21, "dog").readBy(reader); // renamed
    KernelRecord.packet(PAYLOAD).owner(22, 21 + 1024, "dig").readBy(reader); // the same slot

    assertThat(packets.get(1).owner()).isSameAs(packets.get(0).owner());
    assertThat(packets)
        .extracting(seen -> seen.owner() == null ? "" : seen.owner().comm())
        .containsExactly("dig", "dig", "dog", "dig");
    assertThat(packets.getLast().owner()).matches(owner -> owner != null && owner.pid() == 22);
  }

  @Test
  void decodesACommOf16BytesAndInvalidUtf8() {
    KernelRecord.packet(PAYLOAD).owner(20, 21, "sixteen bytes ok").readBy(reader);
    KernelRecord.packet(PAYLOAD)
        .put(RecordLayout.OWNER + RecordLayout.OWNER_COMM, 0xff, 'x', 0)
        .readBy(reader);

    assertThat(packets)
        .extracting(seen -> seen.owner() == null ? "" : seen.owner().comm())
        .containsExactly("sixteen bytes ok", "\ufffdx");
  }

  @Test
  void reassemblesChunksInAnyOrder() {
    byte[] payload = bytes(60_000);

    for (int offset = 4096 * (payload.length / 4096); offset > 0; offset -= 4096) {
      KernelRecord.chunk(payload, offset).readBy(reader);
    }
    KernelRecord.packet(payload, 4096).readBy(reader);

    assertThat(packets).hasSize(1);
    assertThat(packets.getFirst().payload()).isEqualTo(wrap(payload));
    assertThat(reader.incompletePackets()).isZero();
  }

  @Test
  void chunksOfTwoPacketsDoNotMix() {
    byte[] one = bytes(9_000);
    byte[] two = bytes(131_018);
    Arrays.fill(one, (byte) 9);

    KernelRecord.chunk(one, 4096).readBy(reader);
    for (int offset = 4096; offset < two.length; offset += 4096) {
      KernelRecord.chunk(two, offset).i64(RecordLayout.CHUNK_COOKIE, 78).readBy(reader);
    }
    KernelRecord.chunk(one, 8192).readBy(reader);
    KernelRecord.packet(two, 4096).i64(RecordLayout.COOKIE, 78).readBy(reader);
    KernelRecord.packet(one, 4096).readBy(reader);

    assertThat(packets).extracting(Seen::payload).containsExactly(wrap(two), wrap(one));
  }

  @Test
  void countsAPacketWithMissingChunksAsIncomplete() {
    byte[] payload = bytes(12_000);

    KernelRecord.packet(payload, 4096).readBy(reader); // none
    KernelRecord.chunk(payload, 4096).readBy(reader);
    KernelRecord.packet(payload, 4096).readBy(reader); // one of two
    KernelRecord.packet(PAYLOAD).readBy(reader);

    assertThat(packets).extracting(Seen::payload).containsExactly(wrap(PAYLOAD));
    assertThat(reader.packets()).isEqualTo(3);
    assertThat(reader.incompletePackets()).isEqualTo(2);
  }

  @Test
  void evictsTheOldestIncompleteChunks() {
    byte[] payload = bytes(8_000);
    for (int cookie = 1000; cookie < 3000; cookie++) {
      KernelRecord.chunk(payload, 4096).i64(RecordLayout.CHUNK_COOKIE, cookie).readBy(reader);
    }
    KernelRecord.chunk(payload, 4096).readBy(reader);

    KernelRecord.packet(payload, 4096).i64(RecordLayout.COOKIE, 1000).readBy(reader);
    KernelRecord.packet(payload, 4096).readBy(reader);

    assertThat(packets).extracting(Seen::payload).containsExactly(wrap(payload));
    assertThat(reader.incompletePackets()).isOne();
  }

  @Test
  void splitsASegmentedSendIntoItsDatagrams() {
    byte[] payload = bytes(250);

    KernelRecord.packet(payload).u16(RecordLayout.GSO_SIZE, 100).readBy(reader);

    assertThat(packets)
        .extracting(Seen::payload)
        .containsExactly(
            wrap(Arrays.copyOf(payload, 100)),
            wrap(Arrays.copyOfRange(payload, 100, 200)),
            wrap(Arrays.copyOfRange(payload, 200, 250)));
    assertThat(reader.packets()).as("records").isOne();
  }

  @Test
  void deliversNotices() {
    KernelRecord.cgroup(12, "/system.slice/x", 16).readBy(reader);
    KernelRecord.closed(5, 6).readBy(reader);

    assertThat(notices).containsExactly("cgroup 12 /system.slice/x", "closed 5 6");
    assertThat(reader.notices()).isEqualTo(2);
  }

  @Test
  void countsButDoesNotDeliverATruncatedPath() {
    KernelRecord.cgroup(12, "/" + "x".repeat(1022), RecordLayout.CGROUP_PATH_MAX).readBy(reader);
    KernelRecord.cgroup(13, "", 0).readBy(reader);

    assertThat(notices).isEmpty();
    assertThat(reader.notices()).isEqualTo(2);
  }

  @Test
  void refusesARecordOfUnknownKind() {
    assertThatThrownBy(() -> KernelRecord.ofKind(9, 24).readBy(reader))
        .hasMessageContaining("unknown kind");
  }

  @Test
  void refusesAPacketWithMoreInlineBytesThanItsRecord() {
    assertRefused(KernelRecord.packet(PAYLOAD).u16(RecordLayout.INLINE_LEN, 8))
        .hasMessage(
            "bad ring record at offset 24, length 199: 8 bytes behind the first 192 do not fit");
    assertRefused(KernelRecord.packet(PAYLOAD).u16(RecordLayout.INLINE_LEN, 0xffff));
    assertThat(reader.packets()).isZero();
  }

  @Test
  void refusesAPacketWithMoreInlineBytesThanItsPayload() {
    assertRefused(KernelRecord.packet(PAYLOAD).i32(RecordLayout.PAYLOAD_LEN, 6))
        .hasMessageEndingWith("7 inline bytes of a payload of 6");
  }

  @Test
  void refusesARecordLongerThanAnyKind() {
    assertRefused(KernelRecord.packet(bytes(RecordLayout.MAX_INLINE + 1)))
        .hasMessageEndingWith("length 4289: the longest has 4288 bytes");
  }

  @Test
  void refusesAChunkThatExceedsItsRecordOrAnyPayload() {
    byte[] payload = bytes(8_000);

    assertRefused(KernelRecord.chunk(payload, 4096).i32(RecordLayout.CHUNK_LEN, 4097))
        .hasMessageEndingWith("length 4128: 4097 bytes behind the first 32 do not fit");
    assertRefused(KernelRecord.chunk(payload, 4096).i32(RecordLayout.CHUNK_OFFSET, -1));
    assertRefused(KernelRecord.chunk(payload, 4096).i32(RecordLayout.CHUNK_OFFSET, 0x7fffffff))
        .hasMessageEndingWith("a chunk at payload offset 2147483647");
  }

  @Test
  void refusesARecordShorterThanItsKind() {
    for (int kind = RecordLayout.KIND_PACKET; kind <= RecordLayout.KIND_CLOSED; kind++) {
      assertRefused(KernelRecord.ofKind(kind, 15)).hasMessageContaining("length 15: its kind has");
    }
    assertRefused(KernelRecord.ofKind(RecordLayout.KIND_CGROUP, 17).i32(4, 2));
    assertThat(packets).isEmpty();
    assertThat(notices).isEmpty();
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(KernelRecord record) {
    return assertThatThrownBy(() -> record.readBy(reader)).isInstanceOf(BadRecordException.class);
  }

  /// Compared by content.
  private static ByteBuffer wrap(byte[] payload) {
    return ByteBuffer.wrap(payload);
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31 + i / 256);
    }
    return bytes;
  }
}
