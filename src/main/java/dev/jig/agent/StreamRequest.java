package dev.jig.agent;

import dev.jig.event.UserFacingException;
import dev.jig.filter.ContainerSelection;
import dev.jig.filter.FilterExpression;
import dev.jig.filter.LabelSelector;
import dev.jig.filter.PortSet;
import dev.jig.names.ProcSearchLists;
import dev.jig.names.SearchLists;
import dev.jig.top.KeyColumn;
import dev.jig.top.ViewSpec;
import dev.jig.trace.LiveSettings;
import dev.jig.trace.RowDetails;
import dev.jig.wire.proto.Condition;
import dev.jig.wire.proto.Start;
import dev.jig.wire.proto.Top;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A client's parsed request.
///
/// @param advise null: the rows are wanted, or another gadget
/// @param top the view to count; null: as `advise`
record StreamRequest(
    LiveSettings settings,
    ContainerSelection selection,
    @Nullable Advise advise,
    @Nullable ViewSpec top) {
  private static final Path PROC = Path.of("/proc");
  private static final int MAX_EXAMPLES = 100;

  /// How rules shall watch the rows.
  ///
  /// @param examples lookups that they keep of each fault
  record Advise(int examples) {}

  /// Parses a request.
  ///
  /// @throws UserFacingException if a value is invalid
  static StreamRequest parse(Start start) {
    if (start.getDnsTimeoutNs() <= 0) {
      throw UserFacingException.usage(
          "\"" + start.getDnsTimeoutNs() + "\" ns is not a DNS timeout.", "It has to be above 0.");
    }
    RowDetails details =
        new RowDetails(
            start.getPaths(),
            false, // the agent's container has no host /etc/passwd
            start.getPeers(),
            start.getMessages(),
            start.getLookups());
    LiveSettings settings =
        new LiveSettings(
            PortSet.parse(start.getPorts()),
            FilterExpression.parse(start.getFiltersList()),
            start.getDnsTimeoutNs(),
            start.getNames() ? details.withNames(searchLists()) : details);
    ContainerSelection selection =
        ContainerSelection.parse(start.getContainer(), false)
            .withNamespace(nullIfEmpty(start.getNamespace()))
            .withPodName(nullIfEmpty(start.getPod()))
            .withLabels(LabelSelector.parse(start.getSelector()));
    return new StreamRequest(
        settings,
        selection,
        start.hasAdvise() ? advise(start) : null,
        start.hasTop() ? top(start) : null);
  }

  private static ViewSpec top(Start start) {
    requireLookups("top", start);
    Top top = start.getTop();
    List<ViewSpec.Condition> conditions = new ArrayList<>();
    for (Condition condition : top.getConditionsList()) {
      List<KeyColumn> column = KeyColumn.parse(condition.getColumn());
      conditions.add(new ViewSpec.Condition(column.getFirst(), condition.getText()));
    }
    ViewSpec view =
        new ViewSpec(
            KeyColumn.parse(String.join(",", top.getByList())), conditions, top.getFilter());
    view.validate();
    return view;
  }

  private static void requireLookups(String gadget, Start start) {
    if (!start.getLookups()) {
      throw UserFacingException.usage(gadget + " needs lookups.", "Set lookups.");
    }
  }

  private static Advise advise(Start start) {
    int examples = start.getAdvise().getExamples();
    if (examples < 0 || examples > MAX_EXAMPLES) {
      throw UserFacingException.usage(
          examples + " examples are not possible.", "Write a number from 0 to 100.");
    }
    requireLookups("advise", start);
    return new Advise(examples);
  }

  /// What is known beside the container runtime's report. Where the kernel refuses to show other
  /// processes' files, nothing is.
  static SearchLists searchLists() {
    return new ProcSearchLists(PROC);
  }

  private static @Nullable String nullIfEmpty(String text) {
    return text.isEmpty() ? null : text;
  }
}
