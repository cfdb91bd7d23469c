package dev.jig.output.json;

import dev.jig.event.NameRow;
import dev.jig.event.Row;
import dev.jig.event.Subject;
import dev.jig.fields.Field;
import dev.jig.output.AddressTextCache;
import dev.jig.table.DirectMapped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Writes the sections of a row as [FieldSections] does, faster: the encoded members of subjects
/// and peers are cached, since rows of one process have the same ones, and what remains is written
/// without the catalogue of fields.
final class CachedSections implements RowSections {
  /// Slots per cache, enough for the processes of many nodes.
  private static final int SLOTS = 4_096;

  private static final byte[] TIMESTAMP = JsonLinesDocument.key(Field.TIMESTAMP.key());
  private static final byte[] NORMAL = "\"type\":\"normal\"".getBytes(StandardCharsets.US_ASCII);

  /// The encoded members of a subject: before the timestamp those of its container, after it those
  /// of its process.
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  private record CachedSubject(Subject subject, byte[] container, byte[] owner) {}

  /// The encoded members of a peer.
  @SuppressWarnings("ArrayRecordComponent")
  private record CachedPeer(Subject peer, byte[] members) {}

  private final JsonLinesDocument document;
  private final FieldSections fields;
  private final SectionSerializer serializer = new SectionSerializer();
  private final CachingMessageWriter message;
  private final PlainAnswerWriter plain;
  private final DirectMapped<CachedSubject> subjects = new DirectMapped<>(SLOTS);
  private final DirectMapped<CachedPeer> peers = new DirectMapped<>(SLOTS);

  CachedSections(JsonLinesDocument document) {
    this.document = document;
    fields = new FieldSections(document);
    AddressTextCache texts = new AddressTextCache();
    message = new CachingMessageWriter(document, serializer, texts);
    plain = new PlainAnswerWriter(document, texts);
  }

  @Override
  public void writeContainer(Row row) throws IOException {
    document.appendMembers(encode(row).container());
  }

  @Override
  public void writeTimestamp(Row row) {
    if (row.timestampNs() != 0) {
      document.writeNumber(TIMESTAMP, row.timestampNs());
    }
    document.appendMembers(NORMAL);
  }

  @Override
  public void writeOwner(Row row) throws IOException {
    document.appendMembers(encode(row).owner());
  }

  @Override
  public void writeAddresses(Row row) throws IOException {
    message.writeAddresses(row);
  }

  @Override
  public void writePortsAndId(Row row) {
    message.writePortsAndId(row);
  }

  @Override
  public void writeDirection(Row row) throws IOException {
    message.writeDirection(row);
  }

  @Override
  public void writeName(Row row) {
    message.writeName(row);
  }

  @Override
  public void writeRcode(Row row) throws IOException {
    message.writeRcode(row);
  }

  @Override
  public void writeAnswer(Row row) {
    message.writeAnswer(row);
  }

  @Override
  public void writeState(Row row) throws IOException {
    message.writeState(row);
  }

  @Override
  public void writeEndpointsAndLookup(Row row) throws IOException {
    if (row.lookup() != null || row.flow().names() != null) {
      fields.writeEndpointsAndLookup(row);
    }
  }

  @Override
  public void writeHop(Row row) throws IOException {
    if (row.lookup() != null) {
      fields.writeHop(row);
    }
  }

  @Override
  public void writePeer(Row row) throws IOException {
    Subject peer = row.peer();
    if (peer != null) {
      document.appendMembers(encodePeer(row, peer));
    }
  }

  @Override
  public void writeFolded(NameRow row) throws IOException {
    fields.writeFolded(row, this);
  }

  @Override
  public long malformedRows() {
    return fields.malformedRows();
  }

  @Override
  public void writeContent(Row row) throws IOException {
    if (!plain.write(row)) {
      fields.writeContent(row);
    }
  }

  /// Rows of one process share their subject, so that identity is enough; a copy is encoded again.
  @SuppressWarnings("ReferenceEquality")
  private CachedSubject encode(Row row) throws IOException {
    Subject subject = row.subject();
    CachedSubject cached = subjects.get(subject.tableHash());
    if (cached == null || cached.subject() != subject) {
      cached =
          new CachedSubject(
              subject,
              serializer.serialize(FieldSections::writeContainer, row),
              serializer.serialize(FieldSections::writeOwner, row));
      subjects.put(subject.tableHash(), cached);
    }
    return cached;
  }

  @SuppressWarnings("ReferenceEquality") // as in encode
  private byte[] encodePeer(Row row, Subject peer) throws IOException {
    CachedPeer cached = peers.get(peer.tableHash());
    if (cached == null || cached.peer() != peer) {
      cached = new CachedPeer(peer, serializer.serialize(FieldSections::writePeer, row));
      peers.put(peer.tableHash(), cached);
    }
    return cached.members();
  }
}
