package dev.jig.event;

/// The question of a message (RFC 1035 section 4.1.2), class IN.
///
/// @param name presentation form with trailing dot, already escaped (RFC 4343): printable ASCII
///   only
/// @param type the QTYPE number
public record Question(String name, int type) {}
