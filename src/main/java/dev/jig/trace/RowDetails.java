package dev.jig.trace;

/// What rows carry beyond what every row has, each at a price.
///
/// @param paths what /proc says of a process
/// @param accounts the host's names of users and groups
/// @param peers who is at the other end of hops within the machine
/// @param messages the messages' own bytes, to tell all they say
/// @param lookups whether rows stand for whole lookups, not for packets
public record RowDetails(
    boolean paths, boolean accounts, boolean peers, boolean messages, boolean lookups) {}
