package dev.jig.output.json;

import com.fasterxml.jackson.core.SerializableString;
import dev.jig.output.Escaping;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/// JSON objects, each on a line, built in a byte array: rows must keep up, and a general generator
/// takes three times as long for them. Only whole lines leave.
final class JsonLine implements Document {
  private static final int CAPACITY = 64 * 1024;
  private static final int LONGEST_NUMBER = 20;
  private static final long[] POWERS_OF_10 =
      LongStream.iterate(1, power -> power * 10).limit(19).toArray();

  /// 00 to 99.
  private static final byte[] PAIRS = pairs();

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TRUE = {'t', 'r', 'u', 'e'};

  private final OutputStream out;
  private byte[] bytes;
  private int length;
  private boolean first;

  JsonLine(OutputStream out) {
    this(out, CAPACITY);
  }

  /// @param capacity to begin with
  JsonLine(OutputStream out, int capacity) {
    this.out = out;
    this.bytes = new byte[capacity];
  }

  @Override
  public void begin() {
    room(1);
    bytes[length++] = '{';
    first = true;
  }

  @Override
  public void end() throws IOException {
    room(2);
    bytes[length++] = '}';
    bytes[length++] = '\n';
    if (length > CAPACITY / 2) {
      drain();
    }
  }

  @Override
  public void beginObject(SerializableString key) {
    key(key);
    begin();
  }

  @Override
  public void endObject() {
    room(1);
    bytes[length++] = '}';
    first = false;
  }

  @Override
  public void text(SerializableString key, String value) {
    if (Escaping.JSON.isPlain(value)) {
      word(key, value);
      return;
    }
    key(key);
    byte[] encoded = Escaping.JSON.escape(value).getBytes(StandardCharsets.UTF_8);
    room(encoded.length + 2);
    bytes[length++] = '"';
    append(encoded);
    bytes[length++] = '"';
  }

  @Override
  public void word(SerializableString key, String value) {
    key(key);
    quoted(value);
  }

  @Override
  public void number(SerializableString key, long value) {
    key(key);
    room(LONGEST_NUMBER);
    if (value < 0) {
      append(Long.toString(value).getBytes(StandardCharsets.US_ASCII));
      return;
    }
    int at = length;
    int end = at + digits(value);
    length = end;
    long rest = value;
    while (rest >= 10) {
      long hundreds = rest / 100;
      int pair = (int) (rest - hundreds * 100) * 2;
      bytes[--end] = PAIRS[pair + 1];
      bytes[--end] = PAIRS[pair];
      rest = hundreds;
    }
    if (end > at) {
      bytes[--end] = (byte) ('0' + rest);
    }
  }

  /// Four hexadecimal digits, as a word.
  void hex16(SerializableString key, int value) {
    key(key);
    room(6);
    bytes[length++] = '"';
    for (int shift = 12; shift >= 0; shift -= 4) {
      bytes[length++] = HEX[value >>> shift & 0xf];
    }
    bytes[length++] = '"';
  }

  private static byte[] pairs() {
    byte[] pairs = new byte[200];
    for (int i = 0; i < 100; i++) {
      pairs[2 * i] = (byte) ('0' + i / 10);
      pairs[2 * i + 1] = (byte) ('0' + i % 10);
    }
    return pairs;
  }

  private static int digits(long value) {
    // 1233/4096 is just above log10(2): right or one too few
    int atLeast = (Long.SIZE - Long.numberOfLeadingZeros(value)) * 1233 >>> 12;
    return value < POWERS_OF_10[atLeast] ? Math.max(atLeast, 1) : atLeast + 1;
  }

  @Override
  public void yes(SerializableString key) {
    key(key);
    room(TRUE.length);
    append(TRUE);
  }

  @Override
  public void words(SerializableString key, List<String> values) {
    key(key);
    room(1);
    bytes[length++] = '[';
    for (int i = 0; i < values.size(); i++) {
      quoted(values.get(i));
      room(2);
      bytes[length++] = ',';
    }
    length -= values.isEmpty() ? 0 : 1; // the last comma
    bytes[length++] = ']';
  }

  @Override
  public void beginList(SerializableString key) {
    key(key);
    room(1);
    bytes[length++] = '[';
    first = true;
  }

  @Override
  public void beginItem() {
    room(1);
    comma();
    begin();
  }

  @Override
  public void endItem() {
    endObject();
  }

  @Override
  public void endList() {
    room(1);
    bytes[length++] = ']';
    first = false;
  }

  /// Members written before, as they are, without a comma before or after them.
  void members(byte[] members) {
    if (members.length == 0) {
      return;
    }
    room(members.length + 1);
    comma();
    append(members);
  }

  @Override
  public void flush() throws IOException {
    drain();
    out.flush();
  }

  /// What a failing stream did not take is not offered again.
  private void drain() throws IOException {
    int pending = length;
    length = 0;
    if (pending > 0) {
      out.write(bytes, 0, pending);
    }
  }

  private void key(SerializableString key) {
    room(key.asQuotedUTF8().length + 4);
    comma();
    bytes[length++] = '"';
    append(key.asQuotedUTF8());
    bytes[length++] = '"';
    bytes[length++] = ':';
  }

  private void comma() {
    if (!first) {
      bytes[length++] = ',';
    }
    first = false;
  }

  /// @param ascii printable, without quotes and backslashes
  @SuppressWarnings("deprecation") // takes the low byte of each character, which is what ASCII is
  private void quoted(String ascii) {
    int end = ascii.length();
    room(end + 2);
    bytes[length++] = '"';
    ascii.getBytes(0, end, bytes, length);
    length += end;
    bytes[length++] = '"';
  }

  private void append(byte[] piece) {
    System.arraycopy(piece, 0, bytes, length, piece.length);
    length += piece.length;
  }

  /// A line longer than the buffer makes it grow.
  private void room(int needed) {
    if (bytes.length - length < needed) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + needed));
    }
  }
}
