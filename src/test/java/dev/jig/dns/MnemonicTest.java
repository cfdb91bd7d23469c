package dev.jig.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Type;

final class MnemonicTest {
  @ParameterizedTest
  @CsvSource({
    "1, A",
    "2, NS",
    "5, CNAME",
    "6, SOA",
    "12, PTR",
    "15, MX",
    "16, TXT",
    "23, NSAP-PTR",
    "28, AAAA",
    "33, SRV",
    "35, NAPTR",
    "41, OPT",
    "43, DS",
    "46, RRSIG",
    "47, NSEC",
    "48, DNSKEY",
    "53, SMIMEA",
    "55, HIP",
    "63, ZONEMD",
    "64, SVCB",
    "65, HTTPS",
    "66, DSYNC",
    "68, BRID",
    "99, SPF",
    "109, EUI64",
    "128, NXNAME",
    "249, TKEY",
    "252, AXFR",
    "255, ANY",
    "257, CAA",
    "264, IPN",
    "32768, TA",
    "32769, DLV",
  })
  void namesTypes(int type, String mnemonic) {
    assertThat(RecordType.mnemonic(type)).isEqualTo(mnemonic);
  }

  @ParameterizedTest
  @CsvSource({"0", "54", "69", "98", "110", "127", "129", "248", "265", "65280", "65535"})
  void numbersTypesWithoutName(int type) {
    assertThat(RecordType.mnemonic(type)).isEqualTo("TYPE" + type);
  }

  @Test
  void namesTypesAsDnsjavaDoes() {
    Set<String> names = new HashSet<>();
    for (int type = 0; type <= 0xffff; type++) {
      String expected = Type.string(type);
      String mnemonic = RecordType.mnemonic(type);
      assertThat(names.add(mnemonic)).as(mnemonic).isTrue();
      if (!expected.startsWith("TYPE")) {
        assertThat(mnemonic).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, NoError", "1, FormErr", "2, ServFail", "3, NXDomain", "4, NotImp", "5, Refused",
    "6, YXDomain", "7, YXRRSet", "8, NXRRSet", "9, NotAuth", "10, NotZone", "11, DSOTYPENI",
    "12, RCODE12", "15, RCODE15", "16, BADVERS", "17, BADKEY", "22, BADTRUNC", "23, RCODE23",
    "4095, RCODE4095",
  })
  void namesRcodes(int rcode, String mnemonic) {
    assertThat(Rcode.mnemonic(rcode)).isEqualTo(mnemonic);
  }
}
