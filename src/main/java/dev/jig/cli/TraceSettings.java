package dev.jig.cli;

import dev.jig.filter.PortSet;
import dev.jig.filter.RowFilter;
import dev.jig.trace.LiveSettings;
import dev.jig.trace.RowDetails;

/// What a trace records, and for how long.
///
/// @param dnsTimeoutNs after which a query is unanswered
/// @param limitNs how long to trace, 0: no limit
/// @param details what the output or the filter needs of each row
record TraceSettings(
    long dnsTimeoutNs, PortSet ports, long limitNs, RowFilter filter, RowDetails details) {

  /// A copy for packets of one port.
  TraceSettings withPort(int port, long newDnsTimeoutNs, RowFilter newFilter) {
    return new TraceSettings(
        newDnsTimeoutNs, PortSet.parse(Integer.toString(port)), limitNs, newFilter, details);
  }

  /// The settings of a live trace.
  LiveSettings live() {
    return new LiveSettings(ports, filter, dnsTimeoutNs, details);
  }
}
