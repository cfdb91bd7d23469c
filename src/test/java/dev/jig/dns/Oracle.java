package dev.jig.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.dns.DecodedMessage.Question;
import dev.jig.dns.EdnsOption.ClientSubnet;
import dev.jig.dns.EdnsOption.Cookie;
import dev.jig.dns.EdnsOption.ExtendedError;
import dev.jig.dns.EdnsOption.NameServerId;
import dev.jig.dns.EdnsOption.Padding;
import dev.jig.dns.EdnsOption.TcpKeepalive;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.CookieOption;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSIDOption;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TcpKeepaliveOption;
import org.xbill.DNS.Type;
import org.xbill.DNS.UNKRecord;

/// A message read by dnsjava. Known differences from our text, by design:
///
/// - in names dnsjava also escapes `"`, `(`, `)`, `;`, `@` and `$`;
/// - it writes IPv6 addresses without `::`, we as RFC 5952;
/// - it omits the quotes of TXT and SPF if possible, we never do; it never quotes SVCB parameters
///   and names other ones;
/// - it writes whole seconds and metres in LOC without fraction, we as RFC 1876's own program, with
///   two digits for minutes;
/// - it has no mnemonics for the newest types;
/// - it omits the lengths in TSIG and TKEY, which have no presentation format in an RFC;
/// - it reads a TTL of more than 31 bits as 0 (RFC 2181 section 8); we show the wire value;
/// - it decodes a second OPT, and one that is not of the root; we show them as hex;
/// - it writes a blank after an empty `\#`, and an empty digest as `""`; we write neither.
final class Oracle {
  private static final Pattern ESCAPED = Pattern.compile("\\\\(.)");
  private static final String PLAIN_IN_OUR_NAMES = "\"();@$";
  private static final Pattern IPV6 =
      Pattern.compile("(?<![\\w.])[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7}(?![\\w:])");
  private static final Pattern NUMBERED_TYPE = Pattern.compile("(?<= |^)TYPE(\\d+)(?= |$)");
  private static final Pattern PREFIX_FAMILY = Pattern.compile("(?<=^|[ !])2:");

  /// Parameters that are only bytes to dnsjava.
  private static final Pattern OTHER_PARAMETER =
      Pattern.compile(
          " (?:tls-supported-groups|docpath|pvd|oots|key9|key1[012])"
              + "(?:=(?:\"(?:\\\\.|[^\"\\\\])*\"|(?:\\\\.|[^\\s\\\\])*))?");

  private static final Set<Integer> TEXTS =
      Set.of(Type.TXT, Type.SPF, Type.CAA, Type.HINFO, Type.URI);

  private final byte[] wire;
  private final Message message;

  private Oracle(byte[] wire, Message message) {
    this.wire = wire;
    this.message = message;
  }

  /// @throws IOException if dnsjava does not take all of it
  static Oracle of(byte[] wire) throws IOException {
    Message message = new Message(wire);
    Header counted = new Header(wire);
    for (int section = Section.QUESTION; section <= Section.ADDITIONAL; section++) {
      if (message.getSection(section).size() != counted.getCount(section)) {
        throw new IOException("cut off under TC");
      }
    }
    return new Oracle(wire, message);
  }

  void assertAgreesWith(DecodedMessage decoded) {
    String hex = HexFormat.of().formatHex(wire);
    assertThat(decoded.opcode()).as(hex).isEqualTo(message.getHeader().getOpcode());
    assertSameQuestions(hex, decoded.questions(), message.getSection(Section.QUESTION));
    assertSame(hex, decoded.answers(), message.getSection(Section.ANSWER));
    assertSame(hex, decoded.authority(), message.getSection(Section.AUTHORITY));
    List<Record> additional = message.getSection(Section.ADDITIONAL);
    OPTRecord opt =
        additional.stream()
            .filter(record -> record instanceof OPTRecord && record.getName().equals(Name.root))
            .map(OPTRecord.class::cast)
            .findFirst()
            .orElse(null);
    assertSameEdns(hex, decoded.edns(), opt);
    List<Record> others = new ArrayList<>(additional);
    others.remove(opt);
    assertSame(hex, decoded.additional(), others);
  }

