package dev.jig.output.json;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.jig.event.Attribution;
import dev.jig.event.Cause;
import dev.jig.event.Dns;
import dev.jig.event.Flags;
import dev.jig.event.Flow;
import dev.jig.event.IpAddress;
import dev.jig.event.Outcome;
import dev.jig.event.PacketType;
import dev.jig.event.Qr;
import dev.jig.event.Question;
import dev.jig.event.Row;
import dev.jig.event.State;
import dev.jig.fields.Field;
import dev.jig.output.AddressTextCache;
import dev.jig.table.DirectMapped;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Writes the members of a row from addresses to attribution, with the encoded bytes of rarely
/// changing sections cached: takes a third of the time of [FieldSections]. JsonLinesDocumentTest
/// compares the output of both.
final class CachingMessageWriter {
  private static final byte[] SOURCE_PORT = key(Field.SOURCE_PORT);
  private static final byte[] DESTINATION_PORT = key(Field.DESTINATION_PORT);
  private static final byte[] PROTOCOL = key(Field.PROTOCOL);
  private static final byte[] ID = key(Field.ID);
  private static final byte[] NAME = key(Field.NAME);
  private static final byte[] LATENCY = key(Field.LATENCY);
  private static final byte[] ANSWER_COUNT = key(Field.ANSWER_COUNT);
  private static final SerializableString ADDRESSES = new SerializedString(Field.ADDRESSES.key());

  private static final int SLOTS = 1024;
  private static final int NO_TYPE = -1;

  /// The number of extended rcodeSlots: 4 bits of the header, 8 of the OPT record.
  private static final int RCODES = 1 << 12;

  private final JsonLinesDocument line;
  private final SectionSerializer serializer;
  private final AddressTextCache texts;
  private final List<String> addressTexts = new ArrayList<>();
  private final DirectMapped<CachedAddresses> addressCache = new DirectMapped<>(SLOTS);
  private final DirectMapped<CachedDirection> directionCache = new DirectMapped<>(SLOTS);
  private final byte[] @Nullable [] rcodeSlots = new byte[RCODES] @Nullable [];
  private final DirectMapped<CachedState> stateCache = new DirectMapped<>(SLOTS);

  /// The members of the addresses.
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  private record CachedAddresses(IpAddress source, IpAddress destination, byte[] members) {
    boolean matches(Row row) {
      return source.equals(row.flow().source().address())
          && destination.equals(row.flow().destination().address());
    }
  }

  /// The members from qr to qtype.
  @SuppressWarnings("ArrayRecordComponent")
  private record CachedDirection(
      Qr qr,
      @Nullable IpAddress nameserver,
      @Nullable PacketType packetType,
      int questionType,
      byte[] members) {
    boolean matches(Row row) {
      return qr == row.qr()
          && packetType == row.flow().packetType()
          && questionType == typeOf(row.dns().question())
          && Objects.equals(nameserver, row.flow().nameserver());
    }
  }

  /// The members from flags to attribution.
  @SuppressWarnings("ArrayRecordComponent")
  private record CachedState(
      @Nullable Flags flags,
      @Nullable State state,
      @Nullable Outcome outcome,
      @Nullable Cause cause,
      Attribution attribution,
      byte[] members) {
    boolean matches(Row row) {
      return state == row.state()
          && attribution == row.subject().attribution()
          && flags == row.dns().flags()
          && outcome == row.outcome()
          && Objects.equals(cause, row.cause());
    }
  }

  CachingMessageWriter(
      JsonLinesDocument line, SectionSerializer serializer, AddressTextCache texts) {
    this.texts = texts;
    this.line = line;
    this.serializer = serializer;
  }

  void writeAddresses(Row row) throws IOException {
    line.appendMembers(addresses(row));
  }

  void writePortsAndId(Row row) {
    Flow flow = row.flow();
    number(SOURCE_PORT, flow.source().port());
    number(DESTINATION_PORT, flow.destination().port());
    line.writeAscii(PROTOCOL, flow.protocol().name());
    line.writeHex16(ID, row.dns().id());
  }

  void writeDirection(Row row) throws IOException {
    line.appendMembers(direction(row));
  }

