package dev.jig.output;

import dev.jig.fields.Width.Ellipsis;

/// Measures and cuts escaped text in terminal cells: a wide character takes two cells, a combining
/// character none.
public final class Cells {
  private static final char CUT = '…';

  /// Ranges (first, last code point) of wide characters: UAX #11, W and F, without emoji
  /// presentation.
  private static final int[] WIDE = {
    0x1100, 0x115f, 0x2329, 0x232a, 0x2e80, 0x303e, 0x3041, 0x33ff, 0x3400, 0x4dbf, 0x4dc0, 0x4dff,
    0x4e00, 0xa4cf, 0xa960, 0xa97c, 0xac00, 0xd7a3, 0xf900, 0xfaff, 0xfe10, 0xfe19, 0xfe30, 0xfe6f,
    0xff01, 0xff60, 0xffe0, 0xffe6, 0x16fe0, 0x18dff, 0x1aff0, 0x1b2ff, 0x1d300, 0x1d376, 0x1f200,
    0x1f265, 0x20000, 0x2fffd, 0x30000, 0x3fffd
  };

  private Cells() {}

  /// The width of a text in cells.
  public static int width(CharSequence text) {
    int cells = 0;
    for (int at = 0; at < text.length(); ) {
      int codePoint = Character.codePointAt(text, at);
      cells += width(codePoint);
      at += Character.charCount(codePoint);
    }
    return cells;
  }

  /// Appends the text, cut or padded to exactly `width` cells.
  public static void append(StringBuilder line, String text, int width, Ellipsis ellipsis) {
    if (isAscii(text)) {
      appendAscii(line, text, width, ellipsis);
      return;
    }
    int cells = width(text);
    if (cells > width) {
      cells = appendCut(line, text, width, ellipsis);
    } else {
      line.append(text);
    }
    line.repeat(' ', width - cells);
  }

  private static void appendAscii(StringBuilder line, String text, int width, Ellipsis ellipsis) {
    int length = text.length();
    if (length <= width) {
      line.append(text).repeat(' ', width - length);
      return;
    }
    int tail = tail(width, ellipsis);
    line.append(text, 0, width - 1 - tail).append(CUT).append(text, length - tail, length);
  }

  /// Returns the cells appended: fewer than `width` where a wide character did not fit before or
  /// after the cut.
  private static int appendCut(StringBuilder line, String text, int width, Ellipsis ellipsis) {
    int tail = tail(width, ellipsis);
    int head = width - 1 - tail;
    int headEnd = endOfHead(text, head);
    int tailStart = startOfTail(text, tail);
    line.append(text, 0, headEnd).append(CUT).append(text, tailStart, text.length());
    return width(text.subSequence(0, headEnd))
        + 1
        + width(text.subSequence(tailStart, text.length()));
  }

  /// The number of cells to keep after the cut.
  static int tail(int width, Ellipsis ellipsis) {
    return switch (ellipsis) {
      case END -> 0;
      case MIDDLE -> (width - 1) / 2;
    };
  }

  private static int endOfHead(String text, int cells) {
    int left = cells;
    int at = 0;
    while (at < text.length()) {
      int codePoint = text.codePointAt(at);
      left -= width(codePoint);
      if (left < 0) {
        break;
      }
      at += Character.charCount(codePoint);
    }
    return cells == 0 ? 0 : at;
  }

  /// The tail never begins with a combining character of a character that was cut off.
  private static int startOfTail(String text, int cells) {
    int left = cells;
    int start = text.length();
    for (int at = text.length(); at > 0; ) {
      int codePoint = text.codePointBefore(at);
      int taken = width(codePoint);
      at -= Character.charCount(codePoint);
      left -= taken;
      if (left < 0) {
        break;
      }
      if (taken > 0) {
        start = at;
      }
    }
    return start;
  }

  private static int width(int codePoint) {
    if (codePoint < 0x300) {
      return 1;
    }
    return switch (Character.getType(codePoint)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> 0;
      default -> isJoiningJamo(codePoint) ? 0 : isWide(codePoint) ? 2 : 1;
    };
  }

  /// Hangul vowels and final consonants, which combine with the preceding syllable.
  private static boolean isJoiningJamo(int codePoint) {
    return codePoint >= 0x1160 && codePoint <= 0x11ff || codePoint >= 0xd7b0 && codePoint <= 0xd7ff;
  }

  private static boolean isWide(int codePoint) {
    for (int i = 0; i < WIDE.length && WIDE[i] <= codePoint; i += 2) {
      if (codePoint <= WIDE[i + 1]) {
        return true;
      }
    }
    return Character.isEmojiPresentation(codePoint);
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }
}
