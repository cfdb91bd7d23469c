package dev.jig.cli;

import dev.jig.event.Container;
import dev.jig.event.Query;
import dev.jig.event.Row;
import dev.jig.event.Subject;
import dev.jig.fields.Field;
import dev.jig.fields.Timestamp;
import dev.jig.fields.Width.Ellipsis;
import dev.jig.output.Cells;
import dev.jig.output.Escaping;
import dev.jig.output.json.Document;
import dev.jig.output.json.DocumentWriter;
import dev.jig.output.json.JsonDocument;
import dev.jig.output.json.YamlDocument;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Formats the output of `ig list-containers`; every text ends with a line feed.
public final class ContainerList {
  /// The columns shown by default.
  static final List<Field> FIELDS =
      List.of(Field.RUNTIME_NAME, Field.CONTAINER_ID, Field.CONTAINER_NAME, Field.IMAGE_NAME);

  private static final int ID_LENGTH = 12;
  private static final int TIMESTAMP_WIDTH = 35;
  private static final int UTC_TIMESTAMP_WIDTH = 30;
  private static final int EVENT_WIDTH = 7;
  private static final int MIN_COLUMN_WIDTH = 7;

  /// Width of the name columns of `-w`: later rows cannot widen a column.
  private static final int WATCH_NAME_WIDTH = 30;

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

