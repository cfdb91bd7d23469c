package dev.jig.output;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.jig.event.Container;
import dev.jig.event.DnsEvent;
import dev.jig.event.Owner;
import dev.jig.output.DocumentWriter.Section;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One JSON object a line, the format that must keep up: a container and a process are written once
/// and then copied, since their next event is rarely far.
final class JsonLinesWriter implements EventWriter {
  private static final int SLOTS = 256;

  /// The members of one container or owner, as they stand in a line.
  private record Written(@Nullable Object of, @Nullable String node, SerializableString members) {}

  private final JsonDocument document;
  private final DocumentWriter sections;
  private final @Nullable Written[] containers = new @Nullable Written[SLOTS];
  private final @Nullable Written[] owners = new @Nullable Written[SLOTS];

  JsonLinesWriter(OutputStream out) throws IOException {
    document = JsonDocument.compact(out);
    sections = new DocumentWriter(document);
  }

  @Override
  public void begin() {
    // the first object is the first output
  }

  @Override
  public void event(DnsEvent event) throws IOException {
    document.begin();
    document.raw(container(event));
    sections.write(Section.MOMENT, event);
    if (event.owner() != null) {
      document.raw(owner(event, event.owner()));
    }
    sections.write(Section.MESSAGE, event);
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

  private SerializableString container(DnsEvent event) throws IOException {
    Container container = event.container();
    int slot = container == null ? 0 : container.id().hashCode() & SLOTS - 1;
    Written known = containers[slot];
    if (known == null
        || !Objects.equals(known.of(), container)
        || !Objects.equals(known.node(), event.node())) {
      String members = membersOf(Section.CONTAINER, event) + ",";
      known = new Written(container, event.node(), new SerializedString(members));
      containers[slot] = known;
    }
    return known.members();
  }

  private SerializableString owner(DnsEvent event, Owner owner) throws IOException {
    int slot = owner.tid() & SLOTS - 1;
    Written known = owners[slot];
    if (known == null || !owner.equals(known.of())) {
      String members = "," + membersOf(Section.OWNER, event);
      known = new Written(owner, null, new SerializedString(members));
      owners[slot] = known;
    }
    return known.members();
  }

  /// A section's members without the braces around them.
  private static String membersOf(Section section, DnsEvent event) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    JsonDocument object = JsonDocument.compact(bytes);
    object.begin();
    new DocumentWriter(object).write(section, event);
    object.end();
    object.flush();
    String text = bytes.toString(StandardCharsets.UTF_8);
    return text.substring(1, text.length() - 2);
  }
}
