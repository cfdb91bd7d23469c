package dev.jig.output.json;

import com.fasterxml.jackson.core.io.SerializedString;
import dev.jig.event.Container;
import dev.jig.event.DnsEvent;
import dev.jig.event.Owner;
import dev.jig.event.Peer;
import dev.jig.fields.Field;
import dev.jig.output.EventWriter;
import dev.jig.output.json.DocumentWriter.Section;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One JSON object a line, the format that must keep up: a container and a process are written once
/// and then copied, since their next event is rarely far.
public final class JsonLinesWriter implements EventWriter {
  /// Enough for the containers of many nodes.
  private static final int SLOTS = 4_096;

  private static final String HOST = "host";
  private static final SerializedString TIMESTAMP = new SerializedString(Field.TIMESTAMP.key());
  private static final byte[] NORMAL = "\"type\":\"normal\"".getBytes(StandardCharsets.US_ASCII);

  /// The members of one container or owner, as they stand in a line.
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  private record Written(@Nullable Object of, @Nullable String node, byte[] members) {}

  private final JsonLine document;
  private final DocumentWriter sections;
  private final SectionBytes sectionBytes = new SectionBytes();
  private final MessageMembers message;
  private final @Nullable Written[] containers = new @Nullable Written[SLOTS];
  private final @Nullable Written[] peers = new @Nullable Written[SLOTS];
  private final @Nullable Written[] owners = new @Nullable Written[SLOTS];

  public JsonLinesWriter(OutputStream out) {
    document = new JsonLine(out);
    sections = new DocumentWriter(document);
    message = new MessageMembers(document, sectionBytes);
  }

  @Override
  public void begin() {
    // the first object is the first output
  }

  @Override
  public void event(DnsEvent event) throws IOException {
    document.begin();
    document.members(container(event));
    if (event.timestampNs() != 0) {
      document.number(TIMESTAMP, event.timestampNs());
    }
    document.members(NORMAL);
    if (event.owner() != null) {
      document.members(owner(event, event.owner()));
    }
    message.write(event);
    sections.write(Section.REST, event);
    sections.write(Section.HOP, event);
    if (event.peer() != null) {
      document.members(peer(event, event.peer()));
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

  private byte[] container(DnsEvent event) throws IOException {
    Container container = event.container();
    int slot = container == null ? 0 : container.id().hashCode() & SLOTS - 1;
    Written known = containers[slot];
    if (known == null
        || !Objects.equals(known.of(), container)
        || !Objects.equals(known.node(), event.node())) {
      known = new Written(container, event.node(), sectionBytes.of(Section.CONTAINER, event));
      containers[slot] = known;
    }
    return known.members();
  }

  /// Threads of several nodes may have one id, but hardly the start of their processes.
  private static int slot(Owner owner) {
    return owner.tid() + Long.hashCode(owner.startTimeNs()) & SLOTS - 1;
  }

  private byte[] peer(DnsEvent event, Peer peer) throws IOException {
    int slot = slot(peer.owner());
    Written known = peers[slot];
    if (known == null || !Objects.equals(known.of(), peer)) {
      known = new Written(peer, null, sectionBytes.of(Section.PEER, event));
      peers[slot] = known;
    }
    return known.members();
  }

  private byte[] owner(DnsEvent event, Owner owner) throws IOException {
    int slot = slot(owner);
    Written known = owners[slot];
    String place = event.container() == null ? HOST : null; // its users have the host's names
    if (known == null
        || !Objects.equals(known.of(), owner)
        || !Objects.equals(known.node(), place)) {
      known = new Written(owner, place, sectionBytes.of(Section.OWNER, event));
      owners[slot] = known;
    }
    return known.members();
  }
}
