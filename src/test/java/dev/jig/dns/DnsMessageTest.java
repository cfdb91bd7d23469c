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

import dev.jig.golden.Messages;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

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
  void keepsAddressesUntilTheNextMessage() {
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
  void countsAddressesOfTheAnswerSectionOnly() {
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
  void knowsWhetherAnAnswerHasTheTypeOfTheQuestion() {
    Record cname = Messages.cname("www.example.org.", "host.example.org.");
    Record a = Messages.a("host.example.org.", "192.0.2.1");
    assertThat(hasAnswerOfType(Type.A, cname, a)).isTrue();
    assertThat(hasAnswerOfType(Type.A, cname)).as("a CNAME that leads to nothing").isFalse();
    assertThat(hasAnswerOfType(Type.AAAA, cname, a)).isFalse();
    assertThat(hasAnswerOfType(Type.CNAME, cname)).isTrue();
    assertThat(hasAnswerOfType(Type.ANY, a)).isTrue();
    assertThat(hasAnswerOfType(Type.ANY)).isFalse();
    assertThat(hasAnswerOfType(Type.A)).as("not that of the message before").isFalse();
  }

  private boolean hasAnswerOfType(int type, Record... answers) {
    byte[] response = Messages.response(1, "www.example.org.", type, answers);
    assertThat(message.wrap(response, 0, response.length)).isTrue();
    return message.hasAnswerOfType();
  }

  @Test
  void readsOptInTheAdditionalSectionOnly() {
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
  void hasNoQuestionIfTheCountIsZero() {
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
