package dev.jig.output;

import dev.jig.event.Attribution;
import dev.jig.event.Container;
import dev.jig.event.DnsEvent;
import dev.jig.event.DnsEvent.Endpoint;
import dev.jig.event.Field;
import dev.jig.event.IpAddress;
import dev.jig.event.Protocol;
import dev.jig.event.Qr;
import dev.jig.event.Timestamp;
import dev.jig.event.Width.Ellipsis;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What `ig list-containers` prints, as text with the ends of its lines.
public final class ContainerList {
  private static final List<Field> FIELDS =
      List.of(Field.RUNTIME_NAME, Field.CONTAINER_ID, Field.CONTAINER_NAME, Field.IMAGE_NAME);
  private static final int ID_LENGTH = 12;

  /// TIMESTAMP, EVENT, then [#FIELDS]: rows to come cannot widen a column, so each begins wide
  /// enough for what is usual.
  private static final int[] WATCH_WIDTHS = {35, 7, 19, 19, 30, 30};

  private static final Comparator<Container> ORDER =
      Comparator.comparing((Container container) -> orEmpty(container.runtime()))
          .thenComparing(container -> orEmpty(container.name()))
          .thenComparing(Container::id);

  /// What happened to a container.
  public enum Change {
    CREATED,
    DELETED
  }

  private ContainerList() {}

  /// A table sorted by runtime and name, its columns as wide as what is in them.
  public static String columns(List<Container> containers) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(header());
    containers.stream().sorted(ORDER).map(ContainerList::cells).forEach(rows::add);
    int[] widths = new int[FIELDS.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], Cells.of(row.get(i)));
      }
    }
    StringBuilder text = new StringBuilder();
    rows.forEach(row -> append(text, row, widths));
    return text.toString();
  }

  /// An array of objects `{"runtime":{…},"k8s":{…}}`, sorted likewise.
  public static String json(List<Container> containers) {
    List<Container> sorted = containers.stream().sorted(ORDER).toList();
    return written(document -> {
      document.beginArray();
      for (Container container : sorted) {
        document.begin();
        writeContainer(document, container);
        document.endObject();
      }
      document.endArray();
    });
  }

  /// The header of `-w`.
  public static String watchHeader() {
    List<String> row = new ArrayList<>(List.of("TIMESTAMP", "EVENT"));
    row.addAll(header());
    return line(row, WATCH_WIDTHS);
  }

  /// One row of `-w`; what is wider than its column pushes the next.
  public static String watchRow(long timestampNs, Change change, Container container) {
    List<String> row = new ArrayList<>(List.of(Timestamp.format(timestampNs), change.name()));
    row.addAll(cells(container));
    return line(row, WATCH_WIDTHS);
  }

  /// One line of `-w -o json`: `{"timestamp":…,"event":…,"container":{…}}`.
  public static String watchJson(long timestampNs, Change change, Container container) {
    return written(document -> {
      document.begin();
      document.word(DocumentWriter.key("timestamp"), Timestamp.format(timestampNs));
      document.word(DocumentWriter.key("event"), change.name());
      document.beginObject(DocumentWriter.key("container"));
      writeContainer(document, container);
      document.endObject();
      document.end();
    });
  }

  @FunctionalInterface
  private interface Writing {
    void to(JsonDocument document) throws IOException;
  }

  private static String written(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      JsonDocument document = JsonDocument.compact(bytes);
      writing.to(document);
      document.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail", e);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static void writeContainer(JsonDocument document, Container container)
      throws IOException {
    new DocumentWriter(document).write(DocumentWriter.Section.CONTAINER, carrier(container));
  }

  private static List<String> header() {
    return FIELDS.stream().map(field -> field.column().toUpperCase(Locale.ROOT)).toList();
  }

  private static List<String> cells(Container container) {
    DnsEvent carrier = carrier(container);
    return FIELDS.stream().map(field -> cell(field, carrier)).toList();
  }

  private static String cell(Field field, DnsEvent carrier) {
    String text = Escaping.TERMINAL.escape(orEmpty(field.value().text(carrier)));
    return field == Field.CONTAINER_ID && text.length() > ID_LENGTH
        ? text.substring(0, ID_LENGTH)
        : text;
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder text = new StringBuilder();
    append(text, row, widths);
    return text.toString();
  }

  private static void append(StringBuilder text, List<String> row, int[] widths) {
    for (int i = 0; i < row.size(); i++) {
      int width = Math.max(widths[i], Cells.of(row.get(i)));
      Cells.append(text.append(i == 0 ? "" : " "), row.get(i), width, Ellipsis.END);
    }
    text.append('\n');
  }

  /// The catalogue reads events: this one has nothing but the container.
  private static DnsEvent carrier(Container container) {
    Endpoint none = new Endpoint(IpAddress.v4(0), 0);
    return new DnsEvent(
        0,
        container,
        null,
        Attribution.UNKNOWN,
        none,
        none,
        Protocol.UDP,
        null,
        null,
        Qr.Q,
        0,
        null,
        null,
        null,
        null,
        0,
        List.of(),
        null);
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
