package dev.jig.dns;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the data of one record after the other, part by part as the type's format says, and writes
/// them as text. Compressed names are followed wherever they occur: senders compress where they
/// should not, too.
final class RecordData {
  private static final int BADSIG = 16;
  private static final int NOTIFY_SCHEME = 1;

  private final WireCursor names = new WireCursor();
  private final Presentation text;

  private byte[] buffer = {};
  private int messageStart;
  private int at;
  private int end;
  private @Nullable Malformation reason;
  private int damagedAt;

  RecordData(Presentation text) {
    this.text = text;
  }

  /// Takes up a message; the slice must lie within the buffer.
  void start(byte[] buffer, int offset, int length) {
    this.buffer = buffer;
    messageStart = offset;
    names.start(buffer, offset, length);
  }

  /// Appends the data between two places of the message; false on damage, which [#reason] tells.
  boolean write(int type, int start, int end) {
    List<DataPart> parts = RecordFormat.of(type);
    if (parts == null) {
      text.generic(buffer, start, end);
      return true;
    }
    limit(start, end);
    int first = text.length();
    for (DataPart part : parts) {
      int before = text.length();
      if (before > first) {
        text.put(' ');
      }
      int separated = text.length();
      if (!write(part)) {
        return false;
      }
      if (text.length() == separated) {
        text.truncate(before);
      }
    }
    return at == this.end || bad();
  }

  /// Reads on between two places of the message.
  void limit(int start, int end) {
    at = start;
    this.end = end;
    reason = null;
  }

  @Nullable Malformation reason() {
    return reason;
  }

  /// Where in the buffer.
  int damagedAt() {
    return damagedAt;
  }

  private boolean write(DataPart part) {
    return switch (part) {
      case U8 -> number(1);
      case U16 -> number(2);
      case U32 -> number(4);
      case U48 -> number(6);
      case TIME -> time();
      case TYPE -> has(2) && wrote(text.put(RecordType.mnemonic(take16())));
      case SCHEME -> scheme();
      case ERROR -> error();
      case NAME -> name();
      case IPV4 -> ipv4();
      case IPV6 -> ipv6();
      case STRING -> string();
      case STRING_IF_ANY -> at == end || string();
      case STRINGS -> strings();
      case TAG -> tag();
      case TEXT -> wrote(text.quoted(buffer, at, toEnd()));
      case HEX -> wrote(text.hex(buffer, at, toEnd()));
      case BASE64 -> wrote(text.base64(buffer, at, toEnd()));
      case HEX_0X -> wrote(text.put("0x").hex(buffer, at, toEnd()));
      case SALT -> salt();
      case HASH -> hash();
      case COUNTED_BASE64 -> countedBase64();
      case EUI48 -> octets(6);
      case EUI64 -> octets(8);
      case NODE_ID -> nodeId();
      case TYPES -> TypeBitmap.write(this, text);
      case OLD_TYPES -> TypeBitmap.writeOld(this, text);
      case PORTS -> ports();
      case LOCATION -> Location.write(this, text);
      case PREFIXES -> AddressPrefixes.write(this, text);
      case GATEWAY -> Gateway.write(this, text);
      case RELAY -> Gateway.writeRelay(this, text);
      case HOST_IDENTITY -> HostIdentity.write(this, text);
      case A6 -> a6();
      case SERVICE_PARAMETERS -> ServiceParameters.write(this, text);
    };
  }

  byte[] buffer() {
    return buffer;
  }

  /// Where in the buffer reading goes on.
  int at() {
    return at;
  }

  int remaining() {
    return end - at;
  }

  void skip(int bytes) {
    at += bytes;
  }

  /// Whether this many bytes are left; if not, that is the damage.
  boolean has(int bytes) {
    return end - at >= bytes || bad();
  }

  int take8() {
    return buffer[at++] & 0xff;
  }

  int take16() {
    at += 2;
    return WireCursor.read16(buffer, at - 2);
  }

  /// Unsigned.
  long take32() {
    return (long) take16() << 16 | take16();
  }

  /// Notes that the data do not fit their type here; false, to be passed on.
  boolean bad() {
    return damaged(Malformation.BAD_DATA, at);
  }

  private boolean damaged(Malformation what, int where) {
    reason = what;
    damagedAt = where;
    return false;
  }

  private static boolean wrote(Presentation text) {
    return text.length() >= 0;
  }

  /// Steps to the end, which it returns.
  private int toEnd() {
    at = end;
    return end;
  }

