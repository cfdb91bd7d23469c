package dev.jig.dns;

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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the options of an OPT record (RFC 6891 section 6.1.2).
///
/// ```
///   code 2 | length 2 | data
/// ```
final class EdnsOptions {
  static final int NAME_SERVER_ID = 3;
  private static final int DAU = 5;
  private static final int N3U = 7;
  static final int CLIENT_SUBNET = 8;
  static final int EXPIRE = 9;
  static final int COOKIE = 10;
  static final int TCP_KEEPALIVE = 11;
  static final int PADDING = 12;
  static final int CHAIN = 13;
  private static final int KEY_TAG = 14;
  static final int EXTENDED_ERROR = 15;
  static final int REPORT_CHANNEL = 18;

  private static final int HEAD_LENGTH = 4;
  private static final int CLIENT_COOKIE = 8;

  /// By code, from 1 on.
  private static final String[] NAMES = {
    "LLQ",
    "UPDATE-LEASE",
    "NSID",
    "OPT4",
    "DAU",
    "DHU",
    "N3U",
    "ECS",
    "EXPIRE",
    "COOKIE",
    "KEEPALIVE",
    "PADDING",
    "CHAIN",
    "KEY-TAG",
    "EDE",
    "CLIENT-TAG",
    "SERVER-TAG",
    "REPORT-CHANNEL",
    "ZONEVERSION"
  };

  /// IANA registry "Extended DNS Error Codes".
  private static final String[] PURPOSES = {
    "Other Error",
    "Unsupported DNSKEY Algorithm",
    "Unsupported DS Digest Type",
    "Stale Answer",
    "Forged Answer",
    "DNSSEC Indeterminate",
    "DNSSEC Bogus",
    "Signature Expired",
    "Signature Not Yet Valid",
    "DNSKEY Missing",
    "RRSIGs Missing",
    "No Zone Key Bit Set",
    "NSEC Missing",
    "Cached Error",
    "Not Ready",
    "Blocked",
    "Censored",
    "Filtered",
    "Prohibited",
    "Stale NXDomain Answer",
    "Not Authoritative",
    "Not Supported",
    "No Reachable Authority",
    "Network Error",
    "Invalid Data",
    "Signature Expired before Valid",
    "Too Early",
    "Unsupported NSEC3 Iterations Value",
    "Unable to conform to policy",
    "Synthesized",
    "Invalid Query Type"
  };

  private final RecordData data;
  private final Presentation text;
  private final List<EdnsOption> options = new ArrayList<>();
  private @Nullable Malformation malformation;
  private int malformedAt;

  EdnsOptions(RecordData data, Presentation text) {
    this.data = data;
    this.text = text;
  }

  static String name(int code) {
    return code >= 1 && code <= NAMES.length ? NAMES[code - 1] : "OPT" + code;
  }

  static @Nullable String purpose(int infoCode) {
    return infoCode < PURPOSES.length ? PURPOSES[infoCode] : null;
  }

  /// The options between two offsets of the buffer, before a truncated one; see [#malformation].
  List<EdnsOption> read(int start, int end) {
    options.clear();
    malformation = null;
    int at = start;
    while (at < end) {
      if (end - at < HEAD_LENGTH) {
        recordDamage(at);
        break;
      }
      int code = WireCursor.read16(data.buffer(), at);
      int length = WireCursor.read16(data.buffer(), at + 2);
      int from = at + HEAD_LENGTH;
      if (length > end - from) {
        recordDamage(at);
        break;
      }
      options.add(option(code, from, from + length));
      at = from + length;
    }
    return options;
  }

  @Nullable Malformation malformation() {
    return malformation;
  }

  /// The offset of the damage in the buffer.
  int malformedAt() {
    return malformedAt;
  }

  private void recordDamage(int at) {
    if (malformation == null) {
      malformation = Malformation.BAD_OPTION;
      malformedAt = at;
    }
  }

  private EdnsOption option(int code, int start, int end) {
    data.select(start, end);
    EdnsOption parsed = parse(code, end - start);
    if (parsed != null) {
      return parsed;
    }
    if (code >= 1 && hasFormat(code)) {
      recordDamage(start - HEAD_LENGTH);
    }
    return new Other(code, hex(start, end));
  }

