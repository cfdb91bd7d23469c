package dev.jig.dns;

import dev.jig.dns.DecodedMessage.DsoItem;
import dev.jig.dns.DecodedMessage.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Decodes whole messages for outputs that show all records; [DnsMessage] reads the parts that
/// every row needs. For one thread.
///
/// Never throws for a message's content. Work and output are bounded: per message at most
/// [#MAX_POINTERS] compression pointers are followed and [#MAX_TEXT] characters written. Record
/// data that do not fit their type are shown in generic form (RFC 3597 section 5) and decoding
/// continues; a broken name, record header or count ends it.
public final class MessageDecoder {
  /// Characters per message, names and data of all records.
  static final int MAX_TEXT = 1 << 20;

  /// Compression pointers per message.
  static final int MAX_POINTERS = 1 << 17;

  private static final int LLMNR_CONFLICT = 0x0400;
  private static final int LLMNR_TENTATIVE = 0x0100;
  private static final int CLASS_TOP_BIT = 0x8000;
  private static final int DNSSEC_OK = 0x8000;

  private final WireCursor cursor = new WireCursor();
  private final Presentation text = new Presentation();
  private final RecordData data = new RecordData(text);
  private final EdnsOptions ednsOptions = new EdnsOptions(data, text);
  private final DsoItems dsoItems = new DsoItems();

  private byte[] buffer = {};
  private int start;
  private Dialect dialect = Dialect.DNS;
  private int flags;
  private int textLeft;
  private @Nullable Edns edns;
  private @Nullable Damage damage;

  /// The offset and text of the last owner name: records of a set share it.
  private int lastNameAt;

  private String lastName = "";

