package dev.jig.trace;

import dev.jig.event.Row;
import dev.jig.filter.PortSet;
import java.util.function.Predicate;

/// The settings of a live trace.
///
/// @param dnsTimeoutNs after which a query is unanswered
/// @param limitNs how long to trace; 0: until stopped
/// @param verbose whether a refusal shows the last lines of libbpf and the verifier
/// @param libbpfLog whether libbpf's debug output, some 660 lines, is kept for [LiveTrace#log]
public record LiveSettings(
    PortSet ports,
    Predicate<Row> filter,
    long dnsTimeoutNs,
    long limitNs,
    RowDetails details,
    boolean verbose,
    boolean libbpfLog) {}
