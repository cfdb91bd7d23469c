package dev.jig.output;

import com.fasterxml.jackson.core.io.SerializedString;
import dev.jig.event.DnsEvent;
import dev.jig.event.Field;
import dev.jig.event.Field.Group;
import dev.jig.event.FieldValue.Address;
import dev.jig.event.FieldValue.Addresses;
import dev.jig.event.FieldValue.Bits;
import dev.jig.event.FieldValue.Duration;
import dev.jig.event.FieldValue.Labels;
import dev.jig.event.FieldValue.Moment;
import dev.jig.event.FieldValue.Text;
import dev.jig.event.FieldValue.Truth;
import dev.jig.event.FieldValue.Whole;
import dev.jig.event.FieldValue.Word;
import dev.jig.event.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Walks the catalogue and writes each event as one object, leaving out what is absent or zero.
final class DocumentWriter implements EventWriter {
  private static final SerializedString TYPE = new SerializedString("type");
  private static final SerializedString MESSAGE = new SerializedString("message");
  private static final SerializedString RUNTIME = new SerializedString("runtime");
  private static final SerializedString K8S = new SerializedString("k8s");

  /// A field with its key as bytes.
  private record Member(Field field, SerializedString key) {}

  private static final List<Member> RUNTIME_MEMBERS = membersOf(Group.RUNTIME);
  private static final List<Member> K8S_MEMBERS = membersOf(Group.K8S);
  private static final List<Member> TOP_MEMBERS = membersOf(Group.TOP);

  private final Document document;
  private final AddressTexts addresses = new AddressTexts();
  private final List<String> words = new ArrayList<>();

  DocumentWriter(Document document) {
    this.document = document;
  }

  @Override
  public void begin() {
    // the first object is the first output
  }

  @Override
  public void event(DnsEvent event) throws IOException {
    document.begin();
    writeContainer(event);
    for (Member member : TOP_MEMBERS) {
      write(member, event);
      if (member.field() == Field.TIMESTAMP) {
        document.word(TYPE, "normal");
      }
    }
    document.end();
  }

  /// The two objects that say where an event happened; empty ones if nothing is known.
  void writeContainer(DnsEvent event) throws IOException {
    writeGroup(RUNTIME, RUNTIME_MEMBERS, event);
    writeGroup(K8S, K8S_MEMBERS, event);
  }

  @Override
  public void warn(String message) throws IOException {
    document.begin();
    document.word(TYPE, "warn");
    document.text(MESSAGE, message);
    document.end();
  }

  @Override
  public void flush() throws IOException {
    document.flush();
  }

  private void writeGroup(SerializedString key, List<Member> members, DnsEvent event)
      throws IOException {
    document.beginObject(key);
    for (Member member : members) {
      write(member, event);
    }
    document.endObject();
  }

  private void write(Member member, DnsEvent event) throws IOException {
    SerializedString key = member.key();
    switch (member.field().value()) {
      case Text(var get) -> writeText(key, get.of(event));
      case Word(var get) -> writeWord(key, get.of(event));
      case Whole(var known, var get) -> {
        if (known.test(event)) {
          writeNumber(key, get.applyAsLong(event), member.field().keepsZero());
        }
      }
      case Duration(var known, var get) -> {
        if (known.test(event)) {
          writeNumber(key, get.applyAsLong(event), false);
        }
      }
      case Moment(var get) -> writeNumber(key, get.applyAsLong(event), false);
      case Truth(var get) -> {
        if (Boolean.TRUE.equals(get.of(event))) {
          document.yes(key);
        }
      }
      case Address(var get) -> {
        IpAddress address = get.of(event);
        writeWord(key, address == null ? null : addresses.of(address));
      }
      case Addresses(var get) -> writeAddresses(key, get.of(event));
      case Labels(var get) -> writeLabels(key, get.of(event));
      case Bits(var get) -> {
        DnsEvent.Flags flags = get.of(event);
        writeFlags(key, flags == null ? List.of() : flags.set());
      }
    }
  }

  private void writeText(SerializedString key, @Nullable String value) throws IOException {
    if (value != null && !value.isEmpty()) {
      document.text(key, value);
    }
  }

  private void writeWord(SerializedString key, @Nullable String value) throws IOException {
    if (value != null) {
      document.word(key, value);
    }
  }

  private void writeNumber(SerializedString key, long value, boolean evenZero) throws IOException {
    if (value != 0 || evenZero) {
      document.number(key, value);
    }
  }

  private void writeAddresses(SerializedString key, @Nullable List<IpAddress> values)
      throws IOException {
    if (values == null || values.isEmpty()) {
      return;
    }
    words.clear();
    for (IpAddress value : values) {
      words.add(addresses.of(value));
    }
    document.words(key, words);
  }

  private void writeLabels(SerializedString key, @Nullable Map<String, String> labels)
      throws IOException {
    if (labels == null || labels.isEmpty()) {
      return;
    }
    document.beginObject(key);
    for (Map.Entry<String, String> label : new TreeMap<>(labels).entrySet()) {
      document.text(keyOf(label.getKey()), label.getValue());
    }
    document.endObject();
  }

  private void writeFlags(SerializedString key, List<String> set) throws IOException {
    if (set.isEmpty()) {
      return;
    }
    document.beginObject(key);
    for (String flag : set) {
      document.yes(keyOf(flag));
    }
    document.endObject();
  }

  /// Kubernetes admits only printable ASCII in the keys of labels; should there be anything else,
  /// it shows as it would in a table.
  private static SerializedString keyOf(String raw) {
    return new SerializedString(Escaping.TERMINAL.escape(raw));
  }

  private static List<Member> membersOf(Group group) {
    return Field.all().stream()
        .filter(field -> field.group() == group)
        .map(field -> new Member(field, new SerializedString(field.key())))
        .toList();
  }
}
