package dev.jig.dns;

/// The parameters of SVCB and HTTPS (RFC 9460 sections 2.1, 7 and 8, and appendix A), in ascending
/// order of keys.
///
/// ```
///   key 2 | length 2 | value
/// ```
final class ServiceParameters {
  private static final String[] NAMES = {
    "mandatory",
    "alpn",
    "no-default-alpn",
    "port",
    "ipv4hint",
    "ech",
    "ipv6hint",
    "dohpath", // RFC 9461
    "ohttp", // RFC 9540
    "tls-supported-groups"
  };
  private static final int MANDATORY = 0;
  private static final int ALPN = 1;
  private static final int NO_DEFAULT_ALPN = 2;
  private static final int PORT = 3;
  private static final int IPV4_HINT = 4;
  private static final int ECH = 5;
  private static final int IPV6_HINT = 6;
  private static final int OHTTP = 8;
  private static final int TLS_SUPPORTED_GROUPS = 9;

  private ServiceParameters() {}

  static boolean write(RecordData data, Presentation text) {
    int lastKey = -1;
    while (data.remaining() > 0) {
      if (!data.require(4)) {
        return false;
      }
      int key = data.take16();
      int length = data.take16();
      if (key <= lastKey || !data.require(length)) {
        return data.fail();
      }
      if (lastKey >= 0) {
        text.put(' ');
      }
      lastKey = key;
      text.put(name(key));
      int start = data.at();
      if (!writeValue(key, data.buffer(), start, start + length, text)) {
        return data.fail();
      }
      data.skip(length);
    }
    return true;
  }

  private static String name(int key) {
    return key < NAMES.length ? NAMES[key] : "key" + key;
  }

  /// Writes `=` and the value; false if the value does not fit the key.
  private static boolean writeValue(int key, byte[] from, int start, int end, Presentation text) {
    int length = end - start;
    return switch (key) {
      case NO_DEFAULT_ALPN, OHTTP -> length == 0;
      case MANDATORY -> writeKeys(from, start, end, text.put('='));
      case ALPN -> writeIds(from, start, end, text.put('='));
      case PORT -> length == 2 && writeNumbers(from, start, end, text.put('='));
      case TLS_SUPPORTED_GROUPS -> writeNumbers(from, start, end, text.put('='));
      case IPV4_HINT -> writeAddresses(from, start, end, 4, text.put('='));
      case IPV6_HINT -> writeAddresses(from, start, end, 16, text.put('='));
      case ECH -> length > 0 && text.put('=').base64(from, start, end).length() > 0;
      default -> writeCharacters(from, start, end, text);
    };
  }

  /// The mandatory keys (section 8): ascending, without `mandatory` itself.
  private static boolean writeKeys(byte[] from, int start, int end, Presentation text) {
    int last = MANDATORY;
    for (int at = start; at + 2 <= end; at += 2) {
      int key = WireCursor.read16(from, at);
      if (key <= last) {
        return false;
      }
      (at == start ? text : text.put(',')).put(name(key));
      last = key;
    }
    return end > start && (end - start) % 2 == 0;
  }

  private static boolean writeNumbers(byte[] from, int start, int end, Presentation text) {
    for (int at = start; at + 2 <= end; at += 2) {
      (at == start ? text : text.put(',')).decimal(WireCursor.read16(from, at));
    }
    return end > start && (end - start) % 2 == 0;
  }

  private static boolean writeAddresses(
      byte[] from, int start, int end, int size, Presentation text) {
    for (int at = start; at + size <= end; at += size) {
      if (at > start) {
        text.put(',');
      }
      if (size == 4) {
        text.ipv4(from, at);
      } else {
        text.ipv6(from, at);
      }
    }
    return end > start && (end - start) % size == 0;
  }

  /// Protocol ids, each with a length byte. A comma or backslash within an id is escaped by a
  /// backslash, which is escaped again as a character of the string (appendix A.1).
  private static boolean writeIds(byte[] from, int start, int end, Presentation text) {
    if (!idsFit(from, start, end)) {
      return false;
    }
    boolean quotes = needsQuotes(from, start, end);
    quote(quotes, text);
    for (int at = start; at < end; at += 1 + (from[at] & 0xff)) {
      if (at > start) {
        text.put(',');
      }
      for (int i = at + 1; i <= at + (from[at] & 0xff); i++) {
        if (from[i] == ',' || from[i] == '\\') {
          text.put("\\\\");
        }
        text.character(from[i] & 0xff);
      }
    }
    quote(quotes, text);
    return true;
  }

  private static boolean idsFit(byte[] from, int start, int end) {
    int at = start;
    while (at < end && from[at] != 0) {
      at += 1 + (from[at] & 0xff);
    }
    return at == end && at > start;
  }

  private static boolean writeCharacters(byte[] from, int start, int end, Presentation text) {
    if (start == end) {
      return true;
    }
    boolean quotes = needsQuotes(from, start, end);
    text.put('=');
    quote(quotes, text);
    for (int i = start; i < end; i++) {
      text.character(from[i] & 0xff);
    }
    quote(quotes, text);
    return true;
  }

  private static void quote(boolean quotes, Presentation text) {
    if (quotes) {
      text.put('"');
    }
  }

  /// Whether a character would end an unquoted string or is special in zone files.
  private static boolean needsQuotes(byte[] from, int start, int end) {
    for (int i = start; i < end; i++) {
      if (" \"();\\".indexOf(from[i]) >= 0) {
        return true;
      }
    }
    return false;
  }
}
