package dev.jig.output;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.jig.dns.Rcode;
import dev.jig.dns.RecordType;
import dev.jig.event.DnsEvent;
import dev.jig.event.DnsEvent.Flags;
import dev.jig.event.DnsEvent.Question;
import dev.jig.event.Field;
import dev.jig.event.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a JSON line says of the message itself. The catalogue's walk ([DocumentWriter]) gives the
/// same bytes, and a test holds this to it; with each field at its own place the compiler knows
/// what it writes, which takes a third of the walk's time.
final class MessageMembers {
  private static final SerializableString SOURCE_IP = key(Field.SOURCE_IP);
  private static final SerializableString DESTINATION_IP = key(Field.DESTINATION_IP);
  private static final SerializableString SOURCE_PORT = key(Field.SOURCE_PORT);
  private static final SerializableString DESTINATION_PORT = key(Field.DESTINATION_PORT);
  private static final SerializableString PROTOCOL = key(Field.PROTOCOL);
  private static final SerializableString ID = key(Field.ID);
  private static final SerializableString QR = key(Field.QR);
  private static final SerializableString NAMESERVER = key(Field.NAMESERVER);
  private static final SerializableString TYPE = key(Field.TYPE);
  private static final SerializableString QTYPE = key(Field.QTYPE);
  private static final SerializableString NAME = key(Field.NAME);
  private static final SerializableString RCODE = key(Field.RCODE);
  private static final SerializableString LATENCY = key(Field.LATENCY);
  private static final SerializableString ANSWER_COUNT = key(Field.ANSWER_COUNT);
  private static final SerializableString ADDRESSES = key(Field.ADDRESSES);
  private static final SerializableString FLAGS = key(Field.FLAGS);
  private static final SerializableString STATE = key(Field.STATE);
  private static final SerializableString ATTRIBUTION = key(Field.ATTRIBUTION);

  private static final SerializableString AA = new SerializedString("aa");
  private static final SerializableString TC = new SerializedString("tc");
  private static final SerializableString RD = new SerializedString("rd");
  private static final SerializableString RA = new SerializedString("ra");
  private static final SerializableString AD = new SerializedString("ad");
  private static final SerializableString CD = new SerializedString("cd");

  private final JsonLine line;
  private final AddressTexts texts = new AddressTexts();
  private final List<String> words = new ArrayList<>();

  MessageMembers(JsonLine line) {
    this.line = line;
  }

  void write(DnsEvent event) {
    line.word(SOURCE_IP, texts.of(event.source().address()));
    line.word(DESTINATION_IP, texts.of(event.destination().address()));
    number(SOURCE_PORT, event.source().port());
    number(DESTINATION_PORT, event.destination().port());
    line.word(PROTOCOL, event.protocol().name());
    line.hex16(ID, event.id());
    line.word(QR, event.qr().name());
    if (event.nameserver() != null) {
      line.word(NAMESERVER, texts.of(event.nameserver()));
    }
    if (event.packetType() != null) {
      line.word(TYPE, event.packetType().name());
    }
    writeQuestion(event.question());
    writeAnswer(event);
    writeFlags(event.flags());
    lowerCase(STATE, event.state());
    lowerCase(ATTRIBUTION, event.attribution());
  }

  private void writeQuestion(@Nullable Question question) {
    if (question != null) {
      line.word(QTYPE, RecordType.mnemonic(question.type()));
      if (!question.name().isEmpty()) {
        line.text(NAME, question.name());
      }
    }
  }

  private void writeAnswer(DnsEvent event) {
    if (event.rcode() != null) {
      line.word(RCODE, Rcode.mnemonic(event.rcode()));
    }
    if (event.latencyNs() != null) {
      number(LATENCY, event.latencyNs());
    }
    number(ANSWER_COUNT, event.answerCount());
    if (!event.addresses().isEmpty()) {
      words.clear();
      for (IpAddress address : event.addresses()) {
        words.add(texts.of(address));
      }
      line.words(ADDRESSES, words);
    }
  }

  private void writeFlags(@Nullable Flags flags) {
    if (flags == null || flags.set().isEmpty()) {
      return;
    }
    line.beginObject(FLAGS);
    yes(AA, flags.aa());
    yes(TC, flags.tc());
    yes(RD, flags.rd());
    yes(RA, flags.ra());
    yes(AD, flags.ad());
    yes(CD, flags.cd());
    line.endObject();
  }

  private void number(SerializableString key, long value) {
    if (value != 0) {
      line.number(key, value);
    }
  }

  private void yes(SerializableString key, boolean set) {
    if (set) {
      line.yes(key);
    }
  }

  private void lowerCase(SerializableString key, @Nullable Enum<?> constant) {
    if (constant != null) {
      line.word(key, constant.name().toLowerCase(Locale.ROOT));
    }
  }

  private static SerializableString key(Field field) {
    return new SerializedString(field.key());
  }
}
