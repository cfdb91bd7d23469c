package dev.jig.cli;

import dev.jig.event.Container;
import dev.jig.event.UserFacingException;
import dev.jig.fields.Field;
import dev.jig.fields.Field.Group;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;

/// The output format of `ig list-containers`, from `-o`.
public final class ContainerFormat {
  private final OutputFormat format;

  private ContainerFormat(OutputFormat format) {
    this.format = format;
  }

  /// Parses `-o`.
  ///
  /// @throws UserFacingException for an unknown format, or a column that does not describe
  ///   containers
  public static ContainerFormat parse(String text) {
    OutputFormat format = OutputFormat.parse(text, ContainerList.FIELDS, ContainerList.FIELDS);
    if (format instanceof OutputFormat.PcapNg || text.equals("wide")) {
      throw UserFacingException.usage(
          "\"" + text + "\" is not an output format for containers.",
          "The formats are columns, json, jsonpretty and yaml.");
    }
    if (format instanceof OutputFormat.Columns(List<Field> fields)) {
      fields.forEach(ContainerFormat::requireContainerColumn);
    }
    return new ContainerFormat(format);
  }

  private static void requireContainerColumn(Field field) {
    if (field.group() == Group.TOP) {
      throw UserFacingException.usage(
          "The column \"" + field.column() + "\" does not describe containers.",
          "Take columns that begin with runtime. or k8s.");
    }
  }

  /// Formats a list, sorted by runtime and name.
  public String list(List<Container> containers) {
    return switch (format) {
      case OutputFormat.Columns(List<Field> fields) -> ContainerList.columns(containers, fields);
      case OutputFormat.Json() -> ContainerList.json(containers);
      case OutputFormat.JsonPretty() -> ContainerList.jsonPretty(containers);
      case OutputFormat.Yaml() -> ContainerList.yaml(containers);
      case OutputFormat.PcapNg() -> throw new AssertionError("parse refuses it");
    };
  }

  /// Formats the header of `-w`; empty for all formats but columns.
  ///
  /// @param cells the width of the terminal; empty: stdout is no terminal
  public String watchHeader(OptionalInt cells) {
    return format instanceof OutputFormat.Columns(List<Field> fields)
        ? ContainerList.watchHeader(fields, cells)
        : "";
  }

  /// Formats one change of `-w`.
  public String watchRow(
      Instant at, ContainerList.Change change, Container container, OptionalInt cells) {
    long atNs = at.getEpochSecond() * 1_000_000_000L + at.getNano();
    return switch (format) {
      case OutputFormat.Columns(List<Field> fields) ->
          ContainerList.watchRow(atNs, change, container, fields, cells);
      case OutputFormat.Json() -> ContainerList.watchJson(atNs, change, container);
      case OutputFormat.JsonPretty() -> ContainerList.watchJsonPretty(atNs, change, container);
      case OutputFormat.Yaml() -> ContainerList.watchYaml(atNs, change, container);
      case OutputFormat.PcapNg() -> throw new AssertionError("parse refuses it");
    };
  }
}
