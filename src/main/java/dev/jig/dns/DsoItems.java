package dev.jig.dns;

import dev.jig.dns.DecodedMessage.DsoItem;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Reads the TLVs of DNS Stateful Operations (RFC 8490 section 5.4.4, RFC 8765).
///
/// ```
///   type 2 | length 2 | data
/// ```
final class DsoItems {
  private static final int HEAD_LENGTH = 4;
  private static final int KEEPALIVE = 1;
  private static final int RETRY_DELAY = 2;
  private static final int PADDING = 3;
  private static final int SUBSCRIBE = 0x40;
  private static final int PUSH = 0x41;
  private static final int UNSUBSCRIBE = 0x42;
  private static final int RECONFIRM = 0x43;

  private final List<DsoItem> items = new ArrayList<>();
  private int malformedAt;

  static String name(int type) {
    return switch (type) {
      case KEEPALIVE -> "KeepAlive";
      case RETRY_DELAY -> "RetryDelay";
      case PADDING -> "EncryptionPadding";
      case SUBSCRIBE -> "SUBSCRIBE";
      case PUSH -> "PUSH";
      case UNSUBSCRIBE -> "UNSUBSCRIBE";
      case RECONFIRM -> "RECONFIRM";
      default -> "DSO" + type;
    };
  }

  /// The items before a truncated one, see [#malformedAt].
  List<DsoItem> read(RecordData data, Presentation text, int start, int end) {
    items.clear();
    malformedAt = -1;
    int at = start;
    while (at < end) {
      int from = at + HEAD_LENGTH;
      if (from > end || WireCursor.read16(data.buffer(), at + 2) > end - from) {
        malformedAt = at;
        break;
      }
      int type = WireCursor.read16(data.buffer(), at);
      int to = from + WireCursor.read16(data.buffer(), at + 2);
      items.add(new DsoItem(type, item(type, data, text, from, to)));
      at = to;
    }
    return items;
  }

  /// The offset in the buffer of a truncated item; negative if there is none.
  int malformedAt() {
    return malformedAt;
  }

  private static String item(int type, RecordData data, Presentation text, int from, int to) {
    data.select(from, to);
    text.begin(Integer.MAX_VALUE);
    boolean fits =
        switch (type) {
          case KEEPALIVE -> writeKeepAlive(data, text);
          case RETRY_DELAY ->
              data.require(4) && text.decimal(data.take32()).put(" ms").length() > 0;
          case PADDING -> text.decimal(to - from).put(" bytes").length() > 0;
          case SUBSCRIBE -> data.writeUncompressedName() && writeTypeAndClass(data, text);
          case UNSUBSCRIBE -> data.require(2) && text.decimal(data.take16()).length() > 0;
          default -> false;
        };
    boolean whole = fits && (type == PADDING || data.remaining() == 0);
    return whole ? text.toString() : HexFormat.of().formatHex(data.buffer(), from, to);
  }

  private static boolean writeKeepAlive(RecordData data, Presentation text) {
    if (!data.require(8)) {
      return false;
    }
    text.put("inactivity ").decimal(data.take32()).put(" ms, interval ");
    text.decimal(data.take32()).put(" ms");
    return true;
  }

  private static boolean writeTypeAndClass(RecordData data, Presentation text) {
    if (!data.require(4)) {
      return false;
    }
    text.put(' ').put(RecordType.mnemonic(data.take16()));
    text.put(' ').put(RecordClass.mnemonic(data.take16()));
    return true;
  }
}
