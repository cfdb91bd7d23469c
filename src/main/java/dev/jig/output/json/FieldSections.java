package dev.jig.output.json;

import com.fasterxml.jackson.core.io.SerializedString;
import dev.jig.dns.Dialect;
import dev.jig.dns.MessageDecoder;
import dev.jig.event.Container;
import dev.jig.event.EndpointName;
import dev.jig.event.Flags;
import dev.jig.event.Flow;
import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.Query;
import dev.jig.event.Row;
import dev.jig.event.Subject;
import dev.jig.event.WireMessage;
import dev.jig.fields.Field;
import dev.jig.fields.Field.Group;
import dev.jig.fields.FieldValue.Address;
import dev.jig.fields.FieldValue.Addresses;
import dev.jig.fields.FieldValue.Ascii;
import dev.jig.fields.FieldValue.Attempts;
import dev.jig.fields.FieldValue.Bool;
import dev.jig.fields.FieldValue.Duration;
import dev.jig.fields.FieldValue.HeaderFlags;
import dev.jig.fields.FieldValue.Instant;
import dev.jig.fields.FieldValue.Int;
import dev.jig.fields.FieldValue.Keyword;
import dev.jig.fields.FieldValue.Labels;
import dev.jig.fields.FieldValue.LossCause;
import dev.jig.fields.FieldValue.PodOrService;
import dev.jig.fields.FieldValue.Text;
import dev.jig.output.AddressTextCache;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes the sections of a row by the catalogue of fields; absent and zero values are omitted.
final class FieldSections implements RowSections {
  private static final SerializedString TYPE = new SerializedString("type");
  private static final SerializedString RUNTIME = new SerializedString("runtime");
  private static final SerializedString K8S = new SerializedString("k8s");
  private static final SerializedString KIND = new SerializedString("kind");
  private static final SerializedString NAMESPACE = new SerializedString("namespace");
  private static final SerializedString NAME = new SerializedString("name");
  private static final SerializedString PEER = new SerializedString("peer");
  private static final SerializedString HOP = new SerializedString("hop");

  /// A field with its encoded key.
  private record Member(Field field, SerializedString key) {}

  private static final Member[] RUNTIME_MEMBERS = membersOf(Group.RUNTIME);
  private static final Member[] K8S_MEMBERS = membersOf(Group.K8S);
  private static final Member[] TIMESTAMP_MEMBERS = members(Field.TIMESTAMP, Field.TIMESTAMP);
  private static final Member[] OWNER_MEMBERS = members(Field.MOUNT_NS, Field.COMMAND_LINE);
  private static final Member[] ADDRESSES_MEMBERS = members(Field.SOURCE_IP, Field.DESTINATION_IP);
  private static final Member[] PORTS_AND_ID_MEMBERS = members(Field.SOURCE_PORT, Field.ID);
  private static final Member[] DIRECTION_MEMBERS = members(Field.QR, Field.QTYPE);
  private static final Member[] NAME_MEMBERS = members(Field.NAME, Field.NAME);
  private static final Member[] RCODE_MEMBERS = members(Field.RCODE, Field.RCODE);
  private static final Member[] ANSWER_MEMBERS = members(Field.LATENCY, Field.ADDRESSES);
  private static final Member[] STATE_MEMBERS = members(Field.FLAGS, Field.ATTRIBUTION);
  private static final Member[] ENDPOINTS_AND_LOOKUP_MEMBERS = membersAfter(Field.ATTRIBUTION);
  private static final Member[] HOP_MEMBERS = membersOf(Group.HOP);
  private static final Member[] ATTRIBUTION_MEMBERS = members(Field.ATTRIBUTION, Field.ATTRIBUTION);

  private static final SerializedString LOOKUPS = new SerializedString("lookups");
  private static final Member[] ENDPOINT_MEMBERS =
      members(Field.SOURCE_ENDPOINT, Field.NAMESERVER_ENDPOINT);
  private static final Member[] NAME_ROW_MEMBERS =
      members(
          List.of(
              Field.NAMESERVER,
              Field.NAME,
              Field.FOUND,
              Field.OUTCOME,
              Field.QUERIES,
              Field.WASTED,
              Field.LATENCY,
              Field.ADDRESSES,
              Field.SEARCH_FROM,
              Field.ATTRIBUTION));

