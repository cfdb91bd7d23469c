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
import dev.jig.output.AddressTexts;
import dev.jig.output.json.DocumentWriter.Section;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a JSON line says of the message itself, a third of the time that the catalogue's walk takes
/// ([DocumentWriter]): neighbours that rarely change are walked once and then copied. A test holds
/// this to the walk.
final class MessageMembers {
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

  private final JsonLine line;
  private final SectionBytes sectionBytes;
  private final AddressTexts texts = new AddressTexts();
  private final List<String> words = new ArrayList<>();
  private final @Nullable Hosts[] hosts = new @Nullable Hosts[SLOTS];
  private final @Nullable Asked[] asked = new @Nullable Asked[SLOTS];
  private final byte[] @Nullable [] rcodes = new byte[RCODES] @Nullable [];
  private final @Nullable Ending[] endings = new @Nullable Ending[SLOTS];

  /// Both addresses.
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  private record Hosts(IpAddress source, IpAddress destination, byte[] members) {
    boolean isOf(DnsEvent event) {
      return source.equals(event.source().address())
          && destination.equals(event.destination().address());
    }
  }

  /// From the direction to the type asked for.
  @SuppressWarnings("ArrayRecordComponent")
  private record Asked(
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
  private record Ending(
      @Nullable Flags flags, @Nullable State state, Attribution attribution, byte[] members) {
    boolean isOf(DnsEvent event) {
      return state == event.state()
          && attribution == event.attribution()
          && Objects.equals(flags, event.flags());
    }
  }

  MessageMembers(JsonLine line, SectionBytes sectionBytes) {
    this.line = line;
    this.sectionBytes = sectionBytes;
  }

  void write(DnsEvent event) throws IOException {
    line.members(hosts(event));
    number(SOURCE_PORT, event.source().port());
    number(DESTINATION_PORT, event.destination().port());
    line.word(PROTOCOL, event.protocol().name());
    line.hex16(ID, event.id());
    line.members(asked(event));
    if (event.question() != null && !event.question().name().isEmpty()) {
      line.text(NAME, event.question().name());
    }
    if (event.rcode() != null) {
      line.members(rcode(event, event.rcode()));
    }
    if (event.latencyNs() != null) {
      number(LATENCY, event.latencyNs());
    }
    number(ANSWER_COUNT, event.answerCount());
    writeAddresses(event.addresses());
    line.members(ending(event));
  }

  private void writeAddresses(List<IpAddress> addresses) {
    if (addresses.isEmpty()) {
      return;
    }
    words.clear();
    for (IpAddress address : addresses) {
      words.add(texts.of(address));
    }
    line.words(ADDRESSES, words);
  }

  private void number(SerializableString key, long value) {
    if (value != 0) {
      line.number(key, value);
    }
  }

  private byte[] hosts(DnsEvent event) throws IOException {
    IpAddress source = event.source().address();
    IpAddress destination = event.destination().address();
    int slot = slot(source.high() ^ source.low() * 31 + destination.high() ^ destination.low());
    Hosts known = hosts[slot];
    if (known == null || !known.isOf(event)) {
      byte[] members = sectionBytes.of(Section.HOSTS, event);
      known = new Hosts(source, destination, members);
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
    Asked known = asked[slot];
    if (known == null || !known.isOf(event)) {
      byte[] members = sectionBytes.of(Section.ASKED, event);
      known = new Asked(event.qr(), nameserver, event.packetType(), type, members);
      asked[slot] = known;
    }
    return known.members();
  }

  private byte[] rcode(DnsEvent event, int rcode) throws IOException {
    byte[] known = rcodes[rcode & RCODES - 1];
    if (known == null) {
      known = sectionBytes.of(Section.RCODE, event);
      rcodes[rcode & RCODES - 1] = known;
    }
    return known;
  }

  private byte[] ending(DnsEvent event) throws IOException {
    Flags flags = event.flags();
    State state = event.state();
    int ends = letter(state) * 31 + letter(event.attribution());
    int slot = slot(Objects.hashCode(flags) * 31L + ends);
    Ending known = endings[slot];
    if (known == null || !known.isOf(event)) {
      byte[] members = sectionBytes.of(Section.ENDING, event);
      known = new Ending(flags, state, event.attribution(), members);
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
