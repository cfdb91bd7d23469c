package dev.jig.capture;

import java.util.OptionalInt;

/// Counts a capture file's packets by result: `read` is the sum of all others but `incomplete`.
public final class FileCounters {
  private long read;
  private long delivered;
  private long notDns;
  private long noPayload;
  private long fragments;
  private long incomplete;
  private long truncated;
  private long badHeader;
  private long unknownLinkType;
  private OptionalInt firstUnknownLinkType = OptionalInt.empty();

  FileCounters() {}

  void count(ParseResult result, int linkType) {
    read++;
    switch (result) {
      case OK -> delivered++;
      case NOT_DNS -> notDns++;
      case NO_PAYLOAD -> noPayload++;
      case FRAGMENT -> fragments++;
      case TRUNCATED -> truncated++;
      case BAD_HEADER -> badHeader++;
      case UNKNOWN_LINK_TYPE -> countUnknown(linkType);
    }
  }

  void setIncomplete(long packets) {
    incomplete = packets;
  }

  private void countUnknown(int linkType) {
    unknownLinkType++;
    if (firstUnknownLinkType.isEmpty()) {
      firstUnknownLinkType = OptionalInt.of(linkType);
    }
  }

  public long read() {
    return read;
  }

  /// Passed to the handler.
  public long delivered() {
    return delivered;
  }

  /// Of other protocols or ports.
  public long notDns() {
    return notDns;
  }

  /// On a DNS port, without data: TCP handshakes and acknowledgements, empty datagrams.
  public long noPayload() {
    return noPayload;
  }

  /// IP fragments, and segments of a longer recorded message; the one that completes its packet or
  /// message counts as [#delivered].
  public long fragments() {
    return fragments;
  }

  /// IP packets of which some fragments are missing; not part of the sum.
  public long incomplete() {
    return incomplete;
  }

  /// Cut by the capture's snapshot length, or before the length that a header says, so that too
  /// little is left to read: not all of the headers and of a DNS header.
  public long truncated() {
    return truncated;
  }

  /// With a header that contradicts itself, or does not fit into the frame on the wire.
  public long badHeader() {
    return badHeader;
  }

  public long unknownLinkType() {
    return unknownLinkType;
  }

  /// The first unknown link type in the file, for a hint.
  public OptionalInt firstUnknownLinkType() {
    return firstUnknownLinkType;
  }
}