  private static final Map<String, SerializedString> FLAG_KEYS =
      Flags.of(true, true, true, true, true, true).names().stream()
          .collect(Collectors.toMap(flag -> flag, DocumentWriter::key));

  private final Document document;
  private final AddressTextCache addresses = new AddressTextCache();
  private final List<String> texts = new ArrayList<>();
  private final MessageContentWriter contentWriter;
  private final AttemptsWriter attemptsWriter;
  private final MessageDecoder decoder = new MessageDecoder();

  FieldSections(Document document) {
    this.document = document;
    contentWriter = new MessageContentWriter(document);
    attemptsWriter = new AttemptsWriter(document, addresses);
  }

  @Override
  public void writeContainer(Row row) throws IOException {
    writeGroup(RUNTIME, RUNTIME_MEMBERS, row);
    writeGroup(K8S, K8S_MEMBERS, row);
  }

  @Override
  public void writeTimestamp(Row row) throws IOException {
    writeMembers(TIMESTAMP_MEMBERS, row);
    document.writeAscii(TYPE, "normal");
  }

  @Override
  public void writeOwner(Row row) throws IOException {
    writeMembers(OWNER_MEMBERS, row);
  }

  @Override
  public void writeAddresses(Row row) throws IOException {
    writeMembers(ADDRESSES_MEMBERS, row);
  }

  @Override
  public void writePortsAndId(Row row) throws IOException {
    writeMembers(PORTS_AND_ID_MEMBERS, row);
  }

  @Override
  public void writeDirection(Row row) throws IOException {
    writeMembers(DIRECTION_MEMBERS, row);
  }

  @Override
  public void writeName(Row row) throws IOException {
    writeMembers(NAME_MEMBERS, row);
  }

  @Override
  public void writeRcode(Row row) throws IOException {
    writeMembers(RCODE_MEMBERS, row);
  }

  @Override
  public void writeAnswer(Row row) throws IOException {
    writeMembers(ANSWER_MEMBERS, row);
  }

  @Override
  public void writeState(Row row) throws IOException {
    writeMembers(STATE_MEMBERS, row);
  }

  @Override
  public void writeEndpointsAndLookup(Row row) throws IOException {
    writeMembers(ENDPOINTS_AND_LOOKUP_MEMBERS, row);
  }

  @Override
  public void writeHop(Row row) throws IOException {
    if (row.lookup() != null && row.lookup().upstream() != null) {
      writeGroup(HOP, HOP_MEMBERS, row);
    }
  }

  @Override
  public void writePeer(Row row) throws IOException {
    if (row.peer() != null) {
      writePeer(row.peer());
    }
  }

  @Override
  public void writeFolded(NameRow row) throws IOException {
    writeFolded(row, this);
  }

  /// @param sections writes the lookups
  void writeFolded(NameRow row, RowSections sections) throws IOException {
    writeMembers(NAME_ROW_MEMBERS, row);
    writeMembers(ENDPOINT_MEMBERS, row);
    document.beginList(LOOKUPS);
    for (LookupRow lookup : row.lookups()) {
      document.beginItem();
      sections.writeAll(lookup);
      document.endItem();
    }
    document.endList();
  }

  @Override
  public long malformedRows() {
    return contentWriter.malformed();
  }

  @Override
  public void writeContent(Row row) throws IOException {
    WireMessage message = row.dns().message();
    if (message != null) {
      Flow flow = row.flow();
      Dialect dialect = Dialect.ofPorts(flow.source().port(), flow.destination().port());
      contentWriter.write(message.decode(decoder, dialect));
    }
  }

  /// Writes an object with the container and process members of the peer's own row.
  private void writePeer(Subject peer) throws IOException {
    Row row = Query.ofSubject(peer);
    Container container = peer.container();
    document.beginObject(PEER);
    if (container != null) {
      writeGroup(RUNTIME, RUNTIME_MEMBERS, row);
    }
    if (container != null && container.pod() != null) {
      writeGroup(K8S, K8S_MEMBERS, row);
    }
    writeMembers(OWNER_MEMBERS, row);
    writeMembers(ATTRIBUTION_MEMBERS, row);
    document.endObject();
  }

  private void writeGroup(SerializedString key, Member[] members, Row row) throws IOException {
    document.beginObject(key);
    writeMembers(members, row);
    document.endObject();
  }