  private boolean number(int bytes) {
    if (!has(bytes)) {
      return false;
    }
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | take8();
    }
    text.decimal(value);
    return true;
  }

  private boolean time() {
    if (!has(4)) {
      return false;
    }
    LocalDateTime time = LocalDateTime.ofEpochSecond(take32(), 0, ZoneOffset.UTC);
    text.padded(time.getYear(), 4).padded(time.getMonthValue(), 2).padded(time.getDayOfMonth(), 2);
    text.padded(time.getHour(), 2).padded(time.getMinute(), 2).padded(time.getSecond(), 2);
    return true;
  }

  private boolean scheme() {
    if (!has(1)) {
      return false;
    }
    int scheme = take8();
    return wrote(scheme == NOTIFY_SCHEME ? text.put("NOTIFY") : text.decimal(scheme));
  }

  private boolean error() {
    if (!has(2)) {
      return false;
    }
    int error = take16();
    text.put(error == BADSIG ? "BADSIG" : Rcode.mnemonic(error));
    return true;
  }

  /// Reads and appends a name, which must end within the data.
  boolean name() {
    int start = at;
    if (!names.nameAt(at)) {
      Malformation why = names.malformation();
      return damaged(why == null ? Malformation.BAD_DATA : why, messageStart + names.malformedAt());
    }
    if (names.position() > end) {
      return damaged(Malformation.NAME_PAST_END, at);
    }
    at = names.position();
    text.name(buffer, messageStart, start);
    return true;
  }

  /// The same, but compression is damage.
  boolean plainName() {
    int start = at;
    return name() && (!names.nameCompressed() || damaged(Malformation.BAD_DATA, start));
  }

  boolean ipv4() {
    if (!has(4)) {
      return false;
    }
    text.ipv4(buffer, at);
    at += 4;
    return true;
  }

  boolean ipv6() {
    if (!has(16)) {
      return false;
    }
    text.ipv6(buffer, at);
    at += 16;
    return true;
  }

  private boolean string() {
    if (!hasCounted()) {
      return false;
    }
    int length = take8();
    text.quoted(buffer, at, at + length);
    at += length;
    return true;
  }

  private boolean strings() {
    boolean read = string();
    while (read && at < end) {
      text.put(' ');
      read = string();
    }
    return read;
  }

  private boolean tag() {
    if (!hasCounted() || buffer[at] == 0) {
      return bad();
    }
    for (int left = take8(); left > 0; left--) {
      int octet = take8();
      if (octet == ' ') {
        text.escaped(octet);
      } else {
        text.character(octet);
      }
    }
    return true;
  }

  private boolean salt() {
    if (!hasCounted()) {
      return false;
    }
    int length = take8();
    if (length == 0) {
      text.put('-');
    }
    text.hex(buffer, at, at + length);
    at += length;
    return true;
  }

  private boolean hash() {
    if (!hasCounted() || buffer[at] == 0) {
      return bad();
    }
    int length = take8();
    text.base32Hex(buffer, at, at + length);
    at += length;
    return true;
  }

  /// Whether a length byte and what it counts are there.
  private boolean hasCounted() {
    return has(1) && has(1 + (buffer[at] & 0xff));
  }

  private boolean countedBase64() {
    if (!has(2) || !has(2 + WireCursor.read16(buffer, at))) {
      return false;
    }
    int length = take16();
    text.decimal(length);
    if (length > 0) {
      text.put(' ').base64(buffer, at, at + length);
    }
    at += length;
    return true;
  }

  private boolean octets(int count) {
    if (!has(count)) {
      return false;
    }
    for (int i = 0; i < count; i++, at++) {
      (i == 0 ? text : text.put('-')).lowerHex(buffer, at, at + 1);
    }
    return true;
  }

  private boolean nodeId() {
    if (!has(8)) {
      return false;
    }
    for (int i = 0; i < 4; i++, at += 2) {
      (i == 0 ? text : text.put(':')).lowerHex(buffer, at, at + 2);
    }
    return true;
  }

  private boolean ports() {
    int first = at;
    int start = text.length();
    for (; at < end; at++) {
      for (int bit = 0; bit < 8; bit++) {
        if ((buffer[at] & 0x80 >> bit) != 0) {
          (text.length() == start ? text : text.put(' ')).decimal(8L * (at - first) + bit);
        }
      }
    }
    return at - first <= 8192 || bad();
  }

  private boolean a6() {
    if (!has(1)) {
      return false;
    }
    int prefixLength = take8();
    int suffixBytes = (128 - prefixLength + 7) / 8;
    if (prefixLength > 128 || !has(suffixBytes)) {
      return bad();
    }
    text.decimal(prefixLength);
    if (prefixLength < 128) {
      byte[] suffix = new byte[16];
      System.arraycopy(buffer, at, suffix, 16 - suffixBytes, suffixBytes);
      at += suffixBytes;
      text.put(' ').ipv6(suffix, 0);
    }
    return prefixLength == 0 || wrote(text.put(' ')) && name();
  }
}
