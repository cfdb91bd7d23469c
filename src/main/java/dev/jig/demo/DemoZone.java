package dev.jig.demo;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The zone of the demo's resolver: `example.test` and `mail.example.test` have A, AAAA and MX
/// records, `silent.example.test` is not answered, all other names are NXDOMAIN.
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

  private DemoZone() {}

  /// Builds a query for one name and type, recursion desired (RFC 1035 section 4.1).
  static byte[] query(int id, String name, int type) {
    ByteBuffer message = ByteBuffer.allocate(512);
    message.putShort((short) id).putShort((short) 0x0100);
    message.putShort((short) 1).putShort((short) 0).putShort((short) 0).putShort((short) 0);
    putName(message, name);
    message.putShort((short) type).putShort((short) CLASS_IN);
    return bytes(message);
  }

  /// Builds the response to a query; null: send none.
  static byte @Nullable [] response(byte[] query) {
    int end = questionEnd(query);
    String name = name(query);
    if (name.equals("silent.example.test")) {
      return null;
    }
    int type = (query[end - 4] & 0xff) << 8 | query[end - 3] & 0xff;
    boolean exists = name.equals("example.test") || name.equals("mail.example.test");
    ByteBuffer message = ByteBuffer.allocate(512);
    message.putShort((short) ((query[0] & 0xff) << 8 | query[1] & 0xff));
    message.putShort((short) (RESPONSE_FLAGS | (exists ? 0 : RCODE_NXDOMAIN)));
    message.putShort((short) 1).putShort((short) 0).putShort((short) 0).putShort((short) 0);
    message.put(query, HEADER, end - HEADER);
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
