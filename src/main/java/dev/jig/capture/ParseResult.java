package dev.jig.capture;

/// The result of parsing a captured frame's headers; [FileCounters] documents each.
enum ParseResult {
  /// No error so far.
  OK,
  NOT_DNS,
  NO_PAYLOAD,
  FRAGMENT,
  TRUNCATED,
  BAD_HEADER,
  UNKNOWN_LINK_TYPE
}
