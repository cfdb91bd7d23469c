package dev.jig.cli;

import dev.jig.event.UserFacingException;
import dev.jig.fields.Field;
import dev.jig.fields.Field.ColumnSet;
import dev.jig.fields.Fields;
import dev.jig.fields.NearNames;
import dev.jig.output.ColumnLayout;
import dev.jig.output.ColumnSpec;
import dev.jig.output.ColumnsWriter;
import dev.jig.output.RowWriter;
import dev.jig.output.json.DocumentWriter;
import dev.jig.output.json.JsonDocument;
import dev.jig.output.json.JsonLinesWriter;
import dev.jig.output.json.YamlDocument;
import dev.jig.output.pcapng.PcapngWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// The output format, from `-o`.
public sealed interface OutputFormat {
  /// Names of the formats.
  List<String> NAMES = List.of("columns", "wide", "json", "jsonpretty", "yaml", "pcapng");

  /// A table of these columns.
  record Columns(List<Field> fields) implements OutputFormat {}

  /// One JSON object a line.
  record Json() implements OutputFormat {}

  /// JSON objects over several lines.
  record JsonPretty() implements OutputFormat {}

  /// YAML documents.
  record Yaml() implements OutputFormat {}

  /// A capture file: each message as a packet, with the rest of its row in a custom option.
  record PcapNg() implements OutputFormat {}

  /// Whether rows have all fields and the whole message, not only selected columns.
  default boolean isStructured() {
    return switch (this) {
      case Json(), JsonPretty(), Yaml(), PcapNg() -> true;
      case Columns(var fields) -> false;
    };
  }

  /// Parses `-o`.
  ///
  /// @param shown the default columns: those of a front end, with --paths also PATHS
  /// @throws UserFacingException for an unknown format or column
  static OutputFormat parse(String text, Set<ColumnSet> shown) {
    EnumSet<ColumnSet> wide = EnumSet.copyOf(shown);
    wide.add(ColumnSet.WIDE);
    if (shown.contains(ColumnSet.LOOKUPS)) {
      wide.add(ColumnSet.WIDE_LOOKUPS);
    }
    return parse(text, Fields.columnsOf(shown), Fields.columnsOf(wide));
  }

  /// Parses `-o`.
  ///
  /// @param columns the default columns of `columns`
  /// @param wide the columns of `wide`
  /// @throws UserFacingException for an unknown format or column
  static OutputFormat parse(String text, List<Field> columns, List<Field> wide) {
    int equals = text.indexOf('=');
    String name = equals < 0 ? text : text.substring(0, equals);
    String spec = equals < 0 ? "" : text.substring(equals + 1);
    if (equals >= 0 && !name.equals("columns")) {
      throw UserFacingException.usage(
          "\"" + text + "\" is not an output format.",
          "Only columns takes a list: columns=pid,name.");
    }
    return switch (name) {
      case "columns" -> new Columns(ColumnSpec.parse(spec, columns));
      case "wide" -> new Columns(wide);
      case "json" -> new Json();
      case "jsonpretty" -> new JsonPretty();
      case "yaml" -> new Yaml();
      case "pcapng" -> new PcapNg();
      default -> throw unknown(text);
    };
  }

  private static UserFacingException unknown(String text) {
    return UserFacingException.usage(
        "\"" + text + "\" is not an output format.",
        NearNames.hint(text, NAMES, "The formats are " + String.join(", ", NAMES) + "."));
  }

  /// Creates the writer of a table laid out by `layout`.
  static RowWriter columns(OutputStream out, ColumnLayout layout) {
    return new ColumnsWriter(out, layout);
  }

  /// Creates the writer of one JSON object a line.
  static RowWriter json(OutputStream out) throws IOException {
    return new JsonLinesWriter(out);
  }

  /// Creates the writer of JSON objects over several lines.
  static RowWriter jsonPretty(OutputStream out) throws IOException {
    return new DocumentWriter(JsonDocument.pretty(out));
  }

  /// Creates the writer of a pcapng file.
  ///
  /// @param application value of the option `shb_userappl`
  static RowWriter pcapng(OutputStream out, String application) {
    return new PcapngWriter(out, application);
  }

  /// Creates the writer of YAML documents.
  static RowWriter yaml(OutputStream out) {
    return new DocumentWriter(new YamlDocument(out));
  }
}
