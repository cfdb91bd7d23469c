package dev.jig.capture;

import java.util.OptionalInt;

/// What became of a capture file's packets: those read are those handed on plus all the others
/// here.
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

  void count(ParseResult finding, int linkType) {
    read++;
    switch (finding) {
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

  /// Given to the handler.
  public long delivered() {
    return delivered;
  }

  /// Other protocols and other ports.
  public long notDns() {
    return notDns;
  }

  /// On a DNS port, but without data: TCP's handshakes and acknowledgements, empty datagrams.
  public long noPayload() {
    return noPayload;
  }

  /// IP fragments, and parts of noted messages; the one that completes its packet or message counts
  /// as that.
  public long fragments() {
    return fragments;
  }

  /// Packets of which fragments were captured, but not all; outside the sum.
  public long incomplete() {
    return incomplete;
  }

  /// Cut short by the capture's snapshot length.
  public long truncated() {
    return truncated;
  }

  /// Headers that contradict themselves or the frame's length on the wire.
  public long badHeader() {
    return badHeader;
  }

  public long unknownLinkType() {
    return unknownLinkType;
  }

  /// The first link type met that is not known here, for a hint.
  public OptionalInt firstUnknownLinkType() {
    return firstUnknownLinkType;
  }
}
