package dev.jig.output.json;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.jig.dns.Dialect;
import dev.jig.dns.RecordType;
import dev.jig.event.Dns;
import dev.jig.event.Flow;
import dev.jig.event.IpAddress;
import dev.jig.event.Question;
import dev.jig.event.Row;
import dev.jig.event.WireMessage;
import dev.jig.output.AddressTextCache;
import java.util.List;

/// Writes the sections of the most frequent messages straight from their bytes: one question of
/// class IN; answers of type A or AAAA with the question's name; no other record but an OPT record
/// without options. JsonLinesDocumentTest compares the output with that of [MessageContentWriter],
/// which writes all others.
final class PlainAnswerWriter {
  private static final SerializableString ANSWERS = new SerializedString("answers");
  private static final byte[] NAME = JsonLinesDocument.key("name");
  private static final byte[] TYPE = JsonLinesDocument.key("type");
  private static final byte[] TTL = JsonLinesDocument.key("ttl");
  private static final byte[] DATA = JsonLinesDocument.key("data");
  private static final SerializableString EDNS = new SerializedString("edns");
  private static final byte[] UDP_SIZE = JsonLinesDocument.key("udpSize");
  private static final SerializableString DNSSEC_OK = new SerializedString("do");

  private static final int HEADER = 12;
  private static final int OPCODE_MASK = 0x7800;

  /// Type and class behind a question's name.
  private static final int QUESTION_TAIL = 4;

  /// A compression pointer to the question's name (RFC 1035 section 4.1.4).
  private static final int POINTER_TO_QUESTION = 0xc000 | HEADER;

  /// Pointer, type, class, TTL and data length (RFC 1035 section 4.1.3).
  private static final int RECORD = 12;

  /// The root name and the fixed part of an OPT record (RFC 6891 section 6.1.2).
  private static final int OPT = 11;

  private static final int OPT_TYPE = 41;
  private static final int DO_BIT = 0x8000;
  private static final int CLASS_IN = 1;

  private final JsonLinesDocument document;
  private final AddressTextCache texts;

  PlainAnswerWriter(JsonLinesDocument document, AddressTextCache texts) {
    this.document = document;
    this.texts = texts;
  }

  /// Writes the members that show the row's message.
  ///
  /// @return whether it is such a message; else nothing was written
  boolean write(Row row) {
    Dns dns = row.dns();
    WireMessage message = dns.message();
    Question question = dns.question();
    Flow flow = row.flow();
    if (message == null
        || question == null
        || Dialect.ofPorts(flow.source().port(), flow.destination().port()) != Dialect.DNS) {
      return false;
    }
    int answersAt = answersAt(message);
    int optAt = answersAt < 0 ? -1 : endOfAnswers(message, answersAt, dns.addresses());
    if (optAt < 0 || !isPlainEnd(message, optAt)) {
      return false;
    }
    writeAnswers(message, answersAt, question, dns.addresses());
    writeOpt(message, optAt);
    return true;
  }

  /// The offset behind the only question; -1 if the header or the question is unusual.
  private static int answersAt(WireMessage message) {
    int length = message.length();
    if (length < HEADER
        || (message.u16(2) & OPCODE_MASK) != 0
        || message.u16(4) != 1
        || message.u16(8) != 0
        || message.u16(10) > 1) {
      return -1;
    }
    int at = HEADER;
    while (at < length && message.u8(at) != 0) {
      if (message.u8(at) > 63) {
        return -1; // a pointer
      }
      at += 1 + message.u8(at);
    }
    int tail = at + 1;
    return tail + QUESTION_TAIL <= length && message.u16(tail + 2) == CLASS_IN
        ? tail + QUESTION_TAIL
        : -1;
  }

  /// The offset behind the answers; -1 if one of them is unusual.
  private static int endOfAnswers(WireMessage message, int from, List<IpAddress> addresses) {
    int count = message.u16(6);
    if (count != addresses.size()) {
      return -1;
    }
    int at = from;
    for (int i = 0; i < count; i++) {
      if (at + RECORD > message.length()) {
        return -1;
      }
      int addressLength = addressLength(message.u16(at + 2), addresses.get(i));
      if (message.u16(at) != POINTER_TO_QUESTION
          || message.u16(at + 4) != CLASS_IN
          || message.u16(at + 10) != addressLength) {
        return -1;
      }
      at += RECORD + addressLength;
    }
    return at <= message.length() ? at : -1;
  }

  /// The length of the data; -1 if the type is not the address's. An AAAA record may contain an
  /// IPv4-mapped address, which the row shows as IPv4.
  private static int addressLength(int type, IpAddress address) {
    return switch (type) {
      case RecordType.A -> address.version() == 4 ? 4 : -1;
      case RecordType.AAAA -> address.version() == 6 ? 16 : -1;
      default -> -1;
    };
  }

  /// Whether the message ends here, or behind an OPT record of version 0 without options.
  private static boolean isPlainEnd(WireMessage message, int at) {
    if (message.u16(10) == 0) {
      return at == message.length();
    }
    return at + OPT == message.length()
        && message.u8(at) == 0
        && message.u16(at + 1) == OPT_TYPE
        && message.u8(at + 6) == 0
        && (message.u16(at + 7) & ~DO_BIT) == 0
        && message.u16(at + 9) == 0;
  }

  private void writeAnswers(
      WireMessage message, int from, Question question, List<IpAddress> addresses) {
    if (addresses.isEmpty()) {
      return;
    }
    document.beginList(ANSWERS);
    int at = from;
    for (IpAddress address : addresses) {
      document.beginItem();
      document.writeText(NAME, question.name());
      document.writeAscii(TYPE, address.version() == 4 ? "A" : "AAAA");
      document.writeNumber(TTL, message.u32(at + 6));
      document.writeAscii(DATA, texts.get(address));
      document.endItem();
      at += RECORD + (address.version() == 4 ? 4 : 16);
    }
    document.endList();
  }

  private void writeOpt(WireMessage message, int at) {
    if (at == message.length()) {
      return;
    }
    document.beginObject(EDNS);
    document.writeNumber(UDP_SIZE, message.u16(at + 3));
    if ((message.u16(at + 7) & DO_BIT) != 0) {
      document.writeTrue(DNSSEC_OK);
    }
    document.endObject();
  }
}
