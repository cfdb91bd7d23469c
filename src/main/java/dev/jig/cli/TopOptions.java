package dev.jig.cli;

import dev.jig.event.UserFacingException;
import dev.jig.top.KeyColumn;
import dev.jig.top.Snapshot;
import dev.jig.top.SortOrder;
import dev.jig.top.TopCounter;
import dev.jig.top.ViewSpec;
import dev.jig.top.screen.Control;
import dev.jig.top.screen.Screen;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Flags of `top dns`: what is counted, and how it is shown.
final class TopOptions {
  static final List<String> FORMATS = List.of("columns", "json");
  private static final int MAX_ROWS = 10_000;
  private static final long MIN_INTERVAL_NS = 100_000_000;
  private static final long NODE_INTERVAL_NS = 1_000_000_000;

  @Option(
      names = "--by",
      order = 50,
      paramLabel = "KEYS",
      description = {
        "Count by these, separated by commas: container, namespace, pod, node, comm, pid, nameserver,",
        "name, zone, qtype, rcode, outcome, srcIP (default: container; on a cluster namespace,pod;",
        "of a plain capture srcIP)."
      })
  @Nullable String by;

  @Option(
      names = "--sort",
      order = 51,
      paramLabel = "COLS",
      defaultValue = "-lookups",
      description = "Order of the rows; - is descending (default: ${DEFAULT-VALUE}).")
  String sort = "-lookups";

  @Option(
      names = {"-m", "--max-rows"},
      order = 52,
      paramLabel = "N",
      defaultValue = "20",
      description = "Rows to show, up to 10,000 (default: ${DEFAULT-VALUE}).")
  String maxRows = "20";

  @Option(
      names = {"-i", "--interval"},
      order = 53,
      paramLabel = "DURATION",
      defaultValue = "1s",
      description = "Time between two tables, from 100ms (default: ${DEFAULT-VALUE}).")
  String interval = "1s";

  @Option(
      names = {"-o", "--output"},
      order = 47,
      paramLabel = "FORMAT",
      defaultValue = "columns",
      description = "columns or json: an array a line (default: ${DEFAULT-VALUE}).")
  String output = "columns";

  /// The parsed values.
  record Parsed(ViewSpec view, SortOrder sort, int maxRows, long intervalNs, boolean isJson) {
    /// Creates what counts.
    ///
    /// @param output receives each interval's table
    TopCounter counter(Consumer<Snapshot> output) {
      return new TopCounter(view, sort, maxRows, intervalNs, output);
    }

    /// Takes the terminal.
    ///
    /// @throws IOException if it cannot show a screen
    Screen openScreen(Control control) throws IOException {
      return Screen.open(view, sort, maxRows, System.getenv("NO_COLOR") == null, control);
    }
  }

  /// @param defaultKeys what is counted by without `--by`
  /// @throws UserFacingException for an invalid value
  Parsed parse(List<KeyColumn> defaultKeys) {
    if (!FORMATS.contains(output)) {
      throw Failures.unknownValue("an output format of top dns", output, FORMATS);
    }
    List<KeyColumn> keys = by == null ? defaultKeys : KeyColumn.parse(by);
    long intervalNs =
        DurationOption.parsePositiveNs(
            "--interval", interval, "Write a duration from 100ms on, such as 1s.");
    if (intervalNs < MIN_INTERVAL_NS) {
      throw UserFacingException.usage(
          "\"" + interval + "\" is not a value of --interval.",
          "Write a duration from 100ms on, such as 1s.");
    }
    return new Parsed(
        ViewSpec.by(keys), SortOrder.parse(sort, keys), rows(), intervalNs, output.equals("json"));
  }

  /// As [#parse]; nodes report once a second.
  Parsed parseForCluster() {
    Parsed parsed = parse(List.of(KeyColumn.NAMESPACE, KeyColumn.POD));
    if (parsed.intervalNs() < NODE_INTERVAL_NS) {
      throw UserFacingException.usage(
          "\"" + interval + "\" is not a value of --interval on a cluster.",
          "Write a duration from 1s on: the nodes report once a second.");
    }
    return parsed;
  }

  private int rows() {
    try {
      int count = Integer.parseInt(maxRows);
      if (count > 0 && count <= MAX_ROWS) {
        return count;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw UserFacingException.usage(
        "\"" + maxRows + "\" is not a value of --max-rows.", "Write a number from 1 to 10000.");
  }
}
