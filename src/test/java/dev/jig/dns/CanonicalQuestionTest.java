package dev.jig.dns;

import static dev.jig.dns.Wire.IN_A;
import static dev.jig.dns.Wire.bytes;
import static dev.jig.dns.Wire.name;
import static dev.jig.dns.Wire.query;
import static dev.jig.dns.Wire.response;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CanonicalQuestionTest {
  private static final String QUESTION = name("www.example.org") + IN_A;

  private final DnsMessage message = new DnsMessage();

  @ParameterizedTest
  @CsvSource({
    "00, .",
    "01 61 00, a.",
    "03 57 77 57 07 65 78 61 6d 70 6c 65 03 6f 72 67 00, WwW.example.org.",
    "03 61 2e 62 00, a\\.b.",
    "03 61 5c 62 00, a\\\\b.",
    "04 1b 5b 33 6d 00, \\027[3m.",
    "02 0a 25 00, \\010%.",
    "03 20 7f 7e 00, \\032\\127~.",
    "04 c3 a4 ff 00 00, \\195\\164\\255\\000.",
    "02 40 22 00, @\".",
  })
  void escapesSpecialCharactersInNames(String wire, String text) {
    assertThat(wrap(query(), wire, IN_A)).isTrue();

    assertThat(message.questionName()).isEqualTo(text);
  }

  @Test
  void printsTheLongestNameFullyEscaped() {
    String longest = ("3f" + "01".repeat(63)).repeat(3) + "3d" + "01".repeat(61) + "00";

    assertThat(wrap(query(), longest, IN_A)).isTrue();

    assertThat(message.questionName()).hasSize(250 * 4 + 4);
    assertThat(message.copyQuestion(new byte[DnsMessage.MAX_QUESTION_LENGTH], 0))
        .isEqualTo(DnsMessage.MAX_QUESTION_LENGTH);
  }

  @Test
  void comparesQuestionsIgnoringCaseAndCompression() {
    byte[] kept = new byte[DnsMessage.MAX_QUESTION_LENGTH + 5];
    wrap(query(), name("WWW.Example.ORG"), IN_A);
    int length = message.copyQuestion(kept, 5);
    long hash = message.questionHash();
    assertThat(HexFormat.of().formatHex(kept, 5, 5 + length))
        .isEqualTo(HexFormat.of().formatHex(bytes(QUESTION)));

    wrap(response(0, 0, 0), QUESTION);
    assertThat(message.questionHash()).isEqualTo(hash);
    assertThat(message.questionEquals(kept, 5, length)).isTrue();

    wrap(query(), name("www.example.net"), IN_A);
    assertThat(message.questionEquals(kept, 5, length)).isFalse();
    wrap(query(), name("www.example.org"), "001c 0001");
    assertThat(message.questionEquals(kept, 5, length)).isFalse();
    wrap(query(), name("www.example.org"), "0001 0003");
    assertThat(message.questionEquals(kept, 5, length)).isFalse();
  }

  @Test
  void expandsACompressedQuestion() {
    // Given the only place before a question, the header, with counts that spell the label "A"
    wrap("abcd 8180 0001 0000 0141 0000", "0142 c008", IN_A);
    long hash = message.questionHash();
    byte[] kept = new byte[DnsMessage.MAX_QUESTION_LENGTH];
    int length = message.copyQuestion(kept, 0);

    assertThat(message.questionName()).isEqualTo("B.A.");

    wrap(query(), name("b.a"), IN_A);
    assertThat(message.questionHash()).isEqualTo(hash);
    assertThat(message.questionEquals(kept, 0, length)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"40, 40", "5b, 5b", "41, 61", "5a, 7a", "c1, c1", "da, da", "61, 61", "7b, 7b"})
  void lowersOnlyLettersAtAnyOffset(String octet, String lowered) {
    for (int length = 1; length <= 20; length++) {
      String label = HexFormat.of().toHexDigits((byte) length);
      wrap(query(), label, octet.repeat(length), "00", IN_A);
      byte[] copy = new byte[DnsMessage.MAX_QUESTION_LENGTH];

      int copied = message.copyQuestion(copy, 0);

      assertThat(HexFormat.of().formatHex(copy, 0, copied))
          .isEqualTo(label + lowered.repeat(length) + "0000010001");
    }
  }

  @Test
  void spreadsHashesOfSimilarQuestions() {
    int count = 100_000;
    long[] hashes = new long[count];
    int[] lowBits = new int[1024];
    int[] highBits = new int[1024];
    byte[] query = bytes(query(), name("host-00000.example.org"), IN_A);

    for (int i = 0; i < count; i++) {
      for (int digit = 0, rest = i; digit < 5; digit++, rest /= 10) {
        query[22 - digit] = (byte) ('0' + rest % 10);
      }
      message.wrap(query, 0, query.length);
      hashes[i] = message.questionHash();
      lowBits[(int) hashes[i] & 1023]++;
      highBits[(int) (hashes[i] >>> 54)]++;
    }

    assertThat(Arrays.stream(hashes).distinct().count()).isEqualTo(count);
    // 98 expected in each, standard deviation 10
    assertThat(Arrays.stream(lowBits).max().orElseThrow()).isLessThan(160);
    assertThat(Arrays.stream(highBits).max().orElseThrow()).isLessThan(160);
  }

  private boolean wrap(String... parts) {
    byte[] bytes = bytes(parts);
    return message.wrap(bytes, 0, bytes.length);
  }
}