  private static boolean hasFormat(int code) {
    return switch (code) {
      case 1, 2, 4, 16, 17, 19 -> false;
      default -> code <= REPORT_CHANNEL;
    };
  }

  /// Null if the code is unknown or the data do not fit it.
  private @Nullable EdnsOption parse(int code, int length) {
    int start = data.at();
    return switch (code) {
      case NAME_SERVER_ID -> new NameServerId(hex(start, start + length), characters(length));
      case DAU, DAU + 1, N3U -> new Numbers(code, numbers(1));
      case CLIENT_SUBNET -> clientSubnet(length);
      case EXPIRE ->
          length == 0 ? new Expire(null) : length == 4 ? new Expire(data.take32()) : null;
      case COOKIE -> cookie(start, length);
      case TCP_KEEPALIVE ->
          length == 0
              ? new TcpKeepalive(null)
              : length == 2 ? new TcpKeepalive(data.take16()) : null;
      case PADDING -> new Padding(length);
      case CHAIN -> {
        String name = name();
        yield name == null ? null : new Chain(name);
      }
      case KEY_TAG -> length > 0 && length % 2 == 0 ? new Numbers(code, numbers(2)) : null;
      case EXTENDED_ERROR -> length < 2 ? null : extendedError(length - 2);
      case REPORT_CHANNEL -> {
        String name = name();
        yield name == null ? null : new ReportChannel(name);
      }
      default -> null;
    };
  }

  /// Family, source and scope prefix lengths, then the address bytes of the source prefix (RFC 7871
  /// section 6).
  private @Nullable ClientSubnet clientSubnet(int length) {
    if (length < 4) {
      return null;
    }
    int family = data.take16();
    int source = data.take8();
    int scope = data.take8();
    int size = family == 1 ? 4 : family == 2 ? 16 : 0;
    int given = (source + 7) / 8;
    if (size == 0 || source > 8 * size || scope > 8 * size || given != length - 4) {
      return null;
    }
    byte[] address = new byte[size];
    System.arraycopy(data.buffer(), data.at(), address, 0, given);
    text.begin(Integer.MAX_VALUE);
    String shown = (size == 4 ? text.ipv4(address, 0) : text.ipv6(address, 0)).toString();
    return new ClientSubnet(shown, source, scope);
  }

  private @Nullable Cookie cookie(int start, int length) {
    int server = length - CLIENT_COOKIE;
    if (server != 0 && (server < 8 || server > 32)) {
      return null;
    }
    String client = hex(start, start + CLIENT_COOKIE);
    int from = start + CLIENT_COOKIE;
    return new Cookie(client, server == 0 ? null : hex(from, from + server));
  }

  /// The text is UTF-8 and may end with a zero byte (RFC 8914 section 2).
  private ExtendedError extendedError(int textLength) {
    int infoCode = data.take16();
    int start = data.at();
    boolean terminated = textLength > 0 && data.buffer()[start + textLength - 1] == 0;
    int characters = terminated ? textLength - 1 : textLength;
    String extra = new String(data.buffer(), start, characters, StandardCharsets.UTF_8);
    return new ExtendedError(infoCode, extra);
  }

  /// An uncompressed name that fills the option; null if it does not.
  private @Nullable String name() {
    text.begin(Integer.MAX_VALUE);
    return data.writeUncompressedName() && data.remaining() == 0 ? text.toString() : null;
  }

  private List<Integer> numbers(int bytes) {
    List<Integer> numbers = new ArrayList<>();
    while (data.remaining() >= bytes) {
      numbers.add(bytes == 1 ? data.take8() : data.take16());
    }
    return numbers;
  }

  private String characters(int length) {
    text.begin(Integer.MAX_VALUE);
    for (int i = 0; i < length; i++) {
      text.character(data.buffer()[data.at() + i] & 0xff);
    }
    return text.toString();
  }

  private String hex(int start, int end) {
    return HexFormat.of().formatHex(data.buffer(), start, end);
  }
}
