package dev.jig.trace;

/// The optional parts of rows; each costs time or memory.
///
/// @param paths executable, working directory and command line from /proc
/// @param accounts the host's names of users and groups
/// @param peers the process at the other end of hops within the machine
/// @param messages the messages' bytes, from which output prints all sections
/// @param lookups one row per lookup in place of one per message
public record RowDetails(
    boolean paths, boolean accounts, boolean peers, boolean messages, boolean lookups) {}
