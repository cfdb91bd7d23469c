package dev.jig.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.TcpMessages;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TcpStreamsTest {
  private static final long MS = 1_000_000;

  private final List<String> found = new ArrayList<>();
  private final List<Long> times = new ArrayList<>();
  private TcpStreams streams = new TcpStreams();

  private void take(Packet packet, byte[] bytes, int offset, int length) {
    found.add(HexFormat.of().formatHex(bytes, offset, offset + length));
    times.add(packet.bootNs() / MS);
  }

  private boolean send(int seq, byte[] bytes, long atMs) {
    return streams.add(Packets.responseIn(bytes).tcp(seq).atMs(atMs).build(), this::take);
  }

  private boolean send(int seq, byte[] bytes) {
    return send(seq, bytes, 0);
  }

  /// A query for the root with this many random bytes behind it.
  private static byte[] message(int id, int bytes) {
    byte[] message = new byte[17 + bytes];
    new Random(id).nextBytes(message);
    Arrays.fill(message, 0, 17, (byte) 0);
    message[0] = (byte) (id >>> 8);
    message[1] = (byte) id;
    message[5] = 1;
    message[14] = 2; // type NS
    message[16] = 1; // class IN
    return message;
  }

  private static List<String> hex(byte[]... messages) {
    return Arrays.stream(messages).map(HexFormat.of()::formatHex).toList();
  }

  private static byte[] part(byte[] bytes, int from, int to) {
    return Arrays.copyOfRange(bytes, from, Math.min(to, bytes.length));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 14, 15, 1_460, 65_536, 200_000})
  void findsTheSameMessagesInSegmentsOfAnySize(int size) {
    byte[][] messages = {message(1, 20), message(2, 0), message(3, 65_518), message(4, 300)};
    byte[] stream = TcpMessages.framed(messages);
    for (int at = 0; at < stream.length; at += size) {
      assertThat(send(Integer.MAX_VALUE - 100 + at, part(stream, at, at + size))).isFalse();
    }
    assertThat(found).isEqualTo(hex(messages));
    assertThat(streams.bufferedBytes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void findsTheSameMessagesWhateverOrderAndCopies(long seed) {
    Random random = new Random(seed);
    byte[][] messages = new byte[40][];
    for (int i = 0; i < messages.length; i++) {
      messages[i] = message(i + 1, random.nextInt(random.nextInt(8) == 0 ? 9_000 : 200));
    }
    byte[] stream = TcpMessages.framed(messages);
    int start = random.nextInt();
    List<int[]> segments = new ArrayList<>();
    for (int at = 0; at < stream.length; ) {
      int end = Math.min(stream.length, at + 1 + random.nextInt(1_400));
      segments.add(new int[] {Math.max(0, at - random.nextInt(30)), end}); // overlaps what was sent
      at = end;
    }
    List<int[]> sent = disorder(segments, random);
    for (int[] segment : sent) {
      send(start + segment[0], part(stream, segment[0], segment[1]));
    }
    assertThat(found).isEqualTo(hex(messages));
    assertThat(streams.bufferedBytes()).isZero();
    assertThat(streams.droppedBytes()).isZero();
  }

  /// Swaps segments but the first with near ones, and repeats some.
  private static List<int[]> disorder(List<int[]> segments, Random random) {
    List<int[]> sent = new ArrayList<>(segments);
    for (int i = 1; i < sent.size(); i++) {
      int other = Math.clamp(i + random.nextInt(9) - 4, 1, sent.size() - 1);
      int[] moved = sent.get(i);
      sent.set(i, sent.get(other));
      sent.set(other, moved);
    }
    for (int copies = 0; copies < segments.size() / 4; copies++) {
      sent.add(1 + random.nextInt(sent.size() - 1), segments.get(random.nextInt(segments.size())));
    }
    return sent;
  }

  @Test
  void deliversBufferedMessagesOnceTheGapIsFilled() {
    byte[] stream = TcpMessages.framed(message(1, 1), message(2, 1), message(3, 1));
    send(0, part(stream, 0, 20), 1);
    send(40, part(stream, 40, 60), 2);
    assertThat(times).containsExactly(1L);
    send(20, part(stream, 20, 40), 9);
    assertThat(times).containsExactly(1L, 9L, 9L);
  }

  @Test
  void resumesBehindAGapAtTheNextMessage() {
    byte[] stream = TcpMessages.framed(message(1, 1), message(2, 1), message(3, 1), message(4, 1));
    send(0, part(stream, 0, 26), 0);
    send(34, part(stream, 34, 60), 5);
    send(60, part(stream, 60, 80), 6);
    assertThat(found).hasSize(1);
    streams.expireGaps(2_006 * MS, this::take);

    assertThat(found).isEqualTo(hex(message(1, 1), message(3, 1), message(4, 1)));
    assertThat(times).containsExactly(0L, 5L, 6L);
    assertThat(streams.gaps()).isEqualTo(1);
    assertThat(streams.droppedBytes()).isEqualTo(6 + 6);
  }

  @Test
  void reportsDroppedBytes() {
    assertThat(send(0, TcpMessages.framed(message(1, 1)), 0)).isFalse();
    assertThat(send(1_000, TcpMessages.framed(message(9, 1)), 5)).isFalse();
    assertThat(send(1_020, TcpMessages.framed(message(10, 1)), 3_000)).isTrue();
    assertThat(found).isEqualTo(hex(message(1, 1), message(9, 1), message(10, 1)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 13, 200, 100_000})
  void joinsAStreamInTheMiddle(int size) {
    byte[] stream = TcpMessages.framed(message(1, 400), message(2, 10), message(3, 10));
    for (int at = 100; at < stream.length; at += size) {
      send(at, part(stream, at, at + size));
    }
    assertThat(found).isEqualTo(hex(message(2, 10), message(3, 10)));
    assertThat(streams.droppedBytes()).isEqualTo(419 - 100);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20, 1_460})
  void findsMessagesBehindAFalseStart(int size) {
    // Given a question with an invalid second label, and two messages in its first label
    byte[] like = HexFormat.of().parseHex("0000" + "0100" + "0000000000010000000000003f");
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    stream.writeBytes(like);
    stream.writeBytes(TcpMessages.framed(message(1, 0), message(2, 0)));
    stream.writeBytes(new byte[0x3f - stream.size() + like.length]);
    stream.write(0xff);
    stream.writeBytes(TcpMessages.framed(message(3, 0)));
    for (int at = 0; at < stream.size(); at += size) {
      send(at, part(stream.toByteArray(), at, at + size));
    }
    assertThat(found).isEqualTo(hex(message(1, 0), message(2, 0), message(3, 0)));
  }

  @Test
  void resetsForAnotherConnectionOfTheSameEndpoints() {
    byte[] first = TcpMessages.framed(message(1, 10));
    send(0, part(first, 0, 20));
    streams.add(
        Packets.responseIn(TcpMessages.framed(message(2, 10))).tcp(65_000).cookie(2).build(),
        this::take);
    send(-1_000_000_000, TcpMessages.framed(message(3, 10)));
    assertThat(found).isEqualTo(hex(message(2, 10), message(3, 10)));
    assertThat(streams.droppedBytes()).isEqualTo(20);
  }

  @Test
  void keepsAStreamThatBeganWithItsListenersCookie() {
    byte[] stream = TcpMessages.framed(message(1, 30));
    streams.add(Packets.queryIn(part(stream, 0, 9)).tcp(5).cookie(100).build(), this::take);
    streams.add(Packets.queryIn(part(stream, 9, 99)).tcp(14).cookie(101).build(), this::take);
    assertThat(found).isEqualTo(hex(message(1, 30)));
  }

  @Test
  void separatesDirectionsAndContainers() {
    byte[] stream = TcpMessages.framed(message(1, 30));
    byte[] begin = part(stream, 0, 9);
    byte[] end = part(stream, 9, 99);
    streams.add(Packets.queryOut(begin).tcp(5).cgroup(1).build(), this::take);
    streams.add(Packets.queryOut(begin).tcp(5).cgroup(2).build(), this::take);
    streams.add(Packets.queryIn(begin).tcp(5).cgroup(2).build(), this::take);
    assertThat(found).isEmpty();
    streams.add(Packets.queryOut(end).tcp(14).cgroup(1).build(), this::take);
    streams.add(Packets.queryOut(end).tcp(14).cgroup(2).build(), this::take);
    streams.add(Packets.queryIn(end).tcp(14).cgroup(2).build(), this::take);
    assertThat(found).hasSize(3);
  }

  @Test
  void isBoundedByStreamsAndBytes() {
    streams = new TcpStreams(1_000, 1 << 20, TcpStreams.MAX_GAP_NS);
    byte[] halfOpen = {0, 100, 1, 2, 0, 0, 0, 1};
    for (int i = 0; i < 100_000; i++) {
      streams.add(
          Packets.queryIn(halfOpen).from("192.0.2.1", i & 0xffff).cgroup(i >>> 16).tcp(1).build(),
          this::take);
      assertThat(streams.size()).isLessThanOrEqualTo(1_000);
    }
    assertThat(streams.droppedBytes()).isEqualTo(99_000 * 8);
    streams.finish(this::take);
    assertThat(streams.droppedBytes()).isEqualTo(100_000 * 8);

    byte[] longest = part(TcpMessages.framed(message(1, 65_000)), 0, 60_000);
    for (int i = 0; i < 1_000; i++) {
      streams.add(Packets.queryIn(longest).from("192.0.2.1", i).tcp(1).build(), this::take);
      assertThat(streams.bufferedBytes()).isLessThanOrEqualTo(1 << 20);
    }
    assertThat(found).isEmpty();
  }

  @Test
  void boundsSegmentsBufferedBehindAGap() {
    byte[] segment = TcpMessages.framed(message(1, 1_400));
    long segmentsAtMost = TcpStream.MAX_AHEAD_BYTES / segment.length + 2L;
    send(0, segment);
    for (int i = 2; i < 1_000; i++) {
      send(i * segment.length, segment);
      assertThat(streams.bufferedBytes())
          .isLessThanOrEqualTo(segmentsAtMost * (segment.length + TcpStream.AHEAD_OVERHEAD));
    }
    assertThat(streams.gaps()).isEqualTo(1);
    assertThat(found).hasSize(999); // all but the one that is missing
  }
}
