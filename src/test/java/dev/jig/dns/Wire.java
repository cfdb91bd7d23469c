package dev.jig.dns;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Messages written by hand: hex digits, blanks ignored, with names put in by [#name].
final class Wire {
  static final String IN_A = "0001 0001";
  static final String TO_FIRST_NAME = "c00c";

  private Wire() {}

  static byte[] bytes(String... parts) {
    return HexFormat.of().parseHex(String.join("", parts).replace(" ", ""));
  }

  /// The labels of a plain dotted name and the root, as hex.
  static String name(String dotted) {
    StringBuilder hex = new StringBuilder();
    for (String label : dotted.split("\\.", -1)) {
      hex.append(label(label));
    }
    return hex.append("00").toString();
  }

  /// One label, as hex.
  static String label(String label) {
    byte[] bytes = label.getBytes(StandardCharsets.ISO_8859_1);
    return HexFormat.of().toHexDigits((byte) bytes.length) + HexFormat.of().formatHex(bytes);
  }

  /// A response's header, id abcd, with one question and this many records in each section.
  static String response(int answers, int authority, int additional) {
    return "abcd 8180 0001" + hex16(answers) + hex16(authority) + hex16(additional);
  }

  /// A query's header, id abcd, RD set, with one question.
  static String query() {
    return "abcd 0100 0001 0000 0000 0000";
  }

  /// A record of class IN with a TTL of one hour.
  static String record(String owner, int type, String data) {
    int length = data.replace(" ", "").length() / 2;
    return owner + hex16(type) + "0001 00000e10" + hex16(length) + data;
  }

  static String hex16(int value) {
    return HexFormat.of().toHexDigits((short) value);
  }
}
