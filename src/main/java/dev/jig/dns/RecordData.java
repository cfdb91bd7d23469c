package dev.jig.dns;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the data of records, part by part in the order of [RecordFormat], and writes them as text.
/// Methods that return false have recorded a damage: see [#malformation]. Compressed names are
/// followed wherever they occur, also in types that must not have any (RFC 3597 section 4).
final class RecordData {
  private static final int BADSIG = 16;
  private static final int NOTIFY_SCHEME = 1;

  private final WireCursor names = new WireCursor();
  private final Presentation text;

  private byte[] buffer = {};
  private int messageStart;
  private int at;
  private int end;
  private @Nullable Malformation malformation;
  private int malformedAt;

  RecordData(Presentation text) {
    this.text = text;
  }

  /// Starts a message; the slice must lie within the buffer.
  void start(byte[] buffer, int offset, int length) {
    this.buffer = buffer;
    messageStart = offset;
    names.start(buffer, offset, length);
  }

  /// Appends the data between two offsets in the buffer; false on damage.
  boolean write(int type, int start, int end) {
    List<DataPart> parts = RecordFormat.of(type);
    if (parts == null) {
      text.generic(buffer, start, end);
      return true;
    }
    select(start, end);
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
    return at == this.end || fail();
  }

  /// Selects the data between two offsets in the buffer.
  void select(int start, int end) {
    at = start;
    this.end = end;
    malformation = null;
  }

  @Nullable Malformation malformation() {
    return malformation;
  }

  /// The offset of the damage in the buffer.
  int malformedAt() {
    return malformedAt;
  }

  private boolean write(DataPart part) {
    return switch (part) {
      case U8 -> writeNumber(1);
      case U16 -> writeNumber(2);
      case U32 -> writeNumber(4);
      case U48 -> writeNumber(6);
      case TIME -> writeTime();
      case TYPE -> require(2) && always(text.put(RecordType.mnemonic(take16())));
      case SCHEME -> writeScheme();
      case ERROR -> writeError();
      case NAME -> writeName();
      case IPV4 -> writeIpv4();
      case IPV6 -> writeIpv6();
      case STRING -> writeString();
      case STRING_IF_ANY -> at == end || writeString();
      case STRINGS -> writeStrings();
      case TAG -> writeTag();
      case TEXT -> always(text.quoted(buffer, at, toEnd()));
      case HEX -> always(text.hex(buffer, at, toEnd()));
      case BASE64 -> always(text.base64(buffer, at, toEnd()));
      case HEX_0X -> always(text.put("0x").hex(buffer, at, toEnd()));
      case SALT -> writeSalt();
      case HASH -> writeHash();
      case COUNTED_BASE64 -> writeCountedBase64();
      case EUI48 -> writeOctets(6);
      case EUI64 -> writeOctets(8);
      case NODE_ID -> writeNodeId();
      case TYPES -> TypeBitmap.write(this, text);
      case OLD_TYPES -> TypeBitmap.writeOld(this, text);
      case PORTS -> writePorts();
      case LOCATION -> Location.write(this, text);
      case PREFIXES -> AddressPrefixes.write(this, text);
      case GATEWAY -> Gateway.write(this, text);
      case RELAY -> Gateway.writeRelay(this, text);
      case HOST_IDENTITY -> HostIdentity.write(this, text);
      case A6 -> writeA6();
      case SERVICE_PARAMETERS -> ServiceParameters.write(this, text);
    };
  }

  byte[] buffer() {
    return buffer;
  }

  /// The offset in the buffer of the next read.
  int at() {
    return at;
  }

  int remaining() {
    return end - at;
  }

  void skip(int bytes) {
    at += bytes;
  }

  /// Checks that so many bytes are left; if not, records `BAD_DATA`.
  boolean require(int bytes) {
    return end - at >= bytes || fail();
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

  /// Records `BAD_DATA` at the current offset; returns false, for the caller to return.
  boolean fail() {
    return fail(Malformation.BAD_DATA, at);
  }

  private boolean fail(Malformation reason, int where) {
    malformation = reason;
    malformedAt = where;
    return false;
  }

  /// True, for parts that fit any bytes.
  private static boolean always(Presentation text) {
    return text.length() >= 0;
  }

  /// Moves to the end, which it returns.
  private int toEnd() {
    at = end;
    return end;
  }

  private boolean writeNumber(int bytes) {
    if (!require(bytes)) {
      return false;
    }
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | take8();
    }
    text.decimal(value);
    return true;
  }