  private static void assertSameQuestions(String hex, List<Question> ours, List<Record> theirs) {
    assertThat(ours).as(hex).hasSameSizeAs(theirs);
    for (int i = 0; i < ours.size(); i++) {
      assertThat(ours.get(i).type()).as(hex).isEqualTo(theirs.get(i).getType());
      assertThat(ours.get(i).questionClass()).as(hex).isEqualTo(theirs.get(i).getDClass());
      assertThat(ours.get(i).name()).as(hex).isEqualTo(plain(theirs.get(i).getName().toString()));
    }
  }

  private static void assertSame(String hex, List<ResourceRecord> ours, List<Record> theirs) {
    assertThat(ours).as(hex).hasSameSizeAs(theirs);
    for (int i = 0; i < ours.size(); i++) {
      ResourceRecord our = ours.get(i);
      Record their = theirs.get(i);
      String where = Type.string(our.type()) + " in " + hex;
      assertThat(our.name()).as(where).isEqualTo(plain(their.getName().toString()));
      assertThat(our.type()).as(where).isEqualTo(their.getType());
      assertThat(our.recordClass()).as(where).isEqualTo(their.getDClass());
      assertThat(our.ttl()).as(where).isEqualTo(shownTtl(our.ttl(), their.getTTL()));
      assertSameData(where, our, their);
    }
  }

  private static long shownTtl(long our, long their) {
    return our > Integer.MAX_VALUE && their == 0 ? our : their;
  }

  private static void assertSameData(String where, ResourceRecord our, Record their) {
    if (our.type() == Type.OPT) { // not the root's, or a second one: not EDNS to us
      assertThat(our.data()).as(where).startsWith("\\#");
    } else if (RecordFormat.of(our.type()) != null && their instanceof UNKRecord) {
      assertThat(our.data()).as(where).doesNotStartWith("\\#"); // a type that dnsjava does not know
    } else {
      assertThat(comparable(our.type(), our.data()))
          .as(where)
          .isEqualTo(comparable(our.type(), theirText(their)));
    }
  }

  private static String theirText(Record their) {
    return switch (their.getType()) {
      case Type.TSIG -> SignatureText.of((org.xbill.DNS.TSIGRecord) their);
      case Type.TKEY -> SignatureText.of((org.xbill.DNS.TKEYRecord) their);
      default -> their.rdataToString();
    };
  }

  private static String comparable(int type, String data) {
    String text = plain(data.strip());
    if (type == Type.APL) {
      text = PREFIX_FAMILY.matcher(text).replaceAll("IPv6 ");
    }
    text = IPV6.matcher(text).replaceAll(match -> address(match.group()));
    return switch (type) {
      case Type.DS, Type.CDS, Type.DLV, Type.SSHFP -> text.replace(" \"\"", "");
      case Type.SVCB, Type.HTTPS -> comparableParameters(text);
      case Type.TXT, Type.SPF -> text.replace("\"", "");
      case Type.LOC ->
          text.replaceAll("\\.0+(?=[ m])", "").replaceAll("(?<=^| )0(\\d)(?=[ .])", "$1");
      case Type.NSEC, Type.NSEC3, Type.NXT, Type.RRSIG, Type.SIG ->
          NUMBERED_TYPE
              .matcher(text)
              .replaceAll(match -> RecordType.mnemonic(Integer.parseInt(match.group(1))));
      default -> text;
    };
  }

  private static String comparableParameters(String text) {
    return OTHER_PARAMETER
        .matcher(text)
        .replaceAll(" others")
        .replace("\"", "")
        .replaceAll("(?<!\\\\)((?:\\\\\\\\)*)\\\\ ", "$1 ") // it escapes blanks where we quote
        .replace("\\092", "\\\\")
        .replace(" dohpath", " key7")
        .replace(" ohttp", " key8");
  }

  private static String plain(String text) {
    return ESCAPED
        .matcher(text)
        .replaceAll(match -> Matcher.quoteReplacement(match.group(isPlain(match) ? 1 : 0)));
  }

  private static boolean isPlain(MatchResult escaped) {
    return PLAIN_IN_OUR_NAMES.contains(escaped.group(1));
  }

