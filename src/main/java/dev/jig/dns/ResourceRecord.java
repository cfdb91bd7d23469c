package dev.jig.dns;

/// A record in presentation form: printable ASCII only.
///
/// @param name the owner, with trailing dot
/// @param type see [RecordType#mnemonic]
/// @param recordClass see [RecordClass#mnemonic]; without multicast DNS's bit
/// @param cacheFlush multicast DNS's bit: forget what you have of this name and type
/// @param ttl seconds, as on the wire
/// @param data as the type's RFC writes it in a zone file, on one line; `\# length hex` (RFC 3597
///   section 5) for unknown types and for data that do not fit their type; empty where an UPDATE
///   has none (RFC 2136 section 2.4)
public record ResourceRecord(
    String name, int type, int recordClass, boolean cacheFlush, long ttl, String data) {}