  private boolean writeTime() {
    if (!require(4)) {
      return false;
    }
    LocalDateTime time = LocalDateTime.ofEpochSecond(take32(), 0, ZoneOffset.UTC);
    text.padded(time.getYear(), 4).padded(time.getMonthValue(), 2).padded(time.getDayOfMonth(), 2);
    text.padded(time.getHour(), 2).padded(time.getMinute(), 2).padded(time.getSecond(), 2);
    return true;
  }

  private boolean writeScheme() {
    if (!require(1)) {
      return false;
    }
    int scheme = take8();
    return always(scheme == NOTIFY_SCHEME ? text.put("NOTIFY") : text.decimal(scheme));
  }

  private boolean writeError() {
    if (!require(2)) {
      return false;
    }
    int error = take16();
    text.put(error == BADSIG ? "BADSIG" : Rcode.mnemonic(error));
    return true;
  }

  /// Appends a name, which must end within the data.
  boolean writeName() {
    int start = at;
    if (!names.skipNameAt(at)) {
      Malformation why = names.malformation();
      return fail(why == null ? Malformation.BAD_DATA : why, messageStart + names.malformedAt());
    }
    if (names.position() > end) {
      return fail(Malformation.NAME_PAST_END, at);
    }
    at = names.position();
    text.name(buffer, messageStart, start);
    return true;
  }

  /// Appends a name; a compressed one is a damage.
  boolean writeUncompressedName() {
    int start = at;
    return writeName() && (!names.nameCompressed() || fail(Malformation.BAD_DATA, start));
  }

  boolean writeIpv4() {
    if (!require(4)) {
      return false;
    }
    text.ipv4(buffer, at);
    at += 4;
    return true;
  }

  boolean writeIpv6() {
    if (!require(16)) {
      return false;
    }
    text.ipv6(buffer, at);
    at += 16;
    return true;
  }

  private boolean writeString() {
    if (!requireCounted()) {
      return false;
    }
    int length = take8();
    text.quoted(buffer, at, at + length);
    at += length;
    return true;
  }

  private boolean writeStrings() {
    boolean read = writeString();
    while (read && at < end) {
      text.put(' ');
      read = writeString();
    }
    return read;
  }

  private boolean writeTag() {
    if (!requireCounted() || buffer[at] == 0) {
      return fail();
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

  private boolean writeSalt() {
    if (!requireCounted()) {
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

  private boolean writeHash() {
    if (!requireCounted() || buffer[at] == 0) {
      return fail();
    }
    int length = take8();
    text.base32Hex(buffer, at, at + length);
    at += length;
    return true;
  }

  /// Requires a length byte and as many bytes as it says.
  private boolean requireCounted() {
    return require(1) && require(1 + (buffer[at] & 0xff));
  }

  private boolean writeCountedBase64() {
    if (!require(2) || !require(2 + WireCursor.read16(buffer, at))) {
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

  private boolean writeOctets(int count) {
    if (!require(count)) {
      return false;
    }
    for (int i = 0; i < count; i++, at++) {
      (i == 0 ? text : text.put('-')).lowerHex(buffer, at, at + 1);
    }
    return true;
  }

  private boolean writeNodeId() {
    if (!require(8)) {
      return false;
    }
    for (int i = 0; i < 4; i++, at += 2) {
      (i == 0 ? text : text.put(':')).lowerHex(buffer, at, at + 2);
    }
    return true;
  }

  private boolean writePorts() {
    int first = at;
    int start = text.length();
    for (; at < end; at++) {
      for (int bit = 0; bit < 8; bit++) {
        if ((buffer[at] & 0x80 >> bit) != 0) {
          (text.length() == start ? text : text.put(' ')).decimal(8L * (at - first) + bit);
        }
      }
    }
    return at - first <= 8192 || fail();
  }

  private boolean writeA6() {
    if (!require(1)) {
      return false;
    }
    int prefixLength = take8();
    int suffixBytes = (128 - prefixLength + 7) / 8;
    if (prefixLength > 128 || !require(suffixBytes)) {
      return fail();
    }
    text.decimal(prefixLength);
    if (prefixLength < 128) {
      byte[] suffix = new byte[16];
      System.arraycopy(buffer, at, suffix, 16 - suffixBytes, suffixBytes);
      at += suffixBytes;
      text.put(' ').ipv6(suffix, 0);
    }
    return prefixLength == 0 || always(text.put(' ')) && writeName();
  }
}
