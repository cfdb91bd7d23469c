package dev.jig.dns;

import static dev.jig.dns.Wire.IN_A;
import static dev.jig.dns.Wire.TO_FIRST_NAME;
import static dev.jig.dns.Wire.bytes;
import static dev.jig.dns.Wire.hex16;
import static dev.jig.dns.Wire.label;
import static dev.jig.dns.Wire.name;
import static dev.jig.dns.Wire.query;
import static dev.jig.dns.Wire.record;
import static dev.jig.dns.Wire.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DnsMessageTest {
  private static final String QUESTION = name("www.example.org") + IN_A;
  private static final String ADDRESS = record(TO_FIRST_NAME, RecordType.A, "c0000201");

  private final DnsMessage message = new DnsMessage();

  @Test
  void readsAQuery() {
    assertThat(wrap(query(), QUESTION)).isTrue();

    assertThat(message.malformation()).isNull();
    assertThat(message.hasHeader()).isTrue();
    assertThat(message.id()).isEqualTo(0xabcd);
    assertThat(message.isResponse()).isFalse();
    assertThat(message.rd()).isTrue();
    assertThat(message.questionCount()).isEqualTo(1);
    assertThat(message.questionName()).isEqualTo("www.example.org.");
    assertThat(message.questionType()).isEqualTo(RecordType.A);
    assertThat(message.questionClass()).isEqualTo(1);
    assertThat(message.addressCount()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    // flags, opcode, rcode, set bits
    "8000, 0, 0, qr",
    "0400, 0, 0, aa",
    "0200, 0, 0, tc",
    "0100, 0, 0, rd",
    "0080, 0, 0, ra",
    "0040, 0, 0, z",
    "0020, 0, 0, ad",
    "0010, 0, 0, cd",
    "2800, 5, 0, ''",
    "7800, 15, 0, ''",
    "0003, 0, 3, ''",
    "ffff, 15, 15, qr aa tc rd ra z ad cd",
  })
  void readsTheHeadersBits(String flags, int opcode, int rcode, String bits) {
    wrap("0000", flags, "0000 0000 0000 0000");

    assertThat(message.opcode()).isEqualTo(opcode);
    assertThat(message.rcode()).isEqualTo(rcode);
    List<String> set = new ArrayList<>();
    addIf(message.isResponse(), "qr", set);
    addIf(message.aa(), "aa", set);
    addIf(message.tc(), "tc", set);
    addIf(message.rd(), "rd", set);
    addIf(message.ra(), "ra", set);
    addIf(message.z(), "z", set);
    addIf(message.ad(), "ad", set);
    addIf(message.cd(), "cd", set);
    assertThat(String.join(" ", set)).isEqualTo(bits);
  }

  @Test
  void givesTheCountsOfTheHeaderThoughRecordsAreMissing() {
    assertThat(wrap("abcd 8180 0002 fffe 0003 0004")).isFalse();

    assertThat(message.questionCount()).isEqualTo(2);
    assertThat(message.answerCount()).isEqualTo(0xfffe);
    assertThat(message.authorityCount()).isEqualTo(3);
    assertThat(message.additionalCount()).isEqualTo(4);
    assertThat(message.malformation()).isEqualTo(Malformation.QUESTION_MISSING);
  }

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
  void printsNamesSoThatTheyAreHarmless(String wire, String text) {
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
  void findsAddressesBehindCnamesCompressedOrNot() {
    String cname = record(TO_FIRST_NAME, 5, label("cdn") + "c010");
    String v4 = record("c02d", RecordType.A, "c0000202");
    String v6 =
        record(name("cdn.example.org"), RecordType.AAAA, "20010db8000000000000000000000001");
    String txt = record(TO_FIRST_NAME, 16, "0568656c6c6f");

    assertThat(wrap(response(4, 0, 0), QUESTION, cname, v4, txt, v6)).isTrue();

    assertThat(addresses()).containsExactly("c0000202", "20010db8000000000000000000000001");
  }

  @Test
  void keepsAnyNumberOfAddressesAndForgetsThemWithTheNextMessage() {
    List<String> expected = new ArrayList<>();
    StringBuilder records = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      String data = "c633" + hex16(i);
      expected.add(data);
      records.append(record(TO_FIRST_NAME, RecordType.A, data));
    }

    assertThat(wrap(response(1000, 0, 0), QUESTION, records.toString())).isTrue();
    assertThat(addresses()).isEqualTo(expected);

    assertThat(wrap(response(1, 0, 0), QUESTION, ADDRESS)).isTrue();
    assertThat(addresses()).containsExactly("c0000201");
    assertThatThrownBy(() -> message.addressOffset(1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void countsAddressesOfTheAnswerSectionAlone() {
    assertThat(wrap(response(0, 1, 1), QUESTION, ADDRESS, ADDRESS)).isTrue();

    assertThat(message.addressCount()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"0001, 1", "8001, 1", "0003, 0", "00fe, 0"})
  void countsAddressesOfClassInWithOrWithoutCacheFlush(String recordClass, int count) {
    String address = TO_FIRST_NAME + "0001" + recordClass + "00000000 0004 c0000201";

    assertThat(wrap(response(1, 0, 0), QUESTION, address)).isTrue();

    assertThat(message.addressCount()).isEqualTo(count);
  }

  @ParameterizedTest
  @CsvSource({"00, 7", "01, 23", "80, 2055", "ff, 4087"})
  void extendsTheRcodeByTheFirstOpt(String upper, int rcode) {
    String opt = "00 0029 04d0" + upper + "00 0000 0000";
    String second = "00 0029 04d0 02 00 0000 0000";

    assertThat(wrap("abcd 8187 0001 0000 0000 0002", QUESTION, opt, second)).isTrue();

    assertThat(message.rcode()).isEqualTo(rcode);
  }

  @Test
  void takesAnOptOnlyFromTheAdditionalSection() {
    String opt = "00 0029 04d0 01 00 0000 0000";

    assertThat(wrap("abcd 8187 0001 0001 0000 0000", QUESTION, opt)).isTrue();

    assertThat(message.rcode()).isEqualTo(7);
  }

  @Test
  void readsOnlyTheFirstOfSeveralQuestions() {
    assertThat(wrap("abcd 0100 0002 0000 0000 0000", QUESTION, TO_FIRST_NAME, "001c 0001"))
        .isTrue();

    assertThat(message.questionName()).isEqualTo("www.example.org.");
    assertThat(message.questionType()).isEqualTo(RecordType.A);
  }

  @Test
  void hasNoQuestionWhereNoneIsCounted() {
    assertThat(wrap("abcd 8181 0000 0000 0000 0000")).isTrue();

    assertThat(message.hasQuestion()).isFalse();
    assertThat(message.questionName()).isEmpty();
    assertThat(message.questionType()).isZero();
    assertThat(message.questionHash()).isZero();
    assertThat(message.copyQuestion(new byte[4], 0)).isZero();
  }

  @Test
  void toleratesTrailingBytesAndCountsThem() {
    assertThat(wrap(response(1, 0, 0), QUESTION, ADDRESS, "0000ff")).isTrue();

    assertThat(message.malformation()).isNull();
    assertThat(message.trailingBytes()).isEqualTo(3);
    assertThat(addresses()).containsExactly("c0000201");
  }

  @ParameterizedTest
  @CsvSource({
    // after the header, counted sections, reason, where
    "'', 1 0, QUESTION_MISSING, 12",
    "0161, 1 0, NAME_PAST_END, 12",
    "016100 0001 00, 1 0, QUESTION_PAST_END, 15",
    "016100 0001 0001, 1 1, RECORD_MISSING, 19",
    "016100 0001 0001 c0, 1 1, NAME_PAST_END, 19",
    "016100 0001 0001 c00c, 1 1, RECORD_PAST_END, 21",
    "016100 0001 0001 c00c 0001 0001 00000000 00, 1 1, RECORD_PAST_END, 21",
    "016100 0001 0001 c00c 0001 0001 00000000 0004 c00002, 1 1, DATA_PAST_END, 31",
    "016100 0001 0001 c00c 0001 0001 00000000 0003 c00002, 1 1, BAD_ADDRESS_LENGTH, 31",
    "016100 0001 0001 c00c 001c 0001 00000000 0000, 1 1, BAD_ADDRESS_LENGTH, 31",
    "4061 00 0001 0001, 1 0, BAD_LABEL_TYPE, 12",
    "8061 00 0001 0001, 1 0, BAD_LABEL_TYPE, 12",
    "c00c 0001 0001, 1 0, POINTER_LOOP, 12",
    "0161 c00c 0001 0001, 1 0, POINTER_LOOP, 14",
    "0161 c00d 0001 0001, 1 0, POINTER_LOOP, 14",
    "0161 c013 0001 0001 00, 1 0, POINTER_FORWARD, 14",
    "0161 ffff 0001 0001, 1 0, POINTER_FORWARD, 14",
    "016100 0001 0001 c015 c013 0001 0001 00000000 0000, 1 1, POINTER_FORWARD, 19",
  })
  void saysWhatIsDamagedAndWhere(String body, String counts, Malformation reason, int where) {
    String[] count = counts.split(" ", -1);

    boolean whole = wrap("abcd 8180 000", count[0], "000", count[1], "0000 0000", body);

    assertThat(whole).isFalse();
    assertThat(message.malformation()).isEqualTo(reason);
    assertThat(message.malformedAt()).isEqualTo(where);
    assertThat(message.id()).isEqualTo(0xabcd);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "11, 11"})
  void callsLessThanAHeaderShort(int length, int where) {
    assertThat(message.wrap(new byte[length], 0, length)).isFalse();

    assertThat(message.hasHeader()).isFalse();
    assertThat(message.malformation()).isEqualTo(Malformation.SHORT_HEADER);
    assertThat(message.malformedAt()).isEqualTo(where);
    assertThat(message.isStrictlyValid()).isFalse();
  }

  @Test
  void refusesNamesOf256BytesHoweverTheyArePutTogether() {
    String label63 = "3f" + "61".repeat(63);
    String label62 = "3e" + "61".repeat(62);
    String name255 = label63.repeat(3) + "3d" + "61".repeat(61) + "00";

    assertThat(wrap(query(), name255, IN_A)).isTrue();
    assertThat(wrap(query(), label63.repeat(3), label62, "00", IN_A)).isFalse();
    assertThat(message.malformation()).isEqualTo(Malformation.NAME_TOO_LONG);

    String toLongest = record("0161" + TO_FIRST_NAME, 16, "00");
    assertThat(wrap(response(1, 0, 0), name255, IN_A, toLongest)).isFalse();
    assertThat(message.malformation()).isEqualTo(Malformation.NAME_TOO_LONG);
    assertThat(message.hasQuestion()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"126, true", "127, false"})
  void boundsTheJumpsOfAName(int pointersInData, boolean accepted) {
    // Given data of pointers, each to the one before, the first to "b" at 31; a name at their end
    StringBuilder chain = new StringBuilder(name("b"));
    for (int i = 0; i < pointersInData; i++) {
      chain.append(hex16(0xc000 | (i == 0 ? 31 : 34 + 2 * (i - 1))));
    }
    String last = hex16(0xc000 | 34 + 2 * (pointersInData - 1));

    boolean whole =
        wrap(
            response(2, 0, 0),
            name("a") + IN_A,
            record(TO_FIRST_NAME, 10, chain.toString()),
            record(last, 10, ""));

    assertThat(whole).isEqualTo(accepted);
    assertThat(message.malformation()).isEqualTo(accepted ? null : Malformation.TOO_MANY_POINTERS);
  }

  @Test
  void keepsAnswersReadBeforeTruncation() {
    assertThat(wrap("abcd 8380 0001 0003 0000 0000", QUESTION, ADDRESS, ADDRESS, "c00c 0001 00"))
        .isFalse();

    assertThat(message.tc()).isTrue();
    assertThat(message.malformation()).isEqualTo(Malformation.RECORD_PAST_END);
    assertThat(message.questionName()).isEqualTo("www.example.org.");
    assertThat(addresses()).containsExactly("c0000201", "c0000201");
    assertThat(message.answerCount()).isEqualTo(3);
  }

  @Test
  void readsNothingBeyondTheGivenSlice() {
    byte[] whole = bytes(response(1, 0, 0), QUESTION, ADDRESS);
    byte[] surrounded = new byte[whole.length + 7];
    Arrays.fill(surrounded, (byte) 0xff);
    System.arraycopy(whole, 0, surrounded, 3, whole.length);

    for (int length = 0; length < whole.length; length++) {
      assertThat(message.wrap(surrounded, 3, length)).isFalse();
      assertThat(message.malformedAt()).isLessThanOrEqualTo(length);
      assertThat(message.hasQuestion()).isEqualTo(length >= 12 + 21);
    }
    assertThat(message.wrap(surrounded, 3, whole.length)).isTrue();
    assertThat(message.questionName()).isEqualTo("www.example.org.");
    assertThat(addresses()).containsExactly("c0000201");
  }

  @Test
  void refusesASliceOutsideItsBuffer() {
    assertThatThrownBy(() -> message.wrap(new byte[12], 1, 12))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void forgetsTheMessageBefore() {
    wrap("abcd 8187 0001 0001 0000 0001", QUESTION, ADDRESS, "00 0029 04d0 01 00 0000 0000");

    wrap("00");

    assertThat(message.id()).isZero();
    assertThat(message.rcode()).isZero();
    assertThat(message.isResponse()).isFalse();
    assertThat(message.answerCount()).isZero();
    assertThat(message.hasQuestion()).isFalse();
    assertThat(message.questionHash()).isZero();
    assertThat(message.addressCount()).isZero();
  }

  @Test
  void comparesQuestionsWhateverTheirCaseAndCompression() {
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
  void expandsAQuestionThatIsCompressed() {
    // Given the only place before a question, the header, whose counts spell the label "A"
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
  void lowersLettersOnlyInEveryPlaceOfAName(String octet, String lowered) {
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

  @Test
  void allocatesNothing() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    byte[] whole = bytes(response(3, 0, 0), QUESTION, ADDRESS, ADDRESS, ADDRESS);
    byte[] kept = new byte[DnsMessage.MAX_QUESTION_LENGTH];
    long least = Long.MAX_VALUE;
    long read = 0;

    for (int round = 0; round < 20; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 1000; i++) {
        message.wrap(whole, 0, whole.length);
        int length = message.copyQuestion(kept, 0);
        read += message.questionEquals(kept, 0, length) ? message.addressOffset(2) : 0;
        read += message.isStrictlyValid() ? message.questionHash() & 1 : 0;
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }

    assertThat(read).isPositive();
    assertThat(least).isZero();
  }

  private boolean wrap(String... parts) {
    byte[] bytes = bytes(parts);
    return message.wrap(bytes, 0, bytes.length);
  }

  private List<String> addresses() {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < message.addressCount(); i++) {
      int at = message.addressOffset(i);
      found.add(HexFormat.of().formatHex(message.buffer(), at, at + message.addressLength(i)));
    }
    return found;
  }

  private static void addIf(boolean set, String bit, List<String> bits) {
    if (set) {
      bits.add(bit);
    }
  }
}
