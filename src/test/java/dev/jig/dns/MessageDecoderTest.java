package dev.jig.dns;

import static dev.jig.dns.Wire.IN_A;
import static dev.jig.dns.Wire.TO_FIRST_NAME;
import static dev.jig.dns.Wire.bytes;
import static dev.jig.dns.Wire.hex16;
import static dev.jig.dns.Wire.label;
import static dev.jig.dns.Wire.name;
import static dev.jig.dns.Wire.record;
import static dev.jig.dns.Wire.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.dns.DecodedMessage.DsoItem;
import dev.jig.dns.DecodedMessage.Question;
import dev.jig.dns.EdnsOption.Chain;
import dev.jig.dns.EdnsOption.ClientSubnet;
import dev.jig.dns.EdnsOption.Cookie;
import dev.jig.dns.EdnsOption.Expire;
import dev.jig.dns.EdnsOption.ExtendedError;
import dev.jig.dns.EdnsOption.NameServerId;
import dev.jig.dns.EdnsOption.Numbers;
import dev.jig.dns.EdnsOption.Other;
import dev.jig.dns.EdnsOption.Padding;
import dev.jig.dns.EdnsOption.ReportChannel;
import dev.jig.dns.EdnsOption.TcpKeepalive;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MessageDecoderTest {
  private static final String QUESTION = name("www.example.org") + IN_A;
  private static final String ADDRESS = record(TO_FIRST_NAME, RecordType.A, "c0000201");

  private final MessageDecoder decoder = new MessageDecoder();

  @Test
  void readsAllSections() {
    String authority = record("c010", 2, label("ns") + "c010");
    String additional = "02 6e73 c010 001c 0001 0000003c 0010 20010db8" + "00".repeat(11) + "35";

    DecodedMessage message = decode(response(1, 1, 1), QUESTION, ADDRESS, authority, additional);

    assertThat(message.damage()).isNull();
    assertThat(message.questions()).containsExactly(new Question("www.example.org.", 1, 1, false));
    assertThat(message.answers())
        .containsExactly(new ResourceRecord("www.example.org.", 1, 1, false, 3600, "192.0.2.1"));
    assertThat(message.authority())
        .containsExactly(new ResourceRecord("example.org.", 2, 1, false, 3600, "ns.example.org."));
    assertThat(message.additional())
        .containsExactly(new ResourceRecord("ns.example.org.", 28, 1, false, 60, "2001:db8::35"));
    assertThat(message.edns()).isNull();
    assertThat(message.opcode()).isZero();
  }

  @Test
  void readsSeveralQuestions() {
    DecodedMessage message = decode("abcd 0100 0002 0000 0000 0000", QUESTION, "c010 001c 0003");

    assertThat(message.questions())
        .containsExactly(
            new Question("www.example.org.", 1, 1, false),
            new Question("example.org.", 28, 3, false));
  }

  @Test
  void separatesEdnsFromTheRecords() {
    String opt = "00 0029 04d0 01 00 8001 0000";

    DecodedMessage message = decode("abcd 8187 0001 0000 0000 0002", QUESTION, ADDRESS, opt);

    assertThat(message.edns()).isEqualTo(new Edns(0, 1232, 23, true, 1, List.of()));
    assertThat(message.additional()).hasSize(1);
  }

  @Test
  void keepsASecondOptAsARecord() {
    String opt = "00 0029 04d0 00 00 0000 0000";

    DecodedMessage message = decode(response(0, 0, 2), QUESTION, opt, opt);

    assertThat(message.edns()).isNotNull();
    assertThat(message.additional())
        .containsExactly(new ResourceRecord(".", 41, 1232, false, 0, "\\# 0"));
  }

  @Test
  void readsTheOptionsOfEdns() {
    assertThat(options("0008 0007 0001 18 00 c00002"))
        .containsExactly(new ClientSubnet("192.0.2.0", 24, 0));
    assertThat(options("0008 0008 0002 20 30 20010db8"))
        .containsExactly(new ClientSubnet("2001:db8::", 32, 48));
    assertThat(options("000a 0008 0102030405060708"))
        .containsExactly(new Cookie("0102030405060708", null));
    assertThat(options("000a 0010 0102030405060708 a1a2a3a4a5a6a7a8"))
        .containsExactly(new Cookie("0102030405060708", "a1a2a3a4a5a6a7a8"));
    assertThat(options("0003 0000 0003 0003 6e7301"))
        .containsExactly(new NameServerId("", ""), new NameServerId("6e7301", "ns\\001"));
    assertThat(options("000c 0003 000000")).containsExactly(new Padding(3));
    assertThat(options("000b 0000 000b 0002 012c"))
        .containsExactly(new TcpKeepalive(null), new TcpKeepalive(300));
    assertThat(options("000d 0009" + name("example"))).containsExactly(new Chain("example."));
    assertThat(options("0012 0009" + name("example")))
        .containsExactly(new ReportChannel("example."));
    assertThat(options("0005 0002 080d")).containsExactly(new Numbers(5, List.of(8, 13)));
    assertThat(options("000e 0002 4f66")).containsExactly(new Numbers(14, List.of(20326)));
    assertThat(options("0009 0000 0009 0004 00015180"))
        .containsExactly(new Expire(null), new Expire(86400L));
    assertThat(options("fde9 0002 cafe")).containsExactly(new Other(65001, "cafe"));
  }

  /// RFC 8914 section 2.
  @Test
  void readsExtendedErrorsWithTheirText() {
    List<EdnsOption> options =
        options("000f 0002 0012 000f 0007 0006 c3bc62 6572 000f 0004 ffff 6100");

    assertThat(options)
        .containsExactly(
            new ExtendedError(18, ""), new ExtendedError(6, "über"), new ExtendedError(65535, "a"));
    assertThat(options)
        .extracting(option -> ((ExtendedError) option).purpose())
        .containsExactly("Prohibited", "DNSSEC Bogus", null);
  }

  @ParameterizedTest
  @CsvSource({
    "0008 0004 0003 0000, 8",
    "0008 0006 0001 18 00 c000, 8",
    "0008 0008 0001 21 00 c0000201, 8",
    "000a 0007 01020304050607, 10",
    "000a 0009 010203040506070809, 10",
    "000b 0001 01, 11",
    "000d 0002 0161, 13",
    "000d 0002 c00c, 13",
    "000e 0001 01, 14",
    "000f 0001 01, 15",
    "0009 0003 010203, 9",
  })
  void showsMalformedOptionsAsHex(String option, int code) {
    DecodedMessage message = decode(response(0, 0, 1), QUESTION, opt(option + "fde9 0000"));

    assertThat(message.damage()).isEqualTo(new Damage(Malformation.BAD_OPTION, 12 + 21 + 11));
    assertThat(edns(message).options()).hasSize(2);
    assertThat(edns(message).options().getFirst())
        .isEqualTo(new Other(code, option.replace(" ", "").substring(8)));
  }

  @Test
  void keepsOptionsBeforeATruncatedOne() {
    DecodedMessage message =
        decode(response(1, 0, 1), QUESTION, ADDRESS, opt("000c 0000 000a 0008 01"));

    assertThat(message.damage()).isEqualTo(new Damage(Malformation.BAD_OPTION, 12 + 21 + 16 + 15));
    assertThat(edns(message).options()).containsExactly(new Padding(0));
  }

  @Test
  void readsTheBitsOfMulticastDns() {
    byte[] wire =
        bytes(
            "0000 8400 0001 0001 0000 0000",
            name("a.test"),
            "0001 8001 c00c 0001 8001 00000078 0004 c0000201");

    DecodedMessage spoken = decoder.decode(wire, 0, wire.length, Dialect.MDNS);
    DecodedMessage plain = decoder.decode(wire, 0, wire.length, Dialect.DNS);

    assertThat(spoken.questions()).containsExactly(new Question("a.test.", 1, 1, true));
    assertThat(spoken.answers())
        .containsExactly(new ResourceRecord("a.test.", 1, 1, true, 120, "192.0.2.1"));
    assertThat(plain.questions()).containsExactly(new Question("a.test.", 1, 0x8001, false));
  }

  @ParameterizedTest
  @CsvSource({"0400, true, false", "0100, false, true", "8500, true, true", "8200, false, false"})
  void readsTheBitsOfLlmnr(String flags, boolean conflict, boolean tentative) {
    byte[] wire = bytes("abcd", flags, "0000 0000 0000 0000");

    DecodedMessage message = decoder.decode(wire, 0, wire.length, Dialect.LLMNR);

    assertThat(message.conflict()).isEqualTo(conflict);
    assertThat(message.tentative()).isEqualTo(tentative);
    assertThat(decoder.decode(wire, 0, wire.length, Dialect.DNS).conflict()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"5353, 40000, MDNS", "40000, 5355, LLMNR", "53, 40000, DNS"})
  void identifiesTheDialectByPort(int source, int destination, Dialect dialect) {
    assertThat(Dialect.ofPorts(source, destination)).isEqualTo(dialect);
  }

  /// RFC 2136 sections 2.4 and 2.5: some prerequisites and all deletions have no data.
  @Test
  void acceptsRecordsWithoutDataInUpdates() {
    String zone = name("example.org") + "0006 0001";
    String absent = "c00c 0001 00fe 00000000 0000";

    DecodedMessage update = decode("abcd 2800 0001 0001 0001 0000", zone, absent, absent);
    DecodedMessage query = decode("abcd 0000 0001 0001 0000 0000", zone, absent);

    assertThat(update.opcode()).isEqualTo(Opcode.UPDATE);
    assertThat(update.damage()).isNull();
    assertThat(update.answers())
        .containsExactly(new ResourceRecord("example.org.", 1, RecordClass.NONE, false, 0, ""));
    assertThat(query.damage()).isNotNull();
    assertThat(query.answers().getFirst().data()).isEqualTo("\\# 0");
  }

  @Test
  void readsStatefulOperations() {
    String keepAlive = "0001 0008 00003a98 0000ea60";
    String subscribe = "0040 000d" + name("a.test") + "000c 0001" + "00";

    DecodedMessage message =
        decode(
            "abcd 3000 0000 0000 0000 0000",
            keepAlive,
            "0040 000c",
            name("a.test"),
            "000c 0001",
            "0099 0002 cafe");

    assertThat(message.opcode()).isEqualTo(Opcode.DSO);
    assertThat(message.damage()).isNull();
    assertThat(message.dso())
        .containsExactly(
            new DsoItem(1, "inactivity 15000 ms, interval 60000 ms"),
            new DsoItem(0x40, "a.test. PTR IN"),
            new DsoItem(0x99, "cafe"));
    assertThat(message.dso())
        .extracting(DsoItem::name)
        .containsExactly("KeepAlive", "SUBSCRIBE", "DSO153");
    assertThat(decode("abcd 3000 0000 0000 0000 0000", subscribe).dso().getFirst().data())
        .as("a byte too many")
        .matches("[0-9a-f]+");
    assertThat(decode("abcd 3000 0000 0000 0000 0000", "0001 0008 00").damage())
        .isEqualTo(new Damage(Malformation.BAD_DSO, 12));
  }

  @Test
  void reportsTrailingBytes() {
    DecodedMessage message = decode(response(1, 0, 0), QUESTION, ADDRESS, "0000ff");

    assertThat(message.damage()).isEqualTo(new Damage(Malformation.TRAILING_BYTES, 12 + 21 + 16));
    assertThat(message.answers()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"0, SHORT_HEADER", "11, SHORT_HEADER", "12, QUESTION_MISSING"})
  void reportsAShortHeader(int length, Malformation reason) {
    byte[] wire = Arrays.copyOf(bytes(response(1, 0, 0)), length);

    DecodedMessage message = decoder.decode(wire, 0, length, Dialect.DNS);

    assertThat(message.damage()).isEqualTo(new Damage(reason, length));
    assertThat(message.questions()).isEmpty();
  }

  @Test
  void keepsRecordsBeforeTheDamage() {
    DecodedMessage message = decode(response(3, 0, 1), QUESTION, ADDRESS, ADDRESS, "c00c 0001 00");

    assertThat(message.damage())
        .isEqualTo(new Damage(Malformation.RECORD_PAST_END, 12 + 21 + 2 * 16 + 2));
    assertThat(message.answers()).hasSize(2);
    assertThat(message.additional()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "c02d, POINTER_LOOP, 45",
    "0161 c030, POINTER_FORWARD, 47",
    "4061, BAD_LABEL_TYPE, 45",
    "0161, NAME_PAST_END, 45",
  })
  void reportsDamagedNamesInData(String name, Malformation reason, int offset) {
    DecodedMessage message =
        decode(response(2, 0, 0), QUESTION, record(TO_FIRST_NAME, 5, name), ADDRESS);

    assertThat(message.damage()).isEqualTo(new Damage(reason, offset));
    assertThat(message.answers().getFirst().data()).startsWith("\\# ");
    assertThat(message.answers().getLast().data()).isEqualTo("192.0.2.1");
  }

  @Test
  void showsAddressRecordsOfOtherClassesAsHex() {
    DecodedMessage chaos =
        decode(response(1, 0, 0), QUESTION, TO_FIRST_NAME, "0001 0003 00000000 0002 cafe");
    DecodedMessage internet =
        decode(response(1, 0, 0), QUESTION, TO_FIRST_NAME, "0001 0001 00000000 0002 cafe");

    assertThat(chaos.damage()).isNull();
    assertThat(chaos.answers().getFirst().data()).isEqualTo("\\# 2 CAFE");
    assertThat(internet.damage()).isEqualTo(new Damage(Malformation.BAD_ADDRESS_LENGTH, 45));
  }

  /// 5,000 records of a long name would be five megabytes of text.
  @Test
  void limitsTextPerMessage() {
    String longest = label("a".repeat(63)).repeat(3) + label("\0".repeat(61)) + "00";
    String records = (TO_FIRST_NAME + "0005 0001 00000000 0002 c00c").repeat(4500);

    DecodedMessage message = decode(response(4500, 0, 1), longest + IN_A, records, opt(""));

    assertThat(reason(message)).isEqualTo(Malformation.TOO_MUCH_TEXT);
    assertThat(
            message.answers().stream().mapToLong(r -> r.name().length() + r.data().length()).sum())
        .isBetween(MessageDecoder.MAX_TEXT - 2000L, (long) MessageDecoder.MAX_TEXT);
    assertThat(message.additional()).isEmpty();
  }

  @Test
  void limitsTextOfOneRecord() {
    String longest = label("a".repeat(63)).repeat(3) + label("\0".repeat(61)) + "00";
    String servers = TO_FIRST_NAME.repeat(30_000);

    DecodedMessage message =
        decode(
            response(1, 0, 0),
            longest + IN_A,
            record(TO_FIRST_NAME, 55, "01 02 0001 ff ff" + servers));

    assertThat(reason(message)).isEqualTo(Malformation.TOO_MUCH_TEXT);
    assertThat(message.answers()).isEmpty();
  }

  /// Pointers to pointers, 120 of them, followed by thousands of names.
  @Test
  void limitsPointersPerMessage() {
    StringBuilder chain = new StringBuilder("00");
    int first = 12 + 21 + 12;
    for (int i = 0; i < 120; i++) {
      chain.append(hex16(0xc000 | (i == 0 ? first : first + 1 + 2 * (i - 1))));
    }
    String last = hex16(0xc000 | first + 1 + 2 * 119);
    String records = (TO_FIRST_NAME + "0002 0001 00000000 0002" + last).repeat(3000);

    DecodedMessage message =
        decode(
            response(3001, 0, 0), QUESTION, record(TO_FIRST_NAME, 10, chain.toString()), records);

    assertThat(reason(message)).isEqualTo(Malformation.TOO_COMPRESSED);
    assertThat(message.answers()).hasSizeBetween(1000, 1200);
  }

  @Test
  void rejectsASliceOutsideTheBuffer() {
    assertThatThrownBy(() -> decoder.decode(new byte[12], 1, 12, Dialect.DNS))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "0, QUERY",
    "1, IQUERY",
    "2, STATUS",
    "3, OPCODE3",
    "4, NOTIFY",
    "5, UPDATE",
    "6, DSO",
    "15, OPCODE15"
  })
  void namesOpcodes(int opcode, String name) {
    assertThat(Opcode.mnemonic(opcode)).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({"1, IN", "3, CH", "4, HS", "254, NONE", "255, ANY", "2, CLASS2", "65280, CLASS65280"})
  void namesClasses(int recordClass, String name) {
    assertThat(RecordClass.mnemonic(recordClass)).isEqualTo(name);
  }

  private List<EdnsOption> options(String hex) {
    DecodedMessage message = decode(response(0, 0, 1), QUESTION, opt(hex));
    assertThat(message.damage()).isNull();
    return edns(message).options();
  }

  private static Edns edns(DecodedMessage message) {
    return Objects.requireNonNull(message.edns());
  }

  private static Malformation reason(DecodedMessage message) {
    return Objects.requireNonNull(message.damage()).reason();
  }

  private static String opt(String options) {
    return "00 0029 04d0 00000000" + hex16(options.replace(" ", "").length() / 2) + options;
  }

  private DecodedMessage decode(String... parts) {
    byte[] wire = bytes(parts);
    return decoder.decode(wire, 0, wire.length, Dialect.DNS);
  }
}
