package dev.jig.dns;

/// A record in presentation form: printable ASCII only.
///
/// @param name the owner, with trailing dot
/// @param type see [RecordType#mnemonic]
/// @param recordClass see [RecordClass#mnemonic]; without the cache-flush bit
/// @param cacheFlush multicast DNS's cache-flush bit (RFC 6762 section 10.2)
/// @param ttl seconds, as on the wire
/// @param data in zone file format, on one line; `\# length hex` (RFC 3597 section 5) for unknown
///   types and for data that do not fit their type; empty if an UPDATE record has none (RFC 2136
///   section 2.4)
public record ResourceRecord(
    String name, int type, int recordClass, boolean cacheFlush, long ttl, String data) {}
