package dev.jig.dns;

import dev.jig.dns.DecodedMessage.Asked;
import dev.jig.dns.DecodedMessage.DsoItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads all that a message says, for outputs that show it; what every message is asked for is
/// [DnsMessage]'s part. One thread.
///
/// No message makes it fail, and none can make it work or write without bound: at most
/// [#MAX_POINTERS] compression pointers are followed and [#MAX_TEXT] characters written for one.
/// Where data do not fit their type the record stands in its generic form and reading goes on;
/// where the frame is broken it ends.
public final class MessageDecoder {
  /// In one message, names and data of all records together.
  static final int MAX_TEXT = 1 << 20;

  /// In one message, all names together.
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

  /// The owner written last, and where it stands: records of one set share it.
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
    text.forgetPointers();
    cursor.start(buffer, offset, length);
    data.start(buffer, offset, length);
    return cursor.has(DnsMessage.HEADER_LENGTH) ? decodeSections() : tooShort(length);
  }

  private DecodedMessage tooShort(int length) {
    note(Malformation.SHORT_HEADER, start + length);
    return message(List.of(), List.of(), List.of(), List.of(), List.of());
  }

  private DecodedMessage decodeSections() {
    cursor.take16();
    flags = cursor.take16();
    int questionCount = cursor.take16();
    int answerCount = cursor.take16();
    int authorityCount = cursor.take16();
    int additionalCount = cursor.take16();
    List<Asked> questions = questions(questionCount);
    boolean update = opcode() == Opcode.UPDATE;
    List<ResourceRecord> answers = records(answerCount, update, false);
    List<ResourceRecord> authority = records(authorityCount, update, false);
    List<ResourceRecord> additional = records(additionalCount, false, true);
    return message(questions, answers, authority, additional, rest());
  }

  private DecodedMessage message(
      List<Asked> questions,
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

  /// Whether the message's frame holds so far, and there is room for more.
  private boolean goesOn() {
    return cursor.malformation() == null && textLeft >= 0;
  }

  private List<Asked> questions(int count) {
    List<Asked> questions = new ArrayList<>();
    for (int i = 0; i < count && goesOn(); i++) {
      if (!cursor.nextQuestion()) {
        noteFrame();
        break;
      }
      int questionClass = cursor.questionClass();
      String name = name();
      if (isAffordable(name.length())) {
        boolean top = hasTopBit(questionClass);
        questions.add(new Asked(name, cursor.questionType(), plain(questionClass), top));
      }
    }
    return questions;
  }

  private List<ResourceRecord> records(int count, boolean mayBeEmpty, boolean mayBeEdns) {
    if (count == 0 || !goesOn()) {
      return List.of();
    }
    List<ResourceRecord> records = new ArrayList<>();
    for (int i = 0; i < count && goesOn(); i++) {
      if (!cursor.nextRecord()) {
        noteFrame();
        break;
      }
      if (mayBeEdns && edns == null && isEdns()) {
        edns = edns();
        continue;
      }
      String name = name();
      boolean empty = mayBeEmpty && cursor.dataLength() == 0;
      String shown = empty ? "" : data();
      if (isAffordable(name.length() + shown.length())) {
        records.add(record(name, shown));
      }
    }
    return records;
  }

  private ResourceRecord record(String name, String shown) {
    int recordClass = cursor.recordClass();
    boolean top = hasTopBit(recordClass);
    return new ResourceRecord(
        name, cursor.recordType(), plain(recordClass), top, cursor.ttl(), shown);
  }

  private boolean hasTopBit(int wireClass) {
    return dialect == Dialect.MDNS && (wireClass & CLASS_TOP_BIT) != 0;
  }

  private int plain(int wireClass) {
    return dialect == Dialect.MDNS ? wireClass & DnsMessage.CLASS_MASK : wireClass;
  }

  /// Takes so many characters from what the message is given; false, and damage, if there are too
  /// few.
  private boolean isAffordable(int characters) {
    if (text.pointers() > MAX_POINTERS) {
      note(Malformation.TOO_COMPRESSED, cursor.nameStart());
      textLeft = -1;
    } else if (text.isCut() || characters > textLeft) {
      note(Malformation.TOO_MUCH_TEXT, cursor.nameStart());
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
      noteData(type, from);
      text.begin(textLeft);
      text.generic(buffer, from, to);
    }
    return text.isCut() ? "" : text.toString();
  }

  /// A and AAAA are other things, or nothing, in classes of other networks.
  private void noteData(int type, int from) {
    Malformation reason = data.reason();
    boolean address = type == RecordType.A || type == RecordType.AAAA;
    if (!address && reason != null) {
      note(reason, data.damagedAt());
    } else if (address && isOfInternet(cursor.recordClass())) {
      note(Malformation.BAD_ADDRESS_LENGTH, from);
    }
  }

  private static boolean isOfInternet(int recordClass) {
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
    Malformation reason = ednsOptions.reason();
    if (reason != null) {
      note(reason, ednsOptions.damagedAt());
    }
    return new Edns(
        (int) (fields >>> 16) & 0xff,
        cursor.recordClass(),
        rcode,
        (bits & DNSSEC_OK) != 0,
        bits & ~DNSSEC_OK,
        options);
  }

  /// What follows the last section: a DSO message's items, or nothing that belongs there.
  private List<DsoItem> rest() {
    if (!goesOn() || !cursor.has(1)) {
      return List.of();
    }
    int from = cursor.position();
    if (opcode() != Opcode.DSO) {
      note(Malformation.TRAILING_BYTES, from);
      return List.of();
    }
    List<DsoItem> items = dsoItems.read(data, text, from, from + cursor.remaining());
    if (dsoItems.damagedAt() >= 0) {
      note(Malformation.BAD_DSO, dsoItems.damagedAt());
    }
    return items;
  }

  private void noteFrame() {
    Malformation reason = cursor.malformation();
    if (reason != null) {
      note(reason, start + cursor.malformedAt());
    }
  }

  /// Keeps the first damage.
  private void note(Malformation reason, int at) {
    if (damage == null) {
      damage = new Damage(reason, at - start);
    }
  }
}
