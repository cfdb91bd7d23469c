package dev.jig.dns;

import static dev.jig.dns.Wire.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StrictRulesTest {
  private static final String A = "c00c 0001 0001 00000e10 0004 c0000201";
  private static final String SOA_LIKE = "c00c 0006 0001 00000e10 0000";
  private static final String OPT = "00 0029 04d0 00000000 0000";

  private final DnsMessage message = new DnsMessage();

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "query, abcd 0100 0001 0000 0000 0000, 0001 0001, ''",
    "query with EDNS, abcd 0120 0001 0000 0000 0001, 0001 0001, OPT",
    "query of class CH, abcd 0100 0001 0000 0000 0000, 0010 0003, ''",
    "query of class ANY, abcd 0000 0001 0000 0000 0000, 00ff 00ff, ''",
    "response, abcd 8180 0001 0001 0000 0001, 0001 0001, A OPT",
    "NXDomain, abcd 8583 0001 0000 0001 0000, 0001 0001, SOA",
    "NOTIFY with its SOA, abcd 2400 0001 0001 0000 0000, 0006 0001, SOA",
    "UPDATE, abcd 2800 0001 0000 0001 0000, 0006 0001, A",
    "IXFR query, abcd 0000 0001 0000 0001 0000, 00fb 0001, SOA",
    "multicast query with QU and known answer, 0000 0000 0001 0001 0000 0000, 000c 8001, A",
    "multicast probe, 0000 0000 0001 0000 0001 0000, 00ff 8001, A",
  })
  void acceptsDns(String what, String header, String question, String records) {
    assertThat(isStrictlyValid(header, question, records)).as(what).isTrue();
  }

  @Test
  void acceptsAMulticastResponseWithoutQuestion() {
    String flushed = "0161 00 0001 8001 00000078 0004 c0000201";

    assertThat(isStrictlyValid(bytes("0000 8400 0000 0001 0000 0000", flushed))).isTrue();
    assertThat(isStrictlyValid(bytes("0001 8400 0000 0001 0000 0000", flushed))).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "opcode 3, abcd 1900 0001 0000 0000 0000, 0001 0001, ''",
    "opcode 7, abcd 3800 0001 0000 0000 0000, 0001 0001, ''",
    "Z, abcd 0140 0001 0000 0000 0000, 0001 0001, ''",
    "rcode in a query, abcd 0101 0001 0000 0000 0000, 0001 0001, ''",
    "RA in a query, abcd 0180 0001 0000 0000 0000, 0001 0001, ''",
    "unassigned rcode, abcd 818d 0001 0000 0000 0000, 0001 0001, ''",
    "class 2, abcd 0100 0001 0000 0000 0000, 0001 0002, ''",
    "type 0, abcd 0100 0001 0000 0000 0000, 0000 0001, ''",
    "answers in a query, abcd 0100 0001 0001 0000 0000, 0001 0001, A",
    "authority in a query, abcd 0100 0001 0000 0001 0000, 0001 0001, SOA",
    "trailing bytes, abcd 0100 0001 0000 0000 0000, 0001 0001, A",
    "counted but missing record, abcd 8180 0001 0001 0000 0000, 0001 0001, ''",
    "OPT among the answers, abcd 8180 0001 0001 0000 0000, 0001 0001, OPT",
    "two OPT, abcd 8180 0001 0000 0000 0002, 0001 0001, OPT OPT",
  })
  void rejectsOtherPayloads(String what, String header, String question, String records) {
    assertThat(isStrictlyValid(header, question, records)).as(what).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "abcd 8180 0000 0000 0000 0000",
    "abcd 0100 0000 0000 0000 0000",
    "0000 0000 0000 0000 0000 0000",
    "abcd 0100 0001 0000 0141 0000 0142 c008 0001 0001",
  })
  void rejectsBareHeadersAndCompressedQuestions(String wire) {
    assertThat(isStrictlyValid(bytes(wire))).isFalse();
  }

  @Test
  void rejectsRandomBytes() {
    Random noise = new Random(4);
    byte[] payload = new byte[64];
    int taken = 0;

    for (int i = 0; i < 50_000; i++) {
      noise.nextBytes(payload);
      taken += isStrictlyValid(payload) ? 1 : 0;
    }

    assertThat(taken).isZero();
  }

  private boolean isStrictlyValid(String header, String question, String records) {
    String body = records.replace("SOA", SOA_LIKE).replace("OPT", OPT).replace("A", A);
    return isStrictlyValid(bytes(header, "0161 00", question, body));
  }

  private boolean isStrictlyValid(byte[] bytes) {
    message.wrap(bytes, 0, bytes.length);
    return message.isStrictlyValid();
  }
}
