package dev.jig.cli;

import dev.jig.event.UserFacingException;
import dev.jig.fields.Field;
import dev.jig.fields.Field.ColumnSet;
import dev.jig.filter.FilterExpression;
import dev.jig.filter.PortSet;
import dev.jig.filter.RowFilter;
import dev.jig.trace.RowDetails;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Flags of both `trace dns` commands: what to trace and how to print it.
final class TraceDnsOptions {
  private static final Set<Field> PATHS =
      EnumSet.of(Field.CWD, Field.EXE_PATH, Field.COMMAND_LINE, Field.START_TIME);
  private static final Set<Field> ACCOUNTS = EnumSet.of(Field.USER, Field.GROUP);

  @Option(
      names = "--dns-timeout",
      order = 40,
      paramLabel = "DURATION",
      defaultValue = "10s",
      description = "Time after which a query counts as unanswered (default: ${DEFAULT-VALUE}).")
  String dnsTimeout = "10s";

  @Option(
      names = {"-P", "--ports"},
      order = 41,
      paramLabel = "LIST",
      defaultValue = "53,5353",
      description =
          "DNS ports; any: all UDP packets with a DNS header (default: ${DEFAULT-VALUE}).")
  String ports = "53,5353";

  @Option(
      names = "--lookups",
      order = 42,
      fallbackValue = "true",
      description = "One row per complete lookup instead of one per packet.")
  boolean lookups;

  @Option(
      names = "--failed",
      order = 43,
      fallbackValue = "true",
      description =
          "Only what failed: no response in time, SERVFAIL, REFUSED, other errors; not NXDOMAIN.")
  boolean failed;

  @Option(
      names = "--paths",
      order = 44,
      fallbackValue = "true",
      description = "Show the process's working directory and executable.")
  boolean paths;

  @Option(
      names = {"-t", "--timeout"},
      order = 45,
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "Stop after this time; 0: on Ctrl-C (default: ${DEFAULT-VALUE}).")
  String timeout = "0";

  @Option(
      names = {"-F", "--filter"},
      order = 46,
      paramLabel = "RULES",
      description = {
        "Only rows that match all rules: column:value, or :! :> :>= :< :<= :~ in place of the colon,",
        "or == != > >= < <= ~ !~ (~ is a regular expression). A comma separates rules; may repeat."
      })
  List<String> filters = List.of();

  @Option(
      names = {"-o", "--output"},
      order = 47,
      paramLabel = "FORMAT",
      defaultValue = "columns",
      description =
          "columns[=...], wide, json, jsonpretty, yaml or pcapng (default: ${DEFAULT-VALUE}).")
  String output = "columns";

  @Mixin VerboseOption verbosity = new VerboseOption();

  @Option(
      names = "--output-file",
      order = 49,
      paramLabel = "PATH",
      description = "Write rows to this file instead of stdout.")
  @Nullable Path outputFile;

  @Option(
      names = "--ready-file",
      hidden = true,
      description = "File to create when tracing has begun.")
  @Nullable Path readyFile;

  /// The rules of all filter flags.
  List<String> rules() {
    return failed
        ? Stream.concat(filters.stream(), Stream.of(FilterExpression.FAILED)).toList()
        : filters;
  }

  /// Opens the output for rows.
  ///
  /// @param onStdout without --output-file, stdout if true, else stderr
  /// @throws UserFacingException if the file cannot be opened
  RowStream openOutput(boolean onStdout) {
    if (outputFile != null) {
      return RowStream.file(outputFile);
    }
    return onStdout ? RowStream.stdout() : RowStream.stderr();
  }

  /// Creates the file of `--ready-file`, which tests wait for.
  ///
  /// @throws UserFacingException if the file cannot be created
  void createReadyFile() {
    if (readyFile == null) {
      return;
    }
    try {
      Files.writeString(readyFile, "");
    } catch (IOException e) {
      throw Failures.ofFile("cannot create " + readyFile, e);
    }
  }

  /// The parsed values of the flags.
  ///
  /// @param limitNs how long to trace, 0: no limit
  /// @param details what the output or the filter needs to know of each row
  record Parsed(
      long dnsTimeoutNs,
      PortSet ports,
      long limitNs,
      RowFilter filter,
      OutputFormat format,
      RowDetails details) {}

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
    if (paths) {
      shown.add(ColumnSet.PATHS);
    }
    if (lookups) {
      shown.add(ColumnSet.LOOKUPS);
    }
    OutputFormat format = OutputFormat.parse(output, shown);
    if (format instanceof OutputFormat.PcapNg
        && outputFile == null
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
    FilterExpression filter = FilterExpression.parse(rules());
    return new Parsed(
        dnsTimeoutNs(),
        PortSet.parse(ports),
        limitNs(),
        filter,
        format,
        new RowDetails(
            paths || mentions(format, filter, PATHS::contains),
            format.isStructured() || mentions(format, filter, ACCOUNTS::contains),
            format.isStructured() || mentions(format, filter, TraceDnsOptions::isPeerOrHop),
            format.isStructured(),
            lookups));
  }

  /// Parses all values for a capture file without rows of an earlier trace. A list of columns is
  /// taken as it was given.
  ///
  /// @throws UserFacingException for an invalid value
  Parsed parseForPlainCapture() {
    return parse(output.indexOf('=') < 0 ? ColumnSet.CAPTURE : ColumnSet.IG);
  }

  private static boolean isPeerOrHop(Field field) {
    return switch (field.group()) {
      case PEER, HOP -> true;
      case RUNTIME, K8S, TOP -> false;
    };
  }

  /// Whether a column or the filter uses a field of this kind.
  private static boolean mentions(
      OutputFormat format, FilterExpression filter, Predicate<Field> kind) {
    boolean shown =
        format instanceof OutputFormat.Columns(List<Field> fields)
            && fields.stream().anyMatch(kind);
    return shown || filter.fields().stream().anyMatch(kind);
  }

  private long dnsTimeoutNs() {
    return DurationOption.parsePositiveNs(
        "--dns-timeout", dnsTimeout, "Write a duration above 0 such as 10s, 500ms or 1m30s.");
  }

  private long limitNs() {
    try {
      int seconds = Integer.parseInt(timeout);
      if (seconds >= 0) {
        return TimeUnit.SECONDS.toNanos(seconds);
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw UserFacingException.usage(
        "\"" + timeout + "\" is not a value of --timeout.", "Write whole seconds; 0 is no limit.");
  }
}
