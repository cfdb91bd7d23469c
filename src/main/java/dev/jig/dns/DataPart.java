package dev.jig.dns;

/// An element of record data. [RecordFormat] lists them for each type; [RecordData] reads and
/// writes them.
enum DataPart {
  /// Unsigned numbers, decimal.
  U8,
  U16,
  U32,
  U48,
  /// 32 bits of seconds, as `YYYYMMDDHHmmSS` in UTC (RFC 4034 section 3.2).
  TIME,
  /// A type's number, as its mnemonic.
  TYPE,
  /// DSYNC's scheme (RFC 9859 section 2.1): `NOTIFY` or a number.
  SCHEME,
  /// The error field of TSIG and TKEY: an rcode, but 16 is `BADSIG` (RFC 8945 section 3).
  ERROR,
  NAME,
  IPV4,
  IPV6,
  /// A character-string (RFC 1035 section 3.3): a length byte and the characters, in quotes.
  STRING,
  /// An optional [#STRING] at the end.
  STRING_IF_ANY,
  /// One or more [#STRING]s, to the end.
  STRINGS,
  /// CAA's tag: a length byte and the characters, without quotes.
  TAG,
  /// Characters to the end, in quotes.
  TEXT,
  /// Bytes to the end.
  HEX,
  BASE64,
  /// [#HEX] after `0x` (NSAP, RFC 1706).
  HEX_0X,
  /// NSEC3's salt: a length byte and the bytes; `-` if empty.
  SALT,
  /// NSEC3's hash: a length byte and the bytes, in base32hex (RFC 4648 section 7).
  HASH,
  /// A 16-bit length and the bytes: writes the length, then base64.
  COUNTED_BASE64,
  /// Six and eight bytes in hex with dashes between them (RFC 7043).
  EUI48,
  EUI64,
  /// 64 bits as four fields of four hexadecimal digits (RFC 6742).
  NODE_ID,
  /// Type bitmap in windows (RFC 4034 section 4.1.2).
  TYPES,
  /// Type bitmap of types 0 to 127 (RFC 2535 section 5.2).
  OLD_TYPES,
  /// Port bitmap to the end (RFC 1035 section 3.4.2).
  PORTS,
  /// RFC 1876.
  LOCATION,
  /// RFC 3123, to the end.
  PREFIXES,
  /// Gateway type, algorithm, gateway, key (RFC 4025 section 2).
  GATEWAY,
  /// Discovery bit and type, relay (RFC 8777 section 4).
  RELAY,
  /// The whole of HIP (RFC 8005 section 5).
  HOST_IDENTITY,
  /// The whole of A6 (RFC 2874 section 3).
  A6,
  /// RFC 9460 section 2, to the end.
  SERVICE_PARAMETERS
}