  private static String address(String text) {
    try {
      return InetAddress.getByName(text).getHostAddress();
    } catch (UnknownHostException e) {
      return text;
    }
  }

  /// The records of the answer section.
  List<Record> answers() {
    return message.getSection(Section.ANSWER);
  }

  /// That dnsjava reads our text as the bytes it was made of. Returns whether it could be asked.
  static boolean assertReadsBack(ResourceRecord our, Record their) throws IOException {
    if (ESCAPED.matcher(their.rdataToString()).results().anyMatch(Oracle::isPlain)
        && !TEXTS.contains(our.type())) {
      return false; // a name that we write otherwise
    }
    Record read =
        Record.fromString(
            their.getName(), our.type(), their.getDClass(), our.ttl(), our.data(), Name.root);
    assertThat(HexFormat.of().formatHex(read.rdataToWireCanonical()))
        .as(our.toString())
        .isEqualTo(HexFormat.of().formatHex(their.rdataToWireCanonical()));
    return true;
  }

  private static void assertSameEdns(String hex, @Nullable Edns ours, @Nullable OPTRecord theirs) {
    assertThat(ours == null).as(hex).isEqualTo(theirs == null);
    if (ours == null || theirs == null) {
      return;
    }
    assertThat(ours.udpSize()).as(hex).isEqualTo(theirs.getPayloadSize());
    if (ours.rcode() < 0x800) { // else it takes the OPT's TTL field for an overlarge TTL
      assertThat(ours.version()).as(hex).isEqualTo(theirs.getVersion());
      assertThat(ours.rcode() >> 4).as(hex).isEqualTo(theirs.getExtendedRcode());
      assertThat(ours.dnssecOk()).as(hex).isEqualTo((theirs.getFlags() & ExtendedFlags.DO) != 0);
      assertThat(ours.flags()).as(hex).isEqualTo(theirs.getFlags() & 0x7fff);
    }
    List<EDNSOption> options = theirs.getOptions();
    assertThat(ours.options()).as(hex).hasSameSizeAs(options);
    for (int i = 0; i < options.size(); i++) {
      assertSameOption(hex, ours.options().get(i), options.get(i));
    }
  }

  private static void assertSameOption(String hex, EdnsOption our, EDNSOption their) {
    assertThat(our.code()).as(hex).isEqualTo(their.getCode());
    switch (their) {
      case ClientSubnetOption subnet -> {
        ClientSubnet same = (ClientSubnet) our;
        assertThat(address(same.address())).as(hex).isEqualTo(subnet.getAddress().getHostAddress());
        assertThat(same.sourcePrefix()).as(hex).isEqualTo(subnet.getSourcePrefixLength());
        assertThat(same.scopePrefix()).as(hex).isEqualTo(subnet.getScopePrefixLength());
      }
      case CookieOption cookie -> {
        byte[] server = cookie.getServerCookie().orElse(null);
        String serverHex = server == null ? null : HexFormat.of().formatHex(server);
        String client = HexFormat.of().formatHex(cookie.getClientCookie());
        assertThat(our).as(hex).isEqualTo(new Cookie(client, serverHex));
      }
      case ExtendedErrorCodeOption error -> {
        ExtendedError same = (ExtendedError) our;
        assertThat(same.infoCode()).as(hex).isEqualTo(error.getErrorCode());
        assertThat(same.extraText()).as(hex).isEqualTo(Objects.toString(error.getText(), ""));
      }
      case NSIDOption id ->
          assertThat(((NameServerId) our).id())
              .as(hex)
              .isEqualTo(
                  HexFormat.of().formatHex(Arrays.copyOfRange(id.toWire(), 4, id.toWire().length)));
      case TcpKeepaliveOption keepalive ->
          assertThat(((TcpKeepalive) our).tenthsOfSeconds())
              .as(hex)
              .isEqualTo(
                  keepalive.getTimeout().isPresent() ? keepalive.getTimeout().getAsInt() : null);
      default -> {
        if (our instanceof Padding padding) {
          assertThat(padding.length()).as(hex).isEqualTo(their.toWire().length - 4);
        }
      }
    }
  }
}
