package dev.jig.cli;

import dev.jig.advise.Severity;
import dev.jig.demo.Demo;
import dev.jig.event.UserFacingException;
import dev.jig.fields.Field;
import dev.jig.fields.Field.Group;
import dev.jig.filter.FilterExpression;
import dev.jig.names.ProcSearchLists;
import dev.jig.names.SearchLists;
import dev.jig.trace.RowDetails;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `advise dns` on one machine: watches lookups and prints findings at the end.
final class AdviseGadget implements Gadget {
  /// A filter by how a lookup ended would falsify every share.
  private static final Set<Field> OUTCOME =
      EnumSet.of(
          Field.QR,
          Field.RCODE,
          Field.STATE,
          Field.OUTCOME,
          Field.LATENCY,
          Field.CAUSE,
          Field.ANSWER_COUNT,
          Field.ADDRESSES,
          Field.TRIES,
          Field.ATTEMPTS,
          Field.TWIN,
          Field.PAIR_LATENCY);

  private static final int EXIT_FINDINGS = 3;
  private static final Path PROC = Path.of("/proc");

  /// Lookups with the messages' bytes, from which zones and Extended DNS Errors are read.
  private static final RowDetails DETAILS = new RowDetails(false, true, true, true, true);

  private final SelectionOptions selection;
  private final AdviseOptions.Parsed parsed;
  private final TraceSettings settings;
  private @Nullable AdviseOutput output;

  AdviseGadget(SelectionOptions selection, AdviseOptions options) {
    this.selection = selection;
    this.parsed = options.parse();
    FilterExpression filter = FilterExpression.parse(selection.filters);
    refuseOutcome(filter);
    this.settings = selection.parse(filter, details(selection, filter));
  }

  private static RowDetails details(SelectionOptions selection, FilterExpression filter) {
    boolean paths =
        selection.paths || filter.fields().stream().anyMatch(SelectionOptions.PATHS::contains);
    return new RowDetails(
        paths, DETAILS.accounts(), DETAILS.peers(), DETAILS.messages(), DETAILS.lookups());
  }

  private static void refuseOutcome(FilterExpression filter) {
    for (Field field : filter.fields()) {
      if (OUTCOME.contains(field) || field.group() == Group.HOP) {
        throw UserFacingException.usage(
            "-F of ig advise dns cannot use the column " + field.column() + ".",
            "Choose clients and questions; how lookups ended is what it is to judge.");
      }
    }
    if (filter.isOfFailed()) {
      throw UserFacingException.usage(
          "-F of ig advise dns cannot use " + FilterExpression.FAILED + ".",
          "Choose clients and questions; how lookups ended is what it is to judge.");
    }
  }

  @Override
  public TraceSettings settings() {
    return settings;
  }

  @Override
  public TraceOutput open(Source source, Runnable onFailure) {
    RowStream stream = selection.openOutput(source.leavesStdout());
    AdviseOutput opened = new AdviseOutput(parsed, stream, onFailure, listsFor(source), source);
    output = opened;
    return opened;
  }

  /// Processes of files are of another machine or time, and the demo's has a list of its own.
  private static SearchLists listsFor(Source source) {
    return switch (source) {
      case LIVE, COMMAND -> new ProcSearchLists(PROC);
      case DEMO, RECORDING, CAPTURE -> SearchLists.NONE;
    };
  }

  @Override
  public Demo.Scenario demo() {
    return Demo.Scenario.FAULTS;
  }

  @Override
  public boolean needsFileBesideCommand() {
    return false;
  }

  @Override
  public int exitCode(int code) {
    Severity worst = output == null ? null : output.worst();
    boolean fails =
        parsed.failOn() != null && worst != null && worst.compareTo(parsed.failOn()) >= 0;
    return code == 0 && fails ? EXIT_FINDINGS : code;
  }
}
