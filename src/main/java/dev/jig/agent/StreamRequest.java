package dev.jig.agent;

import dev.jig.event.UserFacingException;
import dev.jig.filter.ContainerSelection;
import dev.jig.filter.FilterExpression;
import dev.jig.filter.LabelSelector;
import dev.jig.filter.PortSet;
import dev.jig.trace.LiveSettings;
import dev.jig.trace.RowDetails;
import dev.jig.wire.proto.Start;
import org.jspecify.annotations.Nullable;

/// A client's parsed request.
record StreamRequest(LiveSettings settings, ContainerSelection selection) {

  /// Parses a request.
  ///
  /// @throws UserFacingException if a value is invalid
  static StreamRequest parse(Start start) {
    if (start.getDnsTimeoutNs() <= 0) {
      throw UserFacingException.usage(
          "\"" + start.getDnsTimeoutNs() + "\" ns is not a DNS timeout.", "It has to be above 0.");
    }
    LiveSettings settings =
        new LiveSettings(
            PortSet.parse(start.getPorts()),
            FilterExpression.parse(start.getFiltersList()),
            start.getDnsTimeoutNs(),
            new RowDetails(
                start.getPaths(),
                false, // the agent's container has no host /etc/passwd
                start.getPeers(),
                start.getMessages(),
                start.getLookups()));
    ContainerSelection selection =
        ContainerSelection.parse(start.getContainer(), false)
            .withNamespace(nullIfEmpty(start.getNamespace()))
            .withPodName(nullIfEmpty(start.getPod()))
            .withLabels(LabelSelector.parse(start.getSelector()));
    return new StreamRequest(settings, selection);
  }

  private static @Nullable String nullIfEmpty(String text) {
    return text.isEmpty() ? null : text;
  }
}
