package dev.jig.trace;

import dev.jig.event.DnsEvent;
import dev.jig.filter.PortSet;
import java.util.function.Predicate;

/// What a live trace is to do.
///
/// @param dnsTimeoutNs after which a query counts as unanswered
/// @param limitNs how long to trace, 0: until stopped
/// @param paths whether to add what /proc says of a process
/// @param accounts whether to add the host's names of users and groups
/// @param peers whether to tell who is at the other end of hops within the machine
/// @param contents whether rows carry all that their messages say
/// @param lookups whether rows stand for whole lookups, not for packets
/// @param verbose whether libbpf's words are kept
public record LiveSettings(
    PortSet ports,
    Predicate<DnsEvent> filter,
    long dnsTimeoutNs,
    long limitNs,
    boolean paths,
    boolean accounts,
    boolean peers,
    boolean contents,
    boolean lookups,
    boolean verbose) {}