  private void writeMembers(Member[] members, Row row) throws IOException {
    for (Member member : members) {
      write(member, row);
    }
  }

  private void write(Member member, Row row) throws IOException {
    SerializedString key = member.key();
    switch (member.field().value()) {
      case Text(var get) -> writeText(key, get.of(row));
      case Ascii(var get) -> writeWord(key, get.of(row));
      case Keyword(var get, _) -> writeWord(key, get.of(row));
      case Int(var known, var get) -> {
        if (known.test(row)) {
          writeNumber(key, get.applyAsLong(row), member.field().hasMeaningfulZero());
        }
      }
      case Duration(var known, var get) -> {
        if (known.test(row)) {
          writeNumber(key, get.applyAsLong(row), false);
        }
      }
      case Instant(var known, var get) -> {
        if (known.test(row)) {
          writeNumber(key, get.applyAsLong(row), false);
        }
      }
      case Bool(var get) -> {
        if (Boolean.TRUE.equals(get.of(row))) {
          document.writeTrue(key);
        }
      }
      case Address(var get, _) -> {
        IpAddress address = get.of(row);
        writeWord(key, address == null ? null : addresses.get(address));
      }
      case PodOrService(var get) -> writeName(key, get.of(row));
      case Addresses(var get) -> writeAddresses(key, get.of(row));
      case Labels(var get) -> writeLabels(key, get.of(row));
      case LossCause(var get) -> CauseWriter.write(document, key, get.of(row));
      case Attempts(var get) -> attemptsWriter.write(key, get.of(row));
      case HeaderFlags(var get) -> {
        Flags flags = get.of(row);
        writeFlags(key, flags == null ? List.of() : flags.names());
      }
    }
  }

  private void writeText(SerializedString key, @Nullable String value) throws IOException {
    if (value != null && !value.isEmpty()) {
      document.writeText(key, value);
    }
  }

  private void writeWord(SerializedString key, @Nullable String value) throws IOException {
    if (value != null) {
      document.writeAscii(key, value);
    }
  }

  private void writeNumber(SerializedString key, long value, boolean writeZero) throws IOException {
    if (value != 0 || writeZero) {
      document.writeNumber(key, value);
    }
  }

  private void writeName(SerializedString key, @Nullable EndpointName name) throws IOException {
    if (name != null) {
      document.beginObject(key);
      document.writeAscii(KIND, name.kind().shortName());
      document.writeText(NAMESPACE, name.namespace());
      document.writeText(NAME, name.name());
      document.endObject();
    }
  }

  private void writeAddresses(SerializedString key, @Nullable List<IpAddress> values)
      throws IOException {
    if (values == null || values.isEmpty()) {
      return;
    }
    texts.clear();
    for (IpAddress value : values) {
      texts.add(addresses.get(value));
    }
    document.writeAsciiList(key, texts);
  }

  private void writeLabels(SerializedString key, @Nullable Map<String, String> labels)
      throws IOException {
    if (labels == null || labels.isEmpty()) {
      return;
    }
    document.beginObject(key);
    for (Map.Entry<String, String> label : new TreeMap<>(labels).entrySet()) {
      document.writeText(DocumentWriter.key(label.getKey()), label.getValue());
    }
    document.endObject();
  }

  private void writeFlags(SerializedString key, List<String> set) throws IOException {
    if (set.isEmpty()) {
      return;
    }
    document.beginObject(key);
    for (String flag : set) {
      document.writeTrue(Objects.requireNonNull(FLAG_KEYS.get(flag), flag));
    }
    document.endObject();
  }

  private static Member[] membersOf(Group group) {
    List<Field> fields = Field.all().stream().filter(field -> field.group() == group).toList();
    return members(fields.getFirst(), fields.getLast());
  }

  private static Member[] membersAfter(Field last) {
    List<Field> all = Field.all();
    return members(
        all.stream()
            .skip(all.indexOf(last) + 1L)
            .filter(field -> field.group() == Group.TOP)
            .toList());
  }

  private static Member[] members(Field first, Field last) {
    List<Field> all = Field.all();
    return members(all.subList(all.indexOf(first), all.indexOf(last) + 1));
  }

  private static Member[] members(List<Field> fields) {
    return fields.stream()
        .map(field -> new Member(field, new SerializedString(field.key())))
        .toArray(Member[]::new);
  }
}
