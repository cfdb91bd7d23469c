package dev.jig.output.json;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.jig.event.Attribution;
import dev.jig.event.DnsEvent;
import dev.jig.event.DnsEvent.Flags;
import dev.jig.event.DnsEvent.Question;
import dev.jig.event.IpAddress;
import dev.jig.event.PacketType;
import dev.jig.event.Qr;
import dev.jig.event.State;
import dev.jig.fields.Field;
import dev.jig.output.AddressTextCache;
import dev.jig.output.json.DocumentWriter.Section;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a JSON line says of the message itself, a third of the time that the catalogue's walk takes
/// ([DocumentWriter]): neighbours that rarely change are walked once and then copied. A test holds
/// this to the walk.
final class CachingMessageWriter {
  private static final SerializableString SOURCE_PORT = key(Field.SOURCE_PORT);
  private static final SerializableString DESTINATION_PORT = key(Field.DESTINATION_PORT);
  private static final SerializableString PROTOCOL = key(Field.PROTOCOL);
  private static final SerializableString ID = key(Field.ID);
  private static final SerializableString NAME = key(Field.NAME);
  private static final SerializableString LATENCY = key(Field.LATENCY);
  private static final SerializableString ANSWER_COUNT = key(Field.ANSWER_COUNT);
  private static final SerializableString ADDRESSES = key(Field.ADDRESSES);

  private static final int SLOTS = 1024;
  private static final int NO_TYPE = -1;

  /// Four bits of the header and eight of the OPT record.
  private static final int RCODES = 1 << 12;

  private final JsonLinesDocument line;
  private final SectionSerializer sectionBytes;
  private final AddressTextCache texts = new AddressTextCache();
  private final List<String> words = new ArrayList<>();
  private final @Nullable CachedAddresses[] hosts = new @Nullable CachedAddresses[SLOTS];
  private final @Nullable CachedDirection[] asked = new @Nullable CachedDirection[SLOTS];
  private final byte[] @Nullable [] rcodes = new byte[RCODES] @Nullable [];
  private final @Nullable CachedState[] endings = new @Nullable CachedState[SLOTS];

  /// Both addresses.
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  private record CachedAddresses(IpAddress source, IpAddress destination, byte[] members) {
    boolean isOf(DnsEvent event) {
      return source.equals(event.source().address())
          && destination.equals(event.destination().address());
    }
  }

  /// From the direction to the type asked for.
  @SuppressWarnings("ArrayRecordComponent")
  private record CachedDirection(
      Qr qr,
      @Nullable IpAddress nameserver,
      @Nullable PacketType packetType,
      int questionType,
      byte[] members) {
    boolean isOf(DnsEvent event) {
      return qr == event.qr()
          && packetType == event.packetType()
          && questionType == typeOf(event.question())
          && Objects.equals(nameserver, event.nameserver());
    }
  }

  /// From the flags to the end.
  @SuppressWarnings("ArrayRecordComponent")
  private record CachedState(
      @Nullable Flags flags, @Nullable State state, Attribution attribution, byte[] members) {
    boolean isOf(DnsEvent event) {
      return state == event.state()
          && attribution == event.attribution()
          && Objects.equals(flags, event.flags());
    }
  }

  CachingMessageWriter(JsonLinesDocument line, SectionSerializer sectionBytes) {
    this.line = line;
    this.sectionBytes = sectionBytes;
  }

  void write(DnsEvent event) throws IOException {
    line.appendMembers(hosts(event));
    number(SOURCE_PORT, event.source().port());
    number(DESTINATION_PORT, event.destination().port());
    line.writeAscii(PROTOCOL, event.protocol().name());
    line.writeHex16(ID, event.id());
    line.appendMembers(asked(event));
    if (event.question() != null && !event.question().name().isEmpty()) {
      line.writeText(NAME, event.question().name());
    }
    if (event.rcode() != null) {
      line.appendMembers(rcode(event, event.rcode()));
    }
    if (event.latencyNs() != null) {
      number(LATENCY, event.latencyNs());
    }
    number(ANSWER_COUNT, event.answerCount());
    writeAddresses(event.addresses());
    line.appendMembers(ending(event));
  }

  private void writeAddresses(List<IpAddress> addresses) {
    if (addresses.isEmpty()) {
      return;
    }
    words.clear();
    for (IpAddress address : addresses) {
      words.add(texts.get(address));
    }
    line.writeAsciiList(ADDRESSES, words);
  }

  private void number(SerializableString key, long value) {
    if (value != 0) {
      line.writeNumber(key, value);
    }
  }

  private byte[] hosts(DnsEvent event) throws IOException {
    IpAddress source = event.source().address();
    IpAddress destination = event.destination().address();
    int slot = slot(source.high() ^ source.low() * 31 + destination.high() ^ destination.low());
    CachedAddresses known = hosts[slot];
    if (known == null || !known.isOf(event)) {
      byte[] members = sectionBytes.serialize(Section.ADDRESSES, event);
      known = new CachedAddresses(source, destination, members);
      hosts[slot] = known;
    }
    return known.members();
  }

  private byte[] asked(DnsEvent event) throws IOException {
    int type = typeOf(event.question());
    IpAddress nameserver = event.nameserver();
    long address = nameserver == null ? 0 : nameserver.high() ^ nameserver.low();
    int slot =
        slot((address * 31 + type) * 31 + letter(event.packetType()) * 31L + letter(event.qr()));
    CachedDirection known = asked[slot];
    if (known == null || !known.isOf(event)) {
      byte[] members = sectionBytes.serialize(Section.DIRECTION, event);
      known = new CachedDirection(event.qr(), nameserver, event.packetType(), type, members);
      asked[slot] = known;
    }
    return known.members();
  }

  private byte[] rcode(DnsEvent event, int rcode) throws IOException {
    byte[] known = rcodes[rcode & RCODES - 1];
    if (known == null) {
      known = sectionBytes.serialize(Section.RCODE, event);
      rcodes[rcode & RCODES - 1] = known;
    }
    return known;
  }

  private byte[] ending(DnsEvent event) throws IOException {
    Flags flags = event.flags();
    State state = event.state();
    int ends = letter(state) * 31 + letter(event.attribution());
    int slot = slot(Objects.hashCode(flags) * 31L + ends);
    CachedState known = endings[slot];
    if (known == null || !known.isOf(event)) {
      byte[] members = sectionBytes.serialize(Section.STATE, event);
      known = new CachedState(flags, state, event.attribution(), members);
      endings[slot] = known;
    }
    return known.members();
  }

  private static int typeOf(@Nullable Question question) {
    return question == null ? NO_TYPE : question.type();
  }

  private static int letter(@Nullable Enum<?> constant) {
    return constant == null ? 0 : constant.name().charAt(0);
  }

  private static int slot(long mixed) {
    return (int) (mixed * 0x9e3779b97f4a7c15L >>> 54);
  }

  private static SerializableString key(Field field) {
    return new SerializedString(field.key());
  }
}
