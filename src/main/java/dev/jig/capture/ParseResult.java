package dev.jig.capture;

/// What the headers of a captured frame say about it; FileCounters tells what each stands for.
enum ParseResult {
  /// Nothing against it so far.
  OK,
  NOT_DNS,
  NO_PAYLOAD,
  FRAGMENT,
  TRUNCATED,
  BAD_HEADER,
  UNKNOWN_LINK_TYPE
}
