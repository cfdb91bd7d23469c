package dev.jig.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.dns.DecodedMessage;
import dev.jig.dns.Dialect;
import dev.jig.dns.DnsMessage;
import dev.jig.dns.MessageDecoder;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Any bytes as a DNS message.
public final class MessageFuzzTest {
  private static final int MAX_BYTES = 0xffff;

  private static final MessageFuzzTest READER = new MessageFuzzTest();

  private final DnsMessage message = new DnsMessage();
  private final MessageDecoder decoder = new MessageDecoder();

  static Stream<byte[]> corpus() {
    return Corpus.load("messages");
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void decodesOrReportsDamageInBoundedTime(byte[] bytes) {
    fuzzerTestOneInput(bytes);
  }

  /// Entry point of the fuzzer, which finds it by name.
  public static void fuzzerTestOneInput(byte[] bytes) {
    if (bytes.length <= MAX_BYTES) {
      TimeLimit.run(() -> READER.read(bytes));
    }
  }

  private void read(byte[] bytes) {
    boolean whole = message.wrap(bytes, 0, bytes.length);
    boolean strict = message.isStrictlyValid();
    byte[] question = new byte[DnsMessage.MAX_QUESTION_LENGTH];
    int length = message.copyQuestion(question, 0);
    for (Dialect dialect : Dialect.values()) {
      DecodedMessage decoded = decoder.decode(bytes, 0, bytes.length, dialect);
      assertThat(whole || decoded.damage() != null).isTrue();
      assertThat(decoded.answers()).hasSizeLessThanOrEqualTo(message.answerCount());
      if (message.hasQuestion()) {
        assertThat(decoded.questions().getFirst().name()).isEqualTo(message.questionName());
      }
    }
    assertThat(whole || !strict).isTrue();
    assertThat(message.hasQuestion()).isEqualTo(length > 0);
    assertThat(!message.hasQuestion() || message.questionEquals(question, 0, length)).isTrue();
    for (int i = 0; i < message.addressCount(); i++) {
      int end = message.addressOffset(i) + message.addressLength(i);
      assertThat(end).isLessThanOrEqualTo(bytes.length);
    }
  }
}
