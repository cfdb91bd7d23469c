package dev.jig.kube;

import dev.jig.event.UsageException;
import dev.jig.filter.FilterExpression;
import dev.jig.filter.PortSet;
import dev.jig.kube.wire.Start;
import dev.jig.trace.LiveSettings;

/// What a client asks for, read.
record StreamRequest(LiveSettings settings, PodSelection selection) {

  /// Reads a request.
  ///
  /// @throws UsageException for a value that is none
  static StreamRequest of(Start start) {
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
            start.getPaths(),
            false);
    PodSelection selection =
        new PodSelection(
            start.getNamespace(),
            start.getPod(),
            start.getContainer(),
            LabelSelector.parse(start.getSelector()));
    return new StreamRequest(settings, selection);
  }
}
