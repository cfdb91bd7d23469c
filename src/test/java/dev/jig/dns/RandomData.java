package dev.jig.dns;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/// Random valid data of every type in [RecordFormat], as bytes. The formats are written again from
/// the RFCs, independently of that table.
final class RandomData {
  /// One letter for each part: n name, 1 2 4 6 8 numbers of so many bytes, t type, s string, S
  /// strings, b bytes to the end, B the same but at least one, T bitmap, a A address of 4 or 16
  /// bytes, h bytes with a length byte, H the same but at least one, L bytes with a two-byte
  /// length; others see [#part].
  private static final Map<String, String> FORMS = new LinkedHashMap<>();

  static {
    for (String line :
        """
        A a; AAAA A; NS n; MD n; MF n; CNAME n; SOA nn44444; MB n; MG n; MR n; NULL b; WKS a1w; PTR n
        HINFO ss; MINFO nn; MX 2n; TXT S; RP nn; AFSDB 2n; X25 s; ISDN s; ISDN ss; RT 2n; NSAP B
        NSAP-PTR n; SIG t114442nB; KEY 211B; PX 2nn; GPOS g; LOC l; NXT nN; SRV 222n; NAPTR 22sssn
        KX 2n; CERT 221B; A6 6; DNAME n; APL p; DS 211B; SSHFP f; IPSECKEY i; RRSIG t114442nB
        NSEC nT; DNSKEY 211B; DHCID B; NSEC3 112hHT; NSEC3PARAM 112h; TLSA 111B; SMIMEA 111B
        HIP I; CDS 211B; CDNSKEY 211B; OPENPGPKEY B; ZONEMD z; SVCB v; HTTPS v; SPF S; TKEY n4422LL
        TSIG ne2L22L; URI 22B; CAA 1cb; DLV 211B
        """
            .split("[;\n]", -1)) {
      if (!line.isBlank()) {
        String[] typeAndForm = line.strip().split(" ", -1);
        FORMS.merge(typeAndForm[0], typeAndForm[1], (one, other) -> one + "|" + other);
      }
    }
  }

  private static final String TAG_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

  private final Random random;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private RandomData(Random random) {
    this.random = random;
  }

  /// The types, by number.
  static List<Integer> types() {
    return FORMS.keySet().stream().map(Type::value).toList();
  }

  static byte[] of(int type, Random random) {
    String[] forms = Objects.requireNonNull(FORMS.get(Type.string(type))).split("\\|", -1);
    RandomData data = new RandomData(random);
    for (char part : forms[random.nextInt(forms.length)].toCharArray()) {
      data.part(part);
    }
    return data.out.toByteArray();
  }

  private void part(char part) {
    switch (part) {
      case '1', '2', '4' -> bytes(part - '0');
      case 'e' -> { // a time of six bytes
        number(2, 0);
        bytes(4);
      }
      case 'n' -> name();
      case 't' -> number(2, 1 + random.nextInt(300));
      case 's' -> counted(random.nextInt(20));
      case 'S' -> strings();
      case 'b' -> bytes(random.nextInt(40));
      case 'B' -> bytes(1 + random.nextInt(40));
      case 'h' -> counted(random.nextInt(9));
      case 'H' -> counted(1 + random.nextInt(32));
      case 'L' -> {
        int length = random.nextInt(3) == 0 ? 0 : random.nextInt(40);
        number(2, length);
        bytes(length);
      }
      case 'a' -> bytes(4);
      case 'A' -> {
        out.write(0x20);
        bytes(15);
      }
      case 'c' -> tag();
      case 'f' -> { // Ed25519, SHA-256
        number(2, 0x402);
        bytes(32);
      }
      case 'g' -> geographicPosition();
      case 'i' -> gateway();
      case 'I' -> hostIdentity();
      case 'l' -> location();
      case 'N' -> oldBitmap();
      case 'T' -> bitmap();
      case 'p' -> prefixes();
      case 'v' -> service();
      case 'w' -> bytes(8 + random.nextInt(20));
      case 'z' -> {
        bytes(4);
        out.write(1);
        out.write(1);
        bytes(48);
      }
      case '6' -> a6();
      default -> throw new IllegalStateException("part " + part);
    }
  }

