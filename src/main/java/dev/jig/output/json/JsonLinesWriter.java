package dev.jig.output.json;

import com.fasterxml.jackson.core.io.SerializedString;
import dev.jig.event.Container;
import dev.jig.event.Row;
import dev.jig.event.Owner;
import dev.jig.event.Peer;
import dev.jig.fields.Field;
import dev.jig.output.RowWriter;
import dev.jig.output.json.DocumentWriter.Section;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Writes rows as JSON lines. The encoded members of containers, peers and owners are cached, since
/// many rows have the same ones.
public final class JsonLinesWriter implements RowWriter {
  /// Slots per cache, enough for the containers of many nodes.
  private static final int SLOTS = 4_096;

  private static final String HOST = "host";
  private static final SerializedString TIMESTAMP = new SerializedString(Field.TIMESTAMP.key());
  private static final byte[] NORMAL = "\"type\":\"normal\"".getBytes(StandardCharsets.US_ASCII);

  /// The encoded members of a container, peer or owner.
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  private record CachedMembers(@Nullable Object part, @Nullable String node, byte[] members) {}

  private final JsonLinesDocument document;
  private final DocumentWriter sections;
  private final SectionSerializer serializer = new SectionSerializer();
  private final CachingMessageWriter message;
  private final @Nullable CachedMembers[] containers = new @Nullable CachedMembers[SLOTS];
  private final @Nullable CachedMembers[] peers = new @Nullable CachedMembers[SLOTS];
  private final @Nullable CachedMembers[] owners = new @Nullable CachedMembers[SLOTS];

  public JsonLinesWriter(OutputStream out) {
    document = new JsonLinesDocument(out);
    sections = new DocumentWriter(document);
    message = new CachingMessageWriter(document, serializer);
  }

  @Override
  public void begin() {
    // nothing precedes the first object
  }

  @Override
  public void writeRow(Row event) throws IOException {
    document.begin();
    document.appendMembers(container(event));
    if (event.timestampNs() != 0) {
      document.writeNumber(TIMESTAMP, event.timestampNs());
    }
    document.appendMembers(NORMAL);
    if (event.owner() != null) {
      document.appendMembers(owner(event, event.owner()));
    }
    message.write(event);
    sections.write(Section.ENDPOINTS_AND_LOOKUP, event);
    sections.write(Section.HOP, event);
    if (event.peer() != null) {
      document.appendMembers(peer(event, event.peer()));
    }
    sections.write(Section.CONTENT, event);
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

  private byte[] container(Row event) throws IOException {
    Container container = event.container();
    int slot = container == null ? 0 : container.id().hashCode() & SLOTS - 1;
    CachedMembers cached = containers[slot];
    if (cached == null
        || !Objects.equals(cached.part(), container)
        || !Objects.equals(cached.node(), event.node())) {
      cached =
          new CachedMembers(
              container, event.node(), serializer.serialize(Section.CONTAINER, event));
      containers[slot] = cached;
    }
    return cached.members();
  }

  /// Owners of several nodes may have the same tid, but rarely the same start time, too.
  private static int slot(Owner owner) {
    return owner.tid() + Long.hashCode(owner.startBootNs()) & SLOTS - 1;
  }

  private byte[] peer(Row event, Peer peer) throws IOException {
    int slot = slot(peer.owner());
    CachedMembers cached = peers[slot];
    if (cached == null || !Objects.equals(cached.part(), peer)) {
      cached = new CachedMembers(peer, null, serializer.serialize(Section.PEER, event));
      peers[slot] = cached;
    }
    return cached.members();
  }

  private byte[] owner(Row event, Owner owner) throws IOException {
    int slot = slot(owner);
    CachedMembers cached = owners[slot];
    String variant =
        event.container() == null ? HOST : null; // user names are shown only outside containers
    if (cached == null
        || !Objects.equals(cached.part(), owner)
        || !Objects.equals(cached.node(), variant)) {
      cached = new CachedMembers(owner, variant, serializer.serialize(Section.OWNER, event));
      owners[slot] = cached;
    }
    return cached.members();
  }
}
