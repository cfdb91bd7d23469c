package dev.jig.cli;

import dev.jig.demo.Demo;
import dev.jig.filter.FilterExpression;
import dev.jig.top.KeyColumn;
import dev.jig.trace.RowDetails;
import java.util.List;

/// `top dns` on one machine: counts lookups.
final class TopGadget implements Gadget {
  private final SelectionOptions selection;
  private final TopOptions options;
  private final TopOptions.Parsed parsed;
  private final TraceSettings settings;

  TopGadget(SelectionOptions selection, TopOptions options) {
    this.selection = selection;
    this.options = options;
    this.parsed = options.parse(List.of(KeyColumn.CONTAINER));
    FilterExpression filter = FilterExpression.parse(selection.filters);
    this.settings = selection.parse(filter, details(filter));
  }

  /// On a screen views of anything may be opened later. The messages' bytes are for zones.
  private RowDetails details(FilterExpression filter) {
    boolean onScreen = TopScreenOutput.isPossible(selection, parsed);
    return selection.lookupDetails(
        filter, onScreen, onScreen || parsed.view().by().contains(KeyColumn.ZONE));
  }

  @Override
  public TraceSettings settings() {
    return settings;
  }

  @Override
  public TraceOutput open(Source source, Runnable onFailure) {
    RowStream stream = selection.openOutput(source.leavesStdout());
    TopOptions.Parsed shown =
        switch (source) {
          case CAPTURE -> options.parse(List.of(KeyColumn.SOURCE_IP));
          case DEMO -> options.parse(List.of(KeyColumn.NAME));
          case LIVE, COMMAND, RECORDING -> parsed;
        };
    TopScreenOutput screen =
        source == Source.LIVE && TopScreenOutput.isPossible(selection, parsed)
            ? TopScreenOutput.open(shown, onFailure)
            : null;
    return screen == null ? new TopOutput(shown, stream, source == Source.LIVE, onFailure) : screen;
  }

  @Override
  public Demo.Scenario demo() {
    return Demo.Scenario.FAULTS;
  }

  @Override
  public boolean needsFileBesideCommand() {
    return false;
  }
}
