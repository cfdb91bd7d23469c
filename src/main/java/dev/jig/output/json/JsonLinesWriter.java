package dev.jig.output.json;

import com.fasterxml.jackson.core.io.SerializedString;
import dev.jig.event.Row;
import dev.jig.event.Subject;
import dev.jig.fields.Field;
import dev.jig.output.AddressTextCache;
import dev.jig.output.RowWriter;
import dev.jig.output.json.DocumentWriter.Section;
import dev.jig.table.DirectMapped;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Writes rows as JSON lines. The encoded members of subjects and peers are cached, since rows of
/// one process have the same ones.
public final class JsonLinesWriter implements RowWriter {
  /// Slots per cache, enough for the processes of many nodes.
  private static final int SLOTS = 4_096;

  private static final SerializedString TIMESTAMP = new SerializedString(Field.TIMESTAMP.key());
  private static final byte[] NORMAL = "\"type\":\"normal\"".getBytes(StandardCharsets.US_ASCII);

  /// The encoded members of a subject: before the timestamp those of its container, after it those
  /// of its process.
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  private record CachedSubject(Subject subject, byte[] container, byte[] owner) {}

  /// The encoded members of a peer.
  @SuppressWarnings("ArrayRecordComponent")
  private record CachedPeer(Subject peer, byte[] members) {}

  private final JsonLinesDocument document;
  private final DocumentWriter sections;
  private final SectionSerializer serializer = new SectionSerializer();
  private final CachingMessageWriter message;
  private final PlainAnswerWriter plain;
  private final DirectMapped<CachedSubject> subjects = new DirectMapped<>(SLOTS);
  private final DirectMapped<CachedPeer> peers = new DirectMapped<>(SLOTS);

  public JsonLinesWriter(OutputStream out) {
    document = new JsonLinesDocument(out);
    sections = new DocumentWriter(document);
    AddressTextCache texts = new AddressTextCache();
    message = new CachingMessageWriter(document, serializer, texts);
    plain = new PlainAnswerWriter(document, texts);
  }

  @Override
  public void begin() {
    // nothing precedes the first object
  }

  /// The order of the members is that of [Section], as in [DocumentWriter].
  @Override
  public void writeRow(Row row) throws IOException {
    document.begin();
    for (Section section : DocumentWriter.SECTIONS) {
      write(section, row);
    }
    document.end();
  }

  private void write(Section section, Row row) throws IOException {
    switch (section) {
      case CONTAINER -> document.appendMembers(encode(row).container());
      case TIMESTAMP -> {
        if (row.timestampNs() != 0) {
          document.writeNumber(TIMESTAMP, row.timestampNs());
        }
        document.appendMembers(NORMAL);
      }
      case OWNER -> document.appendMembers(encode(row).owner());
      case ADDRESSES, PORTS_AND_ID, DIRECTION, NAME, RCODE, ANSWER, STATE ->
          message.write(section, row);
      case ENDPOINTS_AND_LOOKUP, HOP -> {
        if (row.lookup() != null || row.flow().names() != null) {
          sections.write(section, row);
        }
      }
      case PEER -> {
        Subject peer = row.peer();
        if (peer != null) {
          document.appendMembers(encodePeer(row, peer));
        }
      }
      case CONTENT -> {
        if (!plain.write(row)) {
          sections.write(section, row);
        }
      }
    }
  }

  @Override
  public void warn(String message) throws IOException {
    sections.warn(message);
  }

  @Override
  public void flush() throws IOException {
    document.flush();
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
              serializer.serialize(Section.CONTAINER, row),
              serializer.serialize(Section.OWNER, row));
      subjects.put(subject.tableHash(), cached);
    }
    return cached;
  }

  @SuppressWarnings("ReferenceEquality") // as in encode
  private byte[] encodePeer(Row row, Subject peer) throws IOException {
    CachedPeer cached = peers.get(peer.tableHash());
    if (cached == null || cached.peer() != peer) {
      cached = new CachedPeer(peer, serializer.serialize(Section.PEER, row));
      peers.put(peer.tableHash(), cached);
    }
    return cached.members();
  }
}
