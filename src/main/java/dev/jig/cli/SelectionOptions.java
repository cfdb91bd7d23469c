package dev.jig.cli;

import dev.jig.event.UserFacingException;
import dev.jig.fields.Field;
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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Flags of all commands that follow lookups: which packets, for how long, and where to write.
final class SelectionOptions {
  /// Fields that /proc has.
  static final Set<Field> PATHS =
      EnumSet.of(Field.CWD, Field.EXE_PATH, Field.COMMAND_LINE, Field.START_TIME);

  /// Fields that the host's files of users and groups have.
  static final Set<Field> ACCOUNTS = EnumSet.of(Field.USER, Field.GROUP);

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

  @Mixin VerboseOption verbosity = new VerboseOption();

  @Option(
      names = "--output-file",
      order = 49,
      paramLabel = "PATH",
      description = "Write the output to this file instead of stdout.")
  @Nullable Path outputFile;

  @Option(
      names = "--ready-file",
      hidden = true,
      description = "File to create when tracing has begun.")
  @Nullable Path readyFile;

  /// Opens the stream for the output.
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

  /// What rows of lookups need for this filter.
  ///
  /// @param all whether accounts and peers are needed in any case
  /// @param messages whether the messages' bytes are
  RowDetails lookupDetails(FilterExpression filter, boolean all, boolean messages) {
    Set<Field> compared = filter.fields();
    return new RowDetails(
        paths || compared.stream().anyMatch(PATHS::contains),
        all || compared.stream().anyMatch(ACCOUNTS::contains),
        all || compared.stream().anyMatch(SelectionOptions::isPeerOrHop),
        messages,
        true);
  }

  static boolean isPeerOrHop(Field field) {
    return switch (field.group()) {
      case PEER, HOP -> true;
      case RUNTIME, K8S, TOP -> false;
    };
  }

  /// Parses the values.
  ///
  /// @throws UserFacingException for an invalid value
  TraceSettings parse(RowFilter filter, RowDetails details) {
    return new TraceSettings(dnsTimeoutNs(), PortSet.parse(ports), limitNs(), filter, details);
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