  /// A table sorted by runtime and name; each column is as wide as its widest cell.
  static String columns(List<Container> containers, List<Field> fields) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(header(fields));
    containers.stream().sorted(ORDER).map(each -> cells(each, fields)).forEach(rows::add);
    int[] widths = new int[fields.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], Cells.width(row.get(i)));
      }
    }
    StringBuilder text = new StringBuilder();
    rows.forEach(row -> append(text, row, widths));
    return text.toString();
  }

  /// An array of objects `{"runtime":{…},"k8s":{…}}`, in the same order.
  static String json(List<Container> containers) {
    return render(JsonDocument::compact, document -> writeArray(document, containers));
  }

  /// The same over several lines.
  static String jsonPretty(List<Container> containers) {
    return render(JsonDocument::pretty, document -> writeArray(document, containers));
  }

  /// One YAML document for each container, in the same order.
  static String yaml(List<Container> containers) {
    return render(
        YamlDocument::new,
        document -> {
          for (Container container : containers.stream().sorted(ORDER).toList()) {
            document.begin();
            writeContainer(document, container);
            document.end();
          }
        });
  }

  private static void writeArray(JsonDocument document, List<Container> containers)
      throws IOException {
    document.beginArray();
    for (Container container : containers.stream().sorted(ORDER).toList()) {
      document.begin();
      writeContainer(document, container);
      document.endObject();
    }
    document.endArray();
  }

  /// The header of `-w`.
  ///
  /// @param cells the width of the terminal; empty: stdout is no terminal
  static String watchHeader(List<Field> fields, OptionalInt cells) {
    List<String> row = new ArrayList<>(List.of("TIMESTAMP", "EVENT"));
    row.addAll(header(fields));
    return watchLine(row, fields, cells);
  }

  /// One row of `-w`. A cell wider than its column is cut on a terminal; elsewhere it moves the
  /// next.
  static String watchRow(
      long timestampNs, Change change, Container container, List<Field> fields, OptionalInt cells) {
    List<String> row = new ArrayList<>(List.of(Timestamp.format(timestampNs), change.name()));
    row.addAll(cells(container, fields));
    return watchLine(row, fields, cells);
  }

  private static String watchLine(List<String> row, List<Field> fields, OptionalInt cells) {
    int[] widths = new int[fields.size() + 2];
    widths[0] = TIMESTAMP_WIDTH;
    widths[1] = EVENT_WIDTH;
    for (int i = 0; i < fields.size(); i++) {
      Field field = fields.get(i);
      boolean named = field == Field.CONTAINER_NAME || field == Field.IMAGE_NAME;
      widths[i + 2] = Math.max(named ? WATCH_NAME_WIDTH : 0, field.column().length());
    }
    StringBuilder text = new StringBuilder();
    if (cells.isEmpty()) {
      append(text, row, widths);
    } else {
      fit(widths, cells.getAsInt());
      appendCut(text, row, widths);
    }
    return text.toString();
  }

  /// Narrows the widest columns until a row fits; TIMESTAMP and EVENT are never cut.
  private static void fit(int[] widths, int cells) {
    int excess = Arrays.stream(widths).sum() + widths.length - 1 - cells;
    widths[0] -= Math.clamp(excess, 0, TIMESTAMP_WIDTH - UTC_TIMESTAMP_WIDTH);
    for (excess = Arrays.stream(widths).sum() + widths.length - 1 - cells; excess > 0; excess--) {
      int widest = 2;
      for (int i = 3; i < widths.length; i++) {
        widest = widths[i] > widths[widest] ? i : widest;
      }
      if (widths.length <= 2 || widths[widest] <= MIN_COLUMN_WIDTH) {
        return; // the terminal is too narrow
      }
      widths[widest]--;
    }
  }

  private static void appendCut(StringBuilder text, List<String> row, int[] widths) {
    for (int i = 0; i < row.size(); i++) {
      Cells.append(text.append(i == 0 ? "" : " "), row.get(i), widths[i], Ellipsis.END);
    }
    text.append('\n');
  }

  /// One line of `-w -o json`: `{"timestamp":…,"event":…,"container":{…}}`.
  static String watchJson(long timestampNs, Change change, Container container) {
    return render(JsonDocument::compact, to -> writeChange(to, timestampNs, change, container));
  }

  /// The same over several lines.
  static String watchJsonPretty(long timestampNs, Change change, Container container) {
    return render(JsonDocument::pretty, to -> writeChange(to, timestampNs, change, container));
  }

  /// The same as a YAML document.
  static String watchYaml(long timestampNs, Change change, Container container) {
    return render(YamlDocument::new, to -> writeChange(to, timestampNs, change, container));
  }

  private static void writeChange(
      Document document, long timestampNs, Change change, Container container) throws IOException {
    document.begin();
    document.writeAscii(DocumentWriter.key("timestamp"), Timestamp.format(timestampNs));
    document.writeAscii(DocumentWriter.key("event"), change.name());
    document.beginObject(DocumentWriter.key("container"));
    writeContainer(document, container);
    document.endObject();
    document.end();
  }

  @FunctionalInterface
  private interface DocumentFactory<D> {
    D open(OutputStream out) throws IOException;
  }

  @FunctionalInterface
  private interface DocumentBody<D> {
    void writeTo(D document) throws IOException;
  }

  private static <D extends Document> String render(
      DocumentFactory<D> opening, DocumentBody<D> writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      D document = opening.open(bytes);
      writing.writeTo(document);
      document.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("a byte array takes any write", e);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static void writeContainer(Document document, Container container) throws IOException {
    DocumentWriter.writeContainer(document, Subject.of(container));
  }

  private static List<String> header(List<Field> fields) {
    return fields.stream().map(field -> field.column().toUpperCase(Locale.ROOT)).toList();
  }

  private static List<String> cells(Container container, List<Field> fields) {
    Row carrier = Query.ofSubject(Subject.of(container));
    return fields.stream().map(field -> cell(field, carrier)).toList();
  }

  private static String cell(Field field, Row carrier) {
    String text = Escaping.TERMINAL.escape(orEmpty(field.value().text(carrier)));
    return field == Field.CONTAINER_ID && text.length() > ID_LENGTH
        ? text.substring(0, ID_LENGTH)
        : text;
  }

  private static void append(StringBuilder text, List<String> row, int[] widths) {
    for (int i = 0; i < row.size(); i++) {
      int width = Math.max(widths[i], Cells.width(row.get(i)));
      Cells.append(text.append(i == 0 ? "" : " "), row.get(i), width, Ellipsis.END);
    }
    text.append('\n');
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
