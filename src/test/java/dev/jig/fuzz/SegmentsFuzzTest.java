package dev.jig.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.capture.Packets;
import dev.jig.capture.TcpStreams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Any bytes as segments of a TCP stream: the first 16 bytes are segment lengths in turn, the rest
/// is the stream.
public final class SegmentsFuzzTest {
  private static final int MAX_BYTES = 1 << 16;
  private static final int LENGTHS = 16;
  private static final int FIRST_SEQ = Integer.MAX_VALUE - 100;

  /// The messages of a stream, in hexadecimal, and the number of bytes dropped.
  private record Outcome(List<String> messages, long droppedBytes) {}

  static Stream<byte[]> corpus() {
    return Corpus.load("segments");
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void segmentSizesDoNotChangeTheMessages(byte[] bytes) {
    fuzzerTestOneInput(bytes);
  }

  /// Entry point of the fuzzer, which finds it by name.
  public static void fuzzerTestOneInput(byte[] bytes) {
    if (bytes.length > LENGTHS && bytes.length <= MAX_BYTES) {
      TimeLimit.run(() -> read(bytes));
    }
  }

  private static void read(byte[] bytes) {
    byte[] lengths = Arrays.copyOf(bytes, LENGTHS);
    byte[] stream = Arrays.copyOfRange(bytes, LENGTHS, bytes.length);
    Outcome inOrder = reassemble(lengths, stream, false);
    Outcome shuffled = reassemble(lengths, stream, true);

    assertThat(inOrder).isEqualTo(reassemble(new byte[] {0}, stream, false));
    assertThat(shuffled.droppedBytes).isNotNegative();
    assertThat(deliveredBytes(shuffled) + shuffled.droppedBytes)
        .isLessThanOrEqualTo(2L * stream.length);
    assertThat(deliveredBytes(inOrder) + inOrder.droppedBytes).isEqualTo(stream.length);
  }

  private static long deliveredBytes(Outcome outcome) {
    return outcome.messages.stream().mapToLong(hex -> 2 + hex.length() / 2).sum();
  }

  /// Cuts a stream into segments and reassembles it.
  ///
  /// @param lengths of segments in turn, 0 for all the rest
  /// @param shuffled whether each pair of segments is swapped
  private static Outcome reassemble(byte[] lengths, byte[] stream, boolean shuffled) {
    TcpStreams streams = new TcpStreams(TcpStreams.MAX_GAP_NS);
    List<String> messages = new ArrayList<>();
    TcpStreams.MessageHandler handler =
        (_, bytes, offset, length) ->
            messages.add(HexFormat.of().formatHex(bytes, offset, offset + length));
    List<int[]> segments = new ArrayList<>();
    for (int at = 0; at < stream.length; ) {
      int length = lengths[segments.size() % lengths.length] & 0xff;
      int end = length == 0 ? stream.length : Math.min(stream.length, at + length);
      segments.add(new int[] {at, end});
      at = end;
    }
    for (int i = 0; i < segments.size(); i++) {
      int[] segment = segments.get(shuffled ? Math.min(i ^ 1, segments.size() - 1) : i);
      byte[] payload = Arrays.copyOfRange(stream, segment[0], segment[1]);
      streams.add(Packets.responseIn(payload).tcp(FIRST_SEQ + segment[0]).atMs(i).build(), handler);
    }
    streams.finish(handler);
    return new Outcome(messages, streams.droppedBytes());
  }
}
