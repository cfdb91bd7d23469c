package dev.jig.dns;

import static dev.jig.dns.Wire.IN_A;
import static dev.jig.dns.Wire.TO_FIRST_NAME;
import static dev.jig.dns.Wire.bytes;
import static dev.jig.dns.Wire.hex16;
import static dev.jig.dns.Wire.name;
import static dev.jig.dns.Wire.query;
import static dev.jig.dns.Wire.record;
import static dev.jig.dns.Wire.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DamagedMessageTest {
  private static final String QUESTION = name("www.example.org") + IN_A;
  private static final String ADDRESS = record(TO_FIRST_NAME, RecordType.A, "c0000201");

  private final DnsMessage message = new DnsMessage();

  @Test
  void reportsHeaderCountsIfRecordsAreMissing() {
    assertThat(wrap("abcd 8180 0002 fffe 0003 0004")).isFalse();

    assertThat(message.questionCount()).isEqualTo(2);
    assertThat(message.answerCount()).isEqualTo(0xfffe);
    assertThat(message.authorityCount()).isEqualTo(3);
    assertThat(message.additionalCount()).isEqualTo(4);
    assertThat(message.malformation()).isEqualTo(Malformation.QUESTION_MISSING);
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
  void reportsReasonAndOffset(String body, String counts, Malformation reason, int where) {
    String[] count = counts.split(" ", -1);

    boolean whole = wrap("abcd 8180 000", count[0], "000", count[1], "0000 0000", body);

    assertThat(whole).isFalse();
    assertThat(message.malformation()).isEqualTo(reason);
    assertThat(message.malformedAt()).isEqualTo(where);
    assertThat(message.id()).isEqualTo(0xabcd);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "11, 11"})
  void reportsAShortHeader(int length, int where) {
    assertThat(message.wrap(new byte[length], 0, length)).isFalse();

    assertThat(message.hasHeader()).isFalse();
    assertThat(message.malformation()).isEqualTo(Malformation.SHORT_HEADER);
    assertThat(message.malformedAt()).isEqualTo(where);
    assertThat(message.isStrictlyValid()).isFalse();
  }

  @Test
  void rejectsNamesOf256Bytes() {
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
  void limitsPointersPerName(int pointersInData, boolean accepted) {
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
  void rejectsASliceOutsideTheBuffer() {
    assertThatThrownBy(() -> message.wrap(new byte[12], 1, 12))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void keepsNothingOfThePreviousMessage() {
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
}
