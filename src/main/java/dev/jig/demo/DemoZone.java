package dev.jig.demo;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The zones of the demo's resolver:
///
/// | name | answer |
/// |---|---|
/// | `example.test`, `mail.example.test`, `api-N.example.test` | A, AAAA and MX records |
/// | `lost-N.example.test` | the same, but the first AAAA query of each is not answered |
/// | `silent.example.test` | never answered |
/// | below `broken.test` | SERVFAIL with an Extended DNS Error |
/// | all others | NXDOMAIN |
final class DemoZone {
  static final int TYPE_A = 1;
  static final int TYPE_MX = 15;
  static final int TYPE_AAAA = 28;

  private static final int CLASS_IN = 1;
  private static final int HEADER = 12;
  private static final int RCODE_NXDOMAIN = 3;
  private static final int TTL_S = 60;
  // QR, AA, RD, RA (RFC 1035 section 4.1.1)
  private static final int RESPONSE_FLAGS = 0x8580;

  private static final int RCODE_SERVFAIL = 2;
  private static final int TYPE_OPT = 41;
  private static final int UDP_SIZE = 1232;
  private static final int OPTION_EDE = 15; // RFC 8914
  private static final int EDE_NO_REACHABLE_AUTHORITY = 22;

  /// Names of which the first AAAA query was ignored.
  private final Set<String> lost = ConcurrentHashMap.newKeySet();

  /// Builds a query for one name and type, recursion desired (RFC 1035 section 4.1).
  static byte[] query(int id, String name, int type) {
    ByteBuffer message = ByteBuffer.allocate(512);
    message.putShort((short) id).putShort((short) 0x0100);
    message.putShort((short) 1).putShort((short) 0).putShort((short) 0).putShort((short) 0);
    putName(message, name);
    message.putShort((short) type).putShort((short) CLASS_IN);
    return bytes(message);
  }

  /// Adds an OPT record to a query (RFC 6891 section 6.1.2).
  static byte[] withEdns(byte[] query) {
    ByteBuffer message = ByteBuffer.allocate(query.length + 11).put(query);
    putOpt(message, 0);
    return message.putShort(10, (short) 1).array();
  }

  /// Builds the response to a query; null: send none.
  byte @Nullable [] response(byte[] query) {
    int end = questionEnd(query);
    String name = name(query);
    int type = (query[end - 4] & 0xff) << 8 | query[end - 3] & 0xff;
    if (name.equals("silent.example.test") || isLost(name, type)) {
      return null;
    }
    return name.endsWith(".broken.test") ? failure(query, end) : answer(query, end, name, type);
  }

  private boolean isLost(String name, int type) {
    return name.startsWith("lost-") && type == TYPE_AAAA && lost.add(name);
  }

  private static byte[] failure(byte[] query, int end) {
    ByteBuffer message = header(query, end, RCODE_SERVFAIL);
    if (query[11] != 0) { // the client understands EDNS
      message.putShort(10, (short) 1);
      byte[] text = "all nameservers of broken.test time out".getBytes(StandardCharsets.US_ASCII);
      putOpt(message, 6 + text.length);
      message.putShort((short) OPTION_EDE).putShort((short) (2 + text.length));
      message.putShort((short) EDE_NO_REACHABLE_AUTHORITY).put(text);
    }
    return bytes(message);
  }

  private static void putOpt(ByteBuffer message, int dataLength) {
    message.put((byte) 0).putShort((short) TYPE_OPT).putShort((short) UDP_SIZE);
    message.putInt(0).putShort((short) dataLength);
  }

  private static ByteBuffer header(byte[] query, int end, int rcode) {
    ByteBuffer message = ByteBuffer.allocate(512);
    message.putShort((short) ((query[0] & 0xff) << 8 | query[1] & 0xff));
    message.putShort((short) (RESPONSE_FLAGS | rcode));
    message.putShort((short) 1).putShort((short) 0).putShort((short) 0).putShort((short) 0);
    return message.put(query, HEADER, end - HEADER);
  }

  private static byte[] answer(byte[] query, int end, String name, int type) {
    String host = name.replaceFirst("^(mail|lost-\\d+|api-\\d+)\\.", "");
    boolean exists = host.equals("example.test");
    ByteBuffer message = header(query, end, exists ? 0 : RCODE_NXDOMAIN);
    if (exists) {
      message.putShort(6, (short) putAnswers(message, type));
    }
    return bytes(message);
  }

  private static int putAnswers(ByteBuffer message, int type) {
    return switch (type) {
      case TYPE_A -> {
        putRecord(message, type, new byte[] {(byte) 192, 0, 2, 1});
        putRecord(message, type, new byte[] {(byte) 192, 0, 2, 2});
        yield 2;
      }
      case TYPE_AAAA -> {
        byte[] address = new byte[16];
        ByteBuffer.wrap(address).putInt(0x20010db8).put(15, (byte) 1);
        putRecord(message, type, address);
        yield 1;
      }
      case TYPE_MX -> {
        ByteBuffer exchange = ByteBuffer.allocate(64).putShort((short) 10);
        putName(exchange, "mail.example.test");
        putRecord(message, type, bytes(exchange));
        yield 1;
      }
      default -> 0;
    };
  }

  private static void putRecord(ByteBuffer message, int type, byte[] data) {
    message.putShort((short) (0xc000 | HEADER)); // the question's name
    message.putShort((short) type).putShort((short) CLASS_IN).putInt(TTL_S);
    message.putShort((short) data.length).put(data);
  }

  private static void putName(ByteBuffer message, String name) {
    for (String label : name.split("\\.", -1)) {
      message.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
    }
    message.put((byte) 0);
  }

  private static int questionEnd(byte[] query) {
    int at = HEADER;
    while (query[at] != 0) {
      at += 1 + query[at];
    }
    return at + 5;
  }

  private static String name(byte[] query) {
    StringBuilder name = new StringBuilder();
    for (int at = HEADER; query[at] != 0; at += 1 + query[at]) {
      name.append(name.isEmpty() ? "" : ".");
      name.append(new String(query, at + 1, query[at], StandardCharsets.US_ASCII));
    }
    return name.toString();
  }

  private static byte[] bytes(ByteBuffer message) {
    byte[] bytes = new byte[message.position()];
    message.get(0, bytes);
    return bytes;
  }
}