  void writeName(Row row) {
    Question question = row.dns().question();
    if (question != null && !question.name().isEmpty()) {
      line.writeText(NAME, question.name());
    }
  }

  void writeRcode(Row row) throws IOException {
    if (row.qr() == Qr.R) {
      line.appendMembers(rcode(row, row.dns().rcode()));
    }
  }

  void writeAnswer(Row row) {
    Dns dns = row.dns();
    if (row.latencyNs() != Row.NO_LATENCY) {
      number(LATENCY, row.latencyNs());
    }
    number(ANSWER_COUNT, dns.answerCount());
    writeAddresses(dns.addresses());
  }

  void writeState(Row row) throws IOException {
    line.appendMembers(state(row));
  }

  private void writeAddresses(List<IpAddress> addresses) {
    if (addresses.isEmpty()) {
      return;
    }
    addressTexts.clear();
    for (IpAddress address : addresses) {
      addressTexts.add(texts.get(address));
    }
    line.writeAsciiList(ADDRESSES, addressTexts);
  }

  private void number(byte[] key, long value) {
    if (value != 0) {
      line.writeNumber(key, value);
    }
  }

  private byte[] addresses(Row row) throws IOException {
    IpAddress source = row.flow().source().address();
    IpAddress destination = row.flow().destination().address();
    long hash = source.high() ^ source.low() * 31 + destination.high() ^ destination.low();
    CachedAddresses cached = addressCache.get(hash);
    if (cached == null || !cached.matches(row)) {
      byte[] members = serializer.serialize(FieldSections::writeAddresses, row);
      cached = new CachedAddresses(source, destination, members);
      addressCache.put(hash, cached);
    }
    return cached.members();
  }

  private byte[] direction(Row row) throws IOException {
    int type = typeOf(row.dns().question());
    IpAddress nameserver = row.flow().nameserver();
    long address = nameserver == null ? 0 : nameserver.high() ^ nameserver.low();
    long hash =
        (address * 31 + type) * 31
            + firstLetter(row.flow().packetType()) * 31L
            + firstLetter(row.qr());
    CachedDirection cached = directionCache.get(hash);
    if (cached == null || !cached.matches(row)) {
      byte[] members = serializer.serialize(FieldSections::writeDirection, row);
      cached = new CachedDirection(row.qr(), nameserver, row.flow().packetType(), type, members);
      directionCache.put(hash, cached);
    }
    return cached.members();
  }

  private byte[] rcode(Row row, int rcode) throws IOException {
    byte[] cached = rcodeSlots[rcode & RCODES - 1];
    if (cached == null) {
      cached = serializer.serialize(FieldSections::writeRcode, row);
      rcodeSlots[rcode & RCODES - 1] = cached;
    }
    return cached;
  }

  private byte[] state(Row row) throws IOException {
    Flags flags = row.dns().flags();
    State state = row.state();
    Outcome outcome = row.outcome();
    Cause cause = row.cause();
    int letters = firstLetter(state) * 31 + firstLetter(row.subject().attribution());
    int ofCause = cause == null ? 0 : cause.reason().hashCode() + firstLetter(cause.at());
    long hash =
        (flags == null ? -1 : flags.bits()) * 997L + letters + ofCause + lastLetter(outcome) * 131L;
    CachedState cached = stateCache.get(hash);
    if (cached == null || !cached.matches(row)) {
      byte[] members = serializer.serialize(FieldSections::writeState, row);
      cached = new CachedState(flags, state, outcome, cause, row.subject().attribution(), members);
      stateCache.put(hash, cached);
    }
    return cached.members();
  }

  private static int typeOf(@Nullable Question question) {
    return question == null ? NO_TYPE : question.type();
  }

  private static int firstLetter(@Nullable Enum<?> constant) {
    return constant == null ? 0 : constant.name().charAt(0);
  }

  /// Differs between outcomes with the same first letter.
  private static int lastLetter(@Nullable Enum<?> constant) {
    return constant == null ? 0 : constant.name().charAt(constant.name().length() - 1);
  }

  private static byte[] key(Field field) {
    return JsonLinesDocument.key(field.key());
  }
}
