package dev.jig.cli;

import dev.jig.event.UserFacingException;
import dev.jig.fields.Field;
import dev.jig.fields.Field.ColumnSet;
import dev.jig.filter.FilterExpression;
import dev.jig.names.ProcSearchLists;
import dev.jig.trace.RowDetails;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Flags of both `trace dns` commands: what to trace and how to print it.
final class TraceDnsOptions {
  private static final Path PROC = Path.of("/proc");

  @Mixin SelectionOptions selection = new SelectionOptions();

  @Option(
      names = "--lookups",
      order = 42,
      fallbackValue = "true",
      description = "One row per complete lookup instead of one per packet.")
  boolean lookups;

  @Option(
      names = "--names",
      order = 42,
      fallbackValue = "true",
      description = "One row per name that a program wanted, with all lookups for it.")
  boolean names;

  @Option(
      names = "--failed",
      order = 43,
      fallbackValue = "true",
      description =
          "Only what failed: no response in time, SERVFAIL, REFUSED, other errors; not NXDOMAIN.")
  boolean failed;

  @Option(
      names = {"-o", "--output"},
      order = 47,
      paramLabel = "FORMAT",
      defaultValue = "columns",
      description =
          "columns[=...], wide, json, jsonpretty, yaml or pcapng (default: ${DEFAULT-VALUE}).")
  String output = "columns";

  /// The rules of all filter flags.
  List<String> rules() {
    return failed
        ? Stream.concat(selection.filters.stream(), Stream.of(FilterExpression.FAILED)).toList()
        : selection.filters;
  }

  /// The parsed values of the flags.
  record Parsed(TraceSettings settings, OutputFormat format) {}

  /// Parses all values with the default columns of `ig`.
  ///
  /// @throws UserFacingException for an invalid value
  Parsed parse() {
    return parse(ColumnSet.IG);
  }

  /// Parses all values.
  ///
  /// @param frontEnd selects the default columns
  /// @throws UserFacingException for an invalid value
  Parsed parse(ColumnSet frontEnd) {
    EnumSet<ColumnSet> shown = EnumSet.of(frontEnd);
    if (selection.paths) {
      shown.add(ColumnSet.PATHS);
    }
    if (lookups) {
      shown.add(ColumnSet.LOOKUPS);
    }
    if (names) {
      shown.add(ColumnSet.NAMES);
    }
    OutputFormat format = OutputFormat.parse(output, shown);
    if (format instanceof OutputFormat.PcapNg
        && selection.outputFile == null
        && RowStream.stdout().isTerminal()) {
      throw UserFacingException.usage(
          "-o pcapng is binary and cannot be shown on a terminal.",
          "Name a file: --output-file dns.pcapng, or pipe it: | tshark -r -.");
    }
    if (format instanceof OutputFormat.PcapNg && lookups) {
      throw UserFacingException.usage(
          "-o pcapng writes packets, but --lookups makes one row of several.",
          "Leave out --lookups: it works later, with --read FILE --lookups.");
    }
    if (names) {
      refuseBesideNames(format);
    }
    FilterExpression filter = FilterExpression.parse(rules());
    RowDetails details =
        new RowDetails(
            selection.paths || mentions(format, filter, SelectionOptions.PATHS::contains),
            format.isStructured() || mentions(format, filter, SelectionOptions.ACCOUNTS::contains),
            format.isStructured() || mentions(format, filter, SelectionOptions::isPeerOrHop),
            format.isStructured(),
            lookups);
    RowDetails all = names ? details.withNames(new ProcSearchLists(PROC)) : details;
    return new Parsed(selection.parse(filter, all), format);
  }

  private void refuseBesideNames(OutputFormat format) {
    if (lookups) {
      throw UserFacingException.usage(
          "--names and --lookups exclude each other.",
          "Take one: -o json has the lookups of each name too.");
    }
    if (format instanceof OutputFormat.PcapNg) {
      throw UserFacingException.usage(
          "-o pcapng writes packets, but --names makes one row of many.",
          "Leave out --names: it works later, with --read FILE --names.");
    }
  }

  /// Parses all values for a capture file without rows of an earlier trace. A list of columns is
  /// taken as it was given.
  ///
  /// @throws UserFacingException for an invalid value
  Parsed parseForPlainCapture() {
    return parse(output.indexOf('=') < 0 ? ColumnSet.CAPTURE : ColumnSet.IG);
  }

  /// Whether a column or the filter uses a field of this kind.
  private static boolean mentions(
      OutputFormat format, FilterExpression filter, Predicate<Field> kind) {
    boolean shown =
        format instanceof OutputFormat.Columns(List<Field> fields)
            && fields.stream().anyMatch(kind);
    return shown || filter.fields().stream().anyMatch(kind);
  }
}
