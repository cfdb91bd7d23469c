package dev.jig.dns;

import static dev.jig.dns.Wire.TO_FIRST_NAME;
import static dev.jig.dns.Wire.bytes;
import static dev.jig.dns.Wire.name;
import static dev.jig.dns.Wire.record;
import static dev.jig.dns.Wire.response;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Presentation formats of record data, with the examples of the RFCs where they give bytes.
final class PresentationTest {
  private static final String HOST = name("foo.example.com");

  private final MessageDecoder decoder = new MessageDecoder();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1 | c0000201 | 192.0.2.1",
        "28 | 20010db8000000000000000000000001 | 2001:db8::1",
        "28 | 20010db8000000010000000000000001 | 2001:db8:0:1::1",
        "28 | 00000000000000000000000000000000 | ::",
        "28 | 00000000000000000000000000000001 | ::1",
        "28 | 20010db8000100010001000100010000 | 2001:db8:1:1:1:1:1:0",
        "28 | 20010db8000000000000000000000000 | 2001:db8::",
        "28 | 00000000000000000000ffffc0000201 | ::ffff:192.0.2.1",
        "16 | 05 68656c6c6f 00 03 61 22 5c | `\"hello\" \"\" \"a\\\"\\\\\"`",
        "16 | 04 0a c3bc 7f | `\"\\010\\195\\188\\127\"`",
        "13 | 03 415243 05 4c696e7578 | `\"ARC\" \"Linux\"`",
        "257 | 00 05 6973737565 63612e6578616d706c652e6e6574 | `0 issue \"ca.example.net\"`",
        "256 | 000a 0001 6674703a2f2f612e74657374 | `10 1 \"ftp://a.test\"`",
        "44 | 01 01 0123456789abcdef67890123456789abcdef67890123"
            + " | 1 1 0123456789ABCDEF67890123456789ABCDEF67890123",
        "108 | 00005e00532a | 00-00-5e-00-53-2a",
        "109 | 00005eef1000002a | 00-00-5e-ef-10-00-00-2a",
        "104 | 000a 00144fffff20ee64 | 10 0014:4fff:ff20:ee64",
        "105 | 000a 0a010200 | 10 10.1.2.0",
        "62 | 00000042 0003 00 04 60000008 | 66 3 A NS AAAA",
        "42 | 0001 15 03 c00020 0001 1c 83 c00026 | 1:192.0.32.0/21 !1:192.0.38.0/28",
        "42 | `` | ``",
        "45 | 0a 00 02 010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801"
            + " | 10 0 2 . AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
        "45 | 0a 01 02 c0000226 0103 | 10 1 2 192.0.2.38 AQM=",
        "260 | 0a 81 cb00710f | 10 1 1 203.0.113.15",
        "260 | 80 00 | 128 0 0 .",
        "51 | 01 00 000c 04 aabbccdd | 1 0 12 AABBCCDD",
        "51 | 01 00 0000 00 | 1 0 0 -",
        "59 | 0000 00 00 00 | 0 0 0 00",
        "60 | 0000 03 00 00 | 0 3 0 AA==",
        "22 | 47000580005a0000000001e133ffffff00016100 | 0x47000580005A0000000001E133FFFFFF00016100",
        "10 | ff | \\# 1 FF",
        "65280 | 0a0b0c | \\# 3 0A0B0C",
        "65280 | `` | \\# 0",
      })
  void writesData(int type, String hex, String text) {
    assertThat(data(type, hex)).isEqualTo(text);
  }

  @Test
  void writesTheLocationsOfRfc1876() {
    String cambridge = "00 33 16 13 89 17 2d d0 70 be 15 f0 00 98 8d 20";

    assertThat(data(29, cambridge))
        .isEqualTo("42 21 54.000 N 71 06 18.000 W -24.00m 30.00m 10000.00m 10.00m");
  }

  /// RFC 4034 section 4.3.
  @Test
  void writesTheBitmapOfRfc4034() {
    String next = "04 686f7374" + name("example.com");
    String bitmap = "0006 400100000003 041b" + "00".repeat(26) + "20";

    assertThat(data(47, next + bitmap)).isEqualTo("host.example.com. A MX RRSIG NSEC TYPE1234");
  }

  /// RFC 5155 appendix A.
  @Test
  void writesTheHashOfRfc5155() {
    String hash = "174eb2409fe28bcb4887a1836f957f0a8425e27b";
    String fields = "01 01 000c 04aabbccdd 14" + hash + "0007 2201 0000 0002 90";

    assertThat(data(50, fields))
        .isEqualTo(
            "1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR NS SOA MX RRSIG DNSKEY NSEC3PARAM");
  }

  /// RFC 4034 section 3.3; the signature cut short.
  @Test
  void writesTheTimesOfASignature() {
    String fields = "0001 05 03 00015180 3e7c9dd7 3e5510d7 0a52" + name("example.com") + "a0907572";

    assertThat(data(46, fields))
        .isEqualTo("A 5 3 86400 20030322173103 20030220173103 2642 example.com. oJB1cg==");
  }

  @Test
  void writesTsig() {
    String fields = name("hmac-sha256") + "000065432100 012c 0003 010203 abcd 0010 0000";

    assertThat(data(250, fields)).isEqualTo("hmac-sha256. 1698898176 300 3 AQID 43981 BADSIG 0");
  }

  /// RFC 9460 appendix D.1 and D.2.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "0000 FOO | 0 foo.example.com.",
        "0001 00 | 1 .",
        "0010 FOO 0003 0002 0035 | 16 foo.example.com. port=53",
        "0001 FOO 029b 0005 68656c6c6f | 1 foo.example.com. key667=hello",
        "0001 FOO 029b 0009 68656c6c6fd2716f6f | 1 foo.example.com. key667=hello\\210qoo",
        "0001 FOO 0006 0020 20010db8000000000000000000000001 20010db8000000000000000000530001"
            + " | 1 foo.example.com. ipv6hint=2001:db8::1,2001:db8::53:1",
        "0001 FOO 0006 0010 20010db80122034400000000c6336433"
            + " | 1 foo.example.com. ipv6hint=2001:db8:122:344::c633:6433",
        "0010 FOO 0000 0004 0001 0004 0001 0009 0268320568332d3139 0004 0004 c0000201"
            + " | 16 foo.example.com. mandatory=alpn,ipv4hint alpn=h2,h3-19 ipv4hint=192.0.2.1",
        "0010 FOO 0001 000c 08 665c6f6f2c626172 02 6832"
            + " | `16 foo.example.com. alpn=\"f\\\\\\\\oo\\\\,bar,h2\"`",
      })
  void writesTheExamplesOfRfc9460(String fields, String text) {
    String hex = fields.replace("FOO", HOST);
    assertThat(data(64, hex)).isEqualTo(text);
    assertThat(data(65, hex)).isEqualTo(text);
  }

  @Test
  void writesOtherServiceParameters() {
    String all =
        "0002 0000 0005 0003 010203 0007 0010 2f646e732d71756572797b3f646e737d 0008 0000"
            + "0009 0004 001d 0017";

    assertThat(data(64, "0001 00 0001 0003 026832" + all))
        .isEqualTo(
            "1 . alpn=h2 no-default-alpn ech=AQID dohpath=/dns-query{?dns} ohttp"
                + " tls-supported-groups=29,23");
  }

  /// RFC 9460 appendix D.3 and section 2.2, and their like of other types.
  @ParameterizedTest
  @CsvSource({
    // type, data, offset of the damage within the data
    "64, 0001 FOO 0001 0000 , 23",
    "64, 0001 FOO 0002 0001 00, 23",
    "64, 0001 FOO 0003 0001 35, 23",
    "64, 0001 FOO 0003 0002 0035 0003 0002 0035, 29",
    "64, 0001 FOO 0004 0002 0035 0003 0002 0035, 23",
    "64, 0001 FOO 0003 0003 0035, 23",
    "64, 0001 FOO 0000 0004 0003 0003, 23",
    "64, 0001 FOO 0000 0000, 23",
    "47, 00 0001 40 0001 40, 6",
    "47, 00 0000, 3",
    "47, 00 0021 000000, 3",
    "16, '', 0",
    "16, 0568656c6c, 0",
    "15, 00, 0",
    "6, 00 00 00000001, 6",
    "29, 01 33 16 13 89172dd0 70be15f0 00988d20, 0",
    "33, 0001 0001 0001 00 00, 7",
    "257, 00 00 61, 1",
    "108, 00005e0053, 0",
    "45, 0a 04 02 00, 3",
  })
  void showsMalformedDataAsHex(int type, String fields, int offset) {
    String hex = fields.replace("FOO", HOST).replace(" ", "");
    DecodedMessage message =
        decode(response(2, 0, 0), answers(type, hex), "c00c 0001 0001 00000000 0004 c0000201");

    assertThat(message.damage())
        .isEqualTo(new Damage(Malformation.BAD_DATA, 12 + 21 + 12 + offset));
    assertThat(message.answers()).hasSize(2);
    assertThat(message.answers().getFirst().data())
        .isEqualTo(("\\# " + hex.length() / 2 + " " + hex.toUpperCase(Locale.ROOT)).strip());
    assertThat(message.answers().getLast().data()).isEqualTo("192.0.2.1");
  }

  @Test
  void followsForbiddenPointersInData() {
    assertThat(data(33, "0001 0002 0035 03 646e73 c010")).isEqualTo("1 2 53 dns.example.org.");
  }

  @Test
  void coversEveryTypeOfTheTable() {
    assertThat(data(65, "0001 00")).isEqualTo("1 .");
    assertThat(RecordFormat.of(RecordType.of("DLV"))).isNotNull();
    assertThat(RecordFormat.of(RecordType.of("DSYNC"))).isNotNull();
    assertThat(data(66, "003b 01 14e9 00")).isEqualTo("CDS NOTIFY 5353 .");
  }

  private String data(int type, String hex) {
    DecodedMessage message = decode(response(1, 0, 0), answers(type, hex));
    assertThat(message.damage()).isNull();
    return message.answers().getFirst().data();
  }

  private static String answers(int type, String hex) {
    return name("www.example.org") + "0001 0001" + record(TO_FIRST_NAME, type, hex);
  }

  private DecodedMessage decode(String... parts) {
    byte[] wire = bytes(parts);
    return decoder.decode(wire, 0, wire.length, Dialect.DNS);
  }
}
