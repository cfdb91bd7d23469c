package dev.jig.it.servers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The zones that the servers serve.
final class Zones {
  /// Owners `h0` and so on in the long zone, each with one address.
  static final int HOSTS = 10_000;

  /// Records of four strings of 255 bytes under `big`: 60 KB as one answer.
  static final int BIG_RECORDS = 60;

  private static final String DIGEST = "0123456789abcdef".repeat(4);

  /// Common and rare record types; the owner is the type in lower case.
  private static final List<String> RECORDS =
      List.of(
          "A 192.0.2.1",
          "AAAA 2001:db8::1",
          "CNAME a",
          "MX 10 a",
          "TXT \"one\" \"two words\" \"quo\\\"te\" \"back\\\\slash\" \"semi;colon\" \"\\195\\164\"",
          "SPF \"v=spf1 -all\"",
          "SRV 1 2 3 a",
          "NAPTR 10 20 \"u\" \"E2U+sip\" \"!^.*$!sip:a@example.test!\" .",
          "PTR host.example.test.",
          "DNAME other.example.test.",
          "CAA 0 issue \"ca.example.test; account=1\"",
          "SVCB 1 svc.example.test. alpn=h2,h3 port=8443 ipv4hint=192.0.2.7 ipv6hint=2001:db8::7",
          "HTTPS 1 . mandatory=alpn alpn=h2 no-default-alpn ech=AAAA",
          "TLSA 3 1 1 " + DIGEST,
          "SMIMEA 3 1 1 " + DIGEST,
          "SSHFP 4 2 " + DIGEST,
          "LOC 52 22 23.500 N 4 53 32.125 E -2.50m 0.50m 10000m 10m",
          "HINFO \"PC Intel\" \"Linux\"",
          "RP admin.example.test. txt.example.test.",
          "URI 10 1 \"https://www.example.test/path\"",
          "OPENPGPKEY AQIDBAUG",
          "CSYNC 66 3 A NS AAAA",
          "ZONEMD 2018031900 1 1 " + DIGEST + DIGEST.substring(0, 32),
          "EUI48 00-00-5e-00-53-2a",
          "EUI64 00-00-5e-ef-10-00-00-2a",
          "AFSDB 1 afs.example.test.",
          "KX 10 kx.example.test.",
          "CERT PGP 0 0 AQIDBAUG",
          "APL 1:192.0.2.0/24 !2:2001:db8::/32",
          "DHCID AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=",
          "MINFO a.example.test. b.example.test.",
          "RT 10 rt.example.test.",
          "L32 10 192.0.2.1",
          "L64 10 2001:0db8:1140:1000",
          "LP 10 l64.example.test.",
          "NID 10 0014:4fff:ff20:ee64",
          "IPSECKEY 10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
          "TYPE65280 \\# 3 abcdef");

  private Zones() {}

  private static String head(String zone) {
    return "$ORIGIN "
        + zone
        + ".\n$TTL 300\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\nns A 192.0.2.53\n";
  }

  /// One record of each type, and a few names.
  static String types(String zone) {
    StringBuilder text = new StringBuilder(head(zone));
    for (String record : RECORDS) {
      text.append(owner(record)).append(' ').append(record).append('\n');
    }
    text.append("sub NS ns\nsub DS 4711 13 2 ").append(DIGEST).append('\n');
    text.append("*.wild A 192.0.2.9\nmany-labels.a.b.c.d.e.f A 192.0.2.10\n");
    text.append("long TXT").append((" \"" + "-".repeat(255) + "\"").repeat(8)).append('\n');
    text.append("UpperCase A 192.0.2.11\n_dmarc TXT \"v=DMARC1; p=none\"\n");
    for (int i = 0; i < 30; i++) {
      text.append("addresses A 192.0.2.").append(100 + i).append('\n');
      text.append("addresses AAAA 2001:db8::").append(100 + i).append('\n');
    }
    return text.toString();
  }

  private static String owner(String record) {
    return type(record).toLowerCase(Locale.ROOT);
  }

  private static String type(String record) {
    return record.substring(0, record.indexOf(' '));
  }

  /// [#HOSTS] address records, and a name with a long answer.
  static String large(String zone) {
    StringBuilder text = new StringBuilder(head(zone));
    for (int i = 0; i < HOSTS; i++) {
      text.append('h').append(i).append(" A 198.51.100.").append(i % 250 + 1).append('\n');
    }
    for (int i = 0; i < BIG_RECORDS; i++) {
      String string = String.format(Locale.ROOT, " \"%03d%s\"", i, "-".repeat(252));
      text.append("big TXT").append(string.repeat(4)).append('\n');
    }
    return text.toString();
  }

  /// Questions in dnsperf's format: every name of the zone of [#types], and names it does not have.
  static List<String> questions(String zone) {
    List<String> questions = new ArrayList<>();
    for (String record : RECORDS) {
      questions.add(owner(record) + "." + zone + " " + type(record));
      questions.add("no-" + owner(record) + "." + zone + " A");
    }
    for (String type : List.of("SOA", "NS", "DNSKEY", "A", "ANY", "NSEC3PARAM")) {
      questions.add(zone + " " + type);
    }
    questions.add("any.wild." + zone + " A");
    questions.add("under.dname." + zone + " A");
    questions.add("sub." + zone + " DS");
    questions.add("below.sub." + zone + " A");
    questions.add("addresses." + zone + " A");
    questions.add("addresses." + zone + " AAAA");
    questions.add("many-labels.a.b.c.d.e.f." + zone + " A");
    questions.add("uPPERcASE." + zone + " A");
    return questions;
  }
}
