package dev.jig.agent;

import dev.jig.event.UsageException;
import dev.jig.filter.ContainerSelection;
import dev.jig.filter.FilterExpression;
import dev.jig.filter.LabelSelector;
import dev.jig.filter.PortSet;
import dev.jig.trace.LiveSettings;
import dev.jig.trace.RowDetails;
import dev.jig.wire.proto.Start;
import org.jspecify.annotations.Nullable;

/// What a client asks for, read.
record StreamRequest(LiveSettings settings, ContainerSelection selection) {

  /// Reads a request.
  ///
  /// @throws UsageException for a value that is none
  static StreamRequest parse(Start start) {
    if (start.getDnsTimeoutNs() <= 0) {
      throw new UsageException(
          "\"" + start.getDnsTimeoutNs() + "\" ns is no DNS timeout.", "Ask for one above 0.");
    }
    LiveSettings settings =
        new LiveSettings(
            PortSet.parse(start.getPorts()),
            FilterExpression.parse(start.getFiltersList()),
            start.getDnsTimeoutNs(),
            0,
            new RowDetails(
                start.getPaths(),
                false, // the host's accounts are out of the agent's reach
                start.getPeers(),
                start.getMessages(),
                start.getLookups()),
            false,
            false);
    ContainerSelection selection =
        ContainerSelection.parse(start.getContainer(), false)
            .inNamespace(nullIfEmpty(start.getNamespace()))
            .ofPod(nullIfEmpty(start.getPod()))
            .labelled(LabelSelector.parse(start.getSelector()));
    return new StreamRequest(settings, selection);
  }

  private static @Nullable String nullIfEmpty(String text) {
    return text.isEmpty() ? null : text;
  }
}
