package dev.jig.trace;

import dev.jig.filter.PortSet;
import dev.jig.filter.RowFilter;

/// What one subscription of a live trace records and shows.
///
/// @param dnsTimeoutNs after which a query is unanswered
public record LiveSettings(PortSet ports, RowFilter filter, long dnsTimeoutNs, RowDetails details) {

  /// The settings of its pipeline.
  PipelineConfig pipelineConfig() {
    return PipelineConfig.of(ports, dnsTimeoutNs, details, filter);
  }
}