  private void bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    out.writeBytes(bytes);
  }

  private void number(int bytes, long value) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      out.write((int) (value >> shift));
    }
  }

  private void counted(int length) {
    out.write(length);
    if (random.nextBoolean()) {
      bytes(length);
    } else {
      for (int i = 0; i < length; i++) {
        out.write(' ' + random.nextInt(95));
      }
    }
  }

  private void strings() {
    for (int count = 1 + random.nextInt(3); count > 0; count--) {
      counted(random.nextInt(random.nextInt(10) == 0 ? 256 : 20));
    }
  }

  private void name() {
    Name name = RandomMessages.name(random);
    out.writeBytes(name.toWire());
  }

  private void tag() {
    int length = 1 + random.nextInt(12);
    out.write(length);
    for (int i = 0; i < length; i++) {
      out.write(TAG_LETTERS.charAt(random.nextInt(TAG_LETTERS.length())));
    }
  }

  private void text(String text) {
    out.write(text.length());
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void geographicPosition() {
    text((random.nextInt(179) - 89) + ".5");
    text((random.nextInt(179) - 89) + ".25");
    text("10.0");
  }

  private void gateway() {
    int type = random.nextInt(4);
    out.write(random.nextInt(256));
    out.write(type);
    out.write(random.nextInt(3));
    switch (type) {
      case 1 -> bytes(4);
      case 2 -> part('A');
      case 3 -> name();
      default -> {}
    }
    bytes(1 + random.nextInt(30));
  }

  private void hostIdentity() {
    int tag = 1 + random.nextInt(16);
    int key = 1 + random.nextInt(40);
    out.write(tag);
    out.write(random.nextInt(256));
    number(2, key);
    bytes(tag + key);
    for (int servers = random.nextInt(3); servers > 0; servers--) {
      name();
    }
  }

  private void location() {
    out.write(0);
    for (int i = 0; i < 3; i++) {
      out.write(1 + random.nextInt(9) << 4 | random.nextInt(10));
    }
    number(4, (1L << 31) + random.nextInt(2 * 90 * 3_600_000 + 1) - 90 * 3_600_000);
    number(4, (1L << 31) + random.nextLong(2L * 180 * 3_600_000 + 1) - 180 * 3_600_000);
    number(4, random.nextInt(20_000_000));
  }

  private void oldBitmap() {
    byte[] bits = new byte[1 + random.nextInt(16)];
    random.nextBytes(bits);
    bits[0] &= 0x7f;
    bits[bits.length - 1] |= 1;
    out.writeBytes(bits);
  }

  private void bitmap() {
    int window = random.nextInt(3);
    for (int windows = random.nextInt(3); windows > 0 && window < 256; windows--) {
      byte[] bits = new byte[1 + random.nextInt(32)];
      random.nextBytes(bits);
      bits[bits.length - 1] |= (byte) (1 + random.nextInt(255));
      out.write(window);
      out.write(bits.length);
      out.writeBytes(bits);
      window += 1 + random.nextInt(100);
    }
  }

  private void prefixes() {
    for (int count = random.nextInt(4); count > 0; count--) {
      boolean v4 = random.nextBoolean();
      int length = 1 + random.nextInt(v4 ? 4 : 16);
      number(2, v4 ? 1 : 2);
      out.write(8 * length);
      out.write(length | (random.nextBoolean() ? 0x80 : 0));
      out.write(0x20);
      bytes(length - 1);
      if (length > 1) { // without zeros at its end
        byte[] soFar = out.toByteArray();
        soFar[soFar.length - 1] |= 1;
        out.reset();
        out.writeBytes(soFar);
      }
    }
  }

  private void a6() {
    int prefix = random.nextInt(129);
    out.write(prefix);
    int suffixBits = 128 - prefix;
    byte[] suffix = new byte[(suffixBits + 7) / 8];
    random.nextBytes(suffix);
    if (suffix.length > 0 && suffixBits % 8 != 0) {
      suffix[0] &= (byte) (0xff >> 8 - suffixBits % 8);
    }
    out.writeBytes(suffix);
    if (prefix > 0) {
      name();
    }
  }

  private void service() {
    boolean alias = random.nextInt(4) == 0;
    number(2, alias ? 0 : 1 + random.nextInt(100));
    name();
    if (alias) {
      return;
    }
    int mandatory = random.nextInt(4);
    if (mandatory > 0) {
      parameter(0, 2);
      number(2, 3);
    }
    if (random.nextBoolean()) {
      byte[] ids =
          random.nextBoolean() ? new byte[] {2, 'h', '2'} : new byte[] {2, 'h', '3', 1, 'x'};
      parameter(1, ids.length);
      out.writeBytes(ids);
      if (random.nextBoolean()) {
        parameter(2, 0);
      }
    }
    if (mandatory > 0 || random.nextBoolean()) {
      parameter(3, 2);
      bytes(2);
    }
    if (random.nextBoolean()) {
      int addresses = 1 + random.nextInt(3);
      parameter(4, 4 * addresses);
      bytes(4 * addresses);
    }
    if (random.nextBoolean()) {
      int length = 1 + random.nextInt(40);
      parameter(5, length);
      bytes(length);
    }
    if (random.nextBoolean()) {
      parameter(6, 16);
      part('A');
    }
    if (random.nextInt(3) == 0) {
      int length = 1 + random.nextInt(12);
      parameter(100 + random.nextInt(60_000), length);
      for (int i = 0; i < length; i++) {
        out.write(TAG_LETTERS.charAt(random.nextInt(TAG_LETTERS.length())));
      }
    }
  }

  private void parameter(int key, int length) {
    number(2, key);
    number(2, length);
  }
}
