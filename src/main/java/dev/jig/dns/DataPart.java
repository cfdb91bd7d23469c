package dev.jig.dns;

/// What a record's data are made of. A type is a list of these ([RecordFormat]); how each is read
/// and written stands in [RecordData].
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
  /// How to notify (RFC 9859 section 2.1): `NOTIFY` or a number.
  SCHEME,
  /// The error of TSIG and TKEY, in which 16 is `BADSIG` (RFC 8945 section 3).
  ERROR,
  NAME,
  IPV4,
  IPV6,
  /// A length byte and so many characters, in quotes.
  STRING,
  /// The same where the data do not end before it.
  STRING_IF_ANY,
  /// One or more of these, to the end.
  STRINGS,
  /// A length byte and so many characters, without quotes (CAA's tag).
  TAG,
  /// Characters to the end, in quotes.
  TEXT,
  /// Bytes to the end.
  HEX,
  BASE64,
  /// The same with `0x` in front (NSAP, RFC 1706).
  HEX_0X,
  /// A length byte and so many bytes; `-` for none (NSEC3's salt).
  SALT,
  /// A length byte and so many bytes, as base 32 with extended hex alphabet (NSEC3's hash).
  HASH,
  /// 16 bits of length, and so many bytes: the length and the bytes.
  COUNTED_BASE64,
  /// Bytes to the end with a dash between two: six and eight (RFC 7043).
  EUI48,
  EUI64,
  /// 64 bits as four fields of four hexadecimal digits (RFC 6742).
  NODE_ID,
  /// Windows of bits, one for each type (RFC 4034 section 4.1.2).
  TYPES,
  /// Bits of the types 0 to 127 (RFC 2535 section 5.2).
  OLD_TYPES,
  /// Bits of ports to the end (RFC 1035 section 3.4.2).
  PORTS,
  /// RFC 1876.
  LOCATION,
  /// RFC 3123, to the end.
  PREFIXES,
  /// Gateway type, algorithm, gateway, key (RFC 4025 section 2).
  GATEWAY,
  /// Discovery bit and type, relay (RFC 8777 section 4).
  RELAY,
  /// All of HIP (RFC 8005 section 5).
  HOST_IDENTITY,
  /// All of A6 (RFC 2874 section 3).
  A6,
  /// RFC 9460 section 2, to the end.
  SERVICE_PARAMETERS
}