  /// Reads a message.
  ///
  /// @throws IndexOutOfBoundsException if the slice is not within the buffer; never for its content
  public DecodedMessage decode(byte[] buffer, int offset, int length, Dialect dialect) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    this.buffer = buffer;
    this.dialect = dialect;
    start = offset;
    flags = 0;
    textLeft = MAX_TEXT;
    edns = null;
    damage = null;
    lastNameAt = -1;
    text.resetPointers();
    cursor.start(buffer, offset, length);
    data.start(buffer, offset, length);
    return cursor.has(DnsMessage.HEADER_LENGTH) ? decodeSections() : tooShort(length);
  }

  private DecodedMessage tooShort(int length) {
    recordDamage(Malformation.SHORT_HEADER, start + length);
    return message(List.of(), List.of(), List.of(), List.of(), List.of());
  }

  private DecodedMessage decodeSections() {
    cursor.take16();
    flags = cursor.take16();
    int questionCount = cursor.take16();
    int answerCount = cursor.take16();
    int authorityCount = cursor.take16();
    int additionalCount = cursor.take16();
    List<Question> questions = questions(questionCount);
    boolean update = opcode() == Opcode.UPDATE;
    List<ResourceRecord> answers = records(answerCount, update, false);
    List<ResourceRecord> authority = records(authorityCount, update, false);
    List<ResourceRecord> additional = records(additionalCount, false, true);
    return message(questions, answers, authority, additional, readTrailing());
  }

  private DecodedMessage message(
      List<Question> questions,
      List<ResourceRecord> answers,
      List<ResourceRecord> authority,
      List<ResourceRecord> additional,
      List<DsoItem> dso) {
    boolean llmnr = dialect == Dialect.LLMNR;
    return new DecodedMessage(
        opcode(),
        llmnr && (flags & LLMNR_CONFLICT) != 0,
        llmnr && (flags & LLMNR_TENTATIVE) != 0,
        questions,
        answers,
        authority,
        additional,
        edns,
        dso,
        damage);
  }

  private int opcode() {
    return flags >>> 11 & 0xf;
  }

  /// Whether no name or record header was broken and text may be added.
  private boolean canContinue() {
    return cursor.malformation() == null && textLeft >= 0;
  }

  private List<Question> questions(int count) {
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < count && canContinue(); i++) {
      if (!cursor.nextQuestion()) {
        recordFrameDamage();
        break;
      }
      int questionClass = cursor.questionClass();
      String name = name();
      if (spend(name.length())) {
        boolean top = hasTopBit(questionClass);
        questions.add(new Question(name, cursor.questionType(), withoutTopBit(questionClass), top));
      }
    }
    return questions;
  }

  private List<ResourceRecord> records(int count, boolean mayBeEmpty, boolean mayBeEdns) {
    if (count == 0 || !canContinue()) {
      return List.of();
    }
    List<ResourceRecord> records = new ArrayList<>();
    for (int i = 0; i < count && canContinue(); i++) {
      if (!cursor.nextRecord()) {
        recordFrameDamage();
        break;
      }
      if (mayBeEdns && edns == null && isEdns()) {
        edns = edns();
        continue;
      }
      String name = name();
      boolean empty = mayBeEmpty && cursor.dataLength() == 0;
      String shown = empty ? "" : data();
      if (spend(name.length() + shown.length())) {
        records.add(record(name, shown));
      }
    }
    return records;
  }

  private ResourceRecord record(String name, String shown) {
    int recordClass = cursor.recordClass();
    boolean top = hasTopBit(recordClass);
    return new ResourceRecord(
        name, cursor.recordType(), withoutTopBit(recordClass), top, cursor.ttl(), shown);
  }

  private boolean hasTopBit(int wireClass) {
    return dialect == Dialect.MDNS && (wireClass & CLASS_TOP_BIT) != 0;
  }

  private int withoutTopBit(int wireClass) {
    return dialect == Dialect.MDNS ? wireClass & DnsMessage.CLASS_MASK : wireClass;
  }

  /// Deducts characters from what the message may still take; false, and damage, beyond the limits.
  private boolean spend(int characters) {
    if (text.pointers() > MAX_POINTERS) {
      recordDamage(Malformation.TOO_COMPRESSED, cursor.nameStart());
      textLeft = -1;
    } else if (text.isCut() || characters > textLeft) {
      recordDamage(Malformation.TOO_MUCH_TEXT, cursor.nameStart());
      textLeft = -1;
    } else {
      textLeft -= characters;
    }
    return textLeft >= 0;
  }

  /// The name of the question or record at the cursor.
  private String name() {
    int at = cursor.nameStart();
    if (WireCursor.isPointer(buffer[at] & 0xff)) {
      at = WireCursor.pointerTarget(buffer, start, at);
    }
    if (at != lastNameAt) {
      text.begin(Integer.MAX_VALUE);
      lastName = text.name(buffer, start, at).toString();
      lastNameAt = at;
    }
    return lastName;
  }

  private String data() {
    int from = cursor.dataStart();
    int to = from + cursor.dataLength();
    int type = cursor.recordType();
    text.begin(textLeft);
    if (!data.write(type, from, to) && !text.isCut()) {
      recordDataDamage(type, from);
      text.begin(textLeft);
      text.generic(buffer, from, to);
    }
    return text.isCut() ? "" : text.toString();
  }

  /// A and AAAA are IP addresses in the Internet class only (RFC 1035 section 3.4, RFC 3596).
  private void recordDataDamage(int type, int from) {
    Malformation reason = data.malformation();
    boolean address = type == RecordType.A || type == RecordType.AAAA;
    if (!address && reason != null) {
      recordDamage(reason, data.malformedAt());
    } else if (address && isInternetClass(cursor.recordClass())) {
      recordDamage(Malformation.BAD_ADDRESS_LENGTH, from);
    }
  }

  private static boolean isInternetClass(int recordClass) {
    return switch (recordClass & DnsMessage.CLASS_MASK) {
      case RecordClass.IN, RecordClass.NONE, RecordClass.ANY -> true;
      default -> false;
    };
  }

  private boolean isEdns() {
    return cursor.recordType() == RecordType.OPT && cursor.nameLength() == 1;
  }

  private Edns edns() {
    long fields = cursor.ttl();
    int bits = (int) fields & 0xffff;
    int rcode = (int) (fields >>> 24) << 4 | flags & 0xf;
    int from = cursor.dataStart();
    List<EdnsOption> options = ednsOptions.read(from, from + cursor.dataLength());
    Malformation reason = ednsOptions.malformation();
    if (reason != null) {
      recordDamage(reason, ednsOptions.malformedAt());
    }
    return new Edns(
        (int) (fields >>> 16) & 0xff,
        cursor.recordClass(),
        rcode,
        (bits & DNSSEC_OK) != 0,
        bits & ~DNSSEC_OK,
        options);
  }

  /// What follows the last section: a DSO message's items, else trailing bytes.
  private List<DsoItem> readTrailing() {
    if (!canContinue() || !cursor.has(1)) {
      return List.of();
    }
    int from = cursor.position();
    if (opcode() != Opcode.DSO) {
      recordDamage(Malformation.TRAILING_BYTES, from);
      return List.of();
    }
    List<DsoItem> items = dsoItems.read(data, text, from, from + cursor.remaining());
    if (dsoItems.malformedAt() >= 0) {
      recordDamage(Malformation.BAD_DSO, dsoItems.malformedAt());
    }
    return items;
  }

  private void recordFrameDamage() {
    Malformation reason = cursor.malformation();
    if (reason != null) {
      recordDamage(reason, start + cursor.malformedAt());
    }
  }

  /// Keeps the first damage.
  private void recordDamage(Malformation reason, int at) {
    if (damage == null) {
      damage = new Damage(reason, at - start);
    }
  }
}
