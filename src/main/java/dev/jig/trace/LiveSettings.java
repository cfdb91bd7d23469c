package dev.jig.trace;

import dev.jig.event.DnsEvent;
import dev.jig.filter.PortSet;
import java.util.function.Predicate;

/// What a live trace is to do.
///
/// @param dnsTimeoutNs after which a query counts as unanswered
/// @param limitNs how long to trace, 0: until stopped
/// @param verbose whether libbpf's words are kept
public record LiveSettings(
    PortSet ports,
    Predicate<DnsEvent> filter,
    long dnsTimeoutNs,
    long limitNs,
    RowDetails details,
    boolean verbose) {}
