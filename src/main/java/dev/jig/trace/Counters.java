package dev.jig.trace;

/// What became of every DNS message that reached user space. `messages` equals the sum of what
/// follows it up to `folded`, and while tracing those held until their container's name comes. T
/// rows and lookups are no messages. Written on the ring thread only.
public final class Counters {
  long messages;

  long rows;
  long filtered;
  long malformed;
  long notDns;
  long nameUnknown;
  long containerUnknown;

  long folded;
  long lookups;
  long lookupsFiltered;
  long lookupsUnknown;

  long unansweredRows;
  long tcpGaps;
  long tcpBytesDropped;
  long partlyMalformed;
  long recordedRows;

  /// Messages handed on by the framing: one per UDP datagram, those completed per TCP segment.
  public long messages() {
    return messages;
  }

  /// Printed.
  public long rows() {
    return rows;
  }

  /// Left out by the container rule or a filter.
  public long filtered() {
    return filtered;
  }

  /// Given up: no readable header.
  public long malformed() {
    return malformed;
  }

  /// Given up: a payload that is no DNS, on a socket or port that only looked like it.
  public long notDns() {
    return notDns;
  }

  /// Given up: a container name was asked for and this container's could not be had.
  public long nameUnknown() {
    return nameUnknown;
  }

  /// Given up: nobody could tell any more whether it was a container's.
  public long containerUnknown() {
    return containerUnknown;
  }

  /// Taken into account by rows for whole lookups, or as a server's side of one.
  public long folded() {
    return folded;
  }

  /// Rows for whole lookups printed.
  public long lookups() {
    return lookups;
  }

  /// Lookups left out by the container rule or a filter.
  public long lookupsFiltered() {
    return lookupsFiltered;
  }

  /// Lookups given up: nobody could tell any more whose they were.
  public long lookupsUnknown() {
    return lookupsUnknown;
  }

  /// T rows printed.
  public long unansweredRows() {
    return unansweredRows;
  }

  /// TCP segments missing for good, where others of their stream were seen.
  public long tcpGaps() {
    return tcpGaps;
  }

  /// Bytes of TCP streams that belong to no message handed on.
  public long tcpBytesDropped() {
    return tcpBytesDropped;
  }

  /// Messages of which only a part was readable: beside what became of them as of any other.
  public long partlyMalformed() {
    return partlyMalformed;
  }

  /// Messages of which an earlier trace had noted whose they are; files only.
  public long recordedRows() {
    return recordedRows;
  }

  /// Whether every message is accounted for.
  boolean isBalanced() {
    return messages
        == rows + filtered + malformed + notDns + nameUnknown + containerUnknown + folded;
  }

  /// The sum, for whoever has to find out why it is wrong.
  @Override
  public String toString() {
    return ("messages %d, rows %d, filtered %d, malformed %d, notDns %d, nameUnknown %d,"
            + " containerUnknown %d, folded %d")
        .formatted(
            messages, rows, filtered, malformed, notDns, nameUnknown, containerUnknown, folded);
  }
}
