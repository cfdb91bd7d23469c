package dev.jig.capture;

/// What the headers of a captured frame say about it; FileCounters tells what each stands for.
enum Finding {
  /// Nothing against it so far.
  SOUND,
  NOT_DNS,
  NO_PAYLOAD,
  FRAGMENT,
  TRUNCATED,
  BAD_HEADER,
  UNKNOWN_LINK_TYPE
}
