package dev.jig.cli;

import dev.jig.demo.Demo;
import dev.jig.filter.FilterExpression;
import dev.jig.names.ProcSearchLists;
import dev.jig.names.SearchLists;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// `advise dns` on one machine: watches lookups and prints findings at the end.
final class AdviseGadget implements Gadget {
  private static final Path PROC = Path.of("/proc");

  private final SelectionOptions selection;
  private final AdviseOptions.Parsed parsed;
  private final TraceSettings settings;
  private @Nullable AdviseOutput output;

  AdviseGadget(SelectionOptions selection, AdviseOptions options) {
    this.selection = selection;
    this.parsed = options.parse();
    FilterExpression filter = AdviseOptions.parseFilter(selection.filters);
    // Zones and Extended DNS Errors are read from the messages' bytes.
    this.settings = selection.parse(filter, selection.lookupDetails(filter, true, true));
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
    return parsed.exitCode(code, output == null ? null : output.worst());
  }
}
