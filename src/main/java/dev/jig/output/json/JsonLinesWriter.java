package dev.jig.output.json;

import com.fasterxml.jackson.core.io.SerializedString;
import dev.jig.event.Container;
import dev.jig.event.Owner;
import dev.jig.event.Row;
import dev.jig.event.Subject;
import dev.jig.fields.Field;
import dev.jig.output.AddressTextCache;
import dev.jig.output.RowWriter;
import dev.jig.output.json.DocumentWriter.Section;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

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
  private final @Nullable CachedSubject[] subjects = new @Nullable CachedSubject[SLOTS];
  private final @Nullable CachedPeer[] peers = new @Nullable CachedPeer[SLOTS];

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

  @Override
  public void writeRow(Row row) throws IOException {
    CachedSubject subject = encode(row);
    document.begin();
    document.appendMembers(subject.container());
    if (row.timestampNs() != 0) {
      document.writeNumber(TIMESTAMP, row.timestampNs());
    }
    document.appendMembers(NORMAL);
    document.appendMembers(subject.owner());
    message.write(row);
    if (row.lookup() != null || row.flow().names() != null) {
      sections.write(Section.ENDPOINTS_AND_LOOKUP, row);
      sections.write(Section.HOP, row);
    }
    Subject peer = row.peer();
    if (peer != null) {
      document.appendMembers(encodePeer(row, peer));
    }
    if (!plain.write(row)) {
      sections.write(Section.CONTENT, row);
    }
    document.end();
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
    int slot = slot(subject);
    CachedSubject cached = subjects[slot];
    if (cached == null || cached.subject() != subject) {
      cached =
          new CachedSubject(
              subject,
              serializer.serialize(Section.CONTAINER, row),
              serializer.serialize(Section.OWNER, row));
      subjects[slot] = cached;
    }
    return cached;
  }

  @SuppressWarnings("ReferenceEquality") // as in encode
  private byte[] encodePeer(Row row, Subject peer) throws IOException {
    int slot = slot(peer);
    CachedPeer cached = peers[slot];
    if (cached == null || cached.peer() != peer) {
      cached = new CachedPeer(peer, serializer.serialize(Section.PEER, row));
      peers[slot] = cached;
    }
    return cached.members();
  }

  /// Owners of several nodes may have the same tid, but rarely the same start time, too.
  private static int slot(Subject subject) {
    Owner owner = subject.owner();
    Container container = subject.container();
    int hash =
        owner != null
            ? owner.tid() + Long.hashCode(owner.startBootNs())
            : container == null ? 0 : container.id().hashCode();
    return hash & SLOTS - 1;
  }
}
