package dev.jig.trace;

/// Counts what became of every DNS message that reached user space. Once the trace has ended,
/// `messages` is the sum of the eight counters from `rows` to `folded`; before, messages held for
/// their container's name are in none of them. T rows, lookup rows and names are no messages.
///
/// Written on the ring thread only; other threads may read slightly old values.
public final class Counters {
  long messages;

  long rows;
  long filtered;
  long malformed;
  long notDns;
  long nameUnknown;
  long containerUnknown;
  long copies;

  long folded;
  long lookups;
  long lookupsFiltered;
  long lookupsUnknown;

  /// Whether lookups are folded into names.
  boolean ofNames;

  long names;
  long namesFiltered;
  long namesEvicted;
  long besideNames;

  long unansweredRows;
  long withoutSocket;
  long answersLost;
  long tcpGaps;
  long tcpBytesDropped;
  long partlyMalformed;
  long recordedRows;

  /// Messages taken in: one per UDP datagram, any number per TCP segment.
  public long messages() {
    return messages;
  }

  /// Messages printed as rows.
  public long rows() {
    return rows;
  }

  /// Messages dropped by the container selection or a filter.
  public long filtered() {
    return filtered;
  }

  /// Messages dropped because the header is not readable.
  public long malformed() {
    return malformed;
  }

  /// Payloads dropped because they are not DNS, from a port that is not a DNS port.
  public long notDns() {
    return notDns;
  }

  /// Messages dropped because the selection needs a container's name that no runtime gave.
  public long nameUnknown() {
    return nameUnknown;
  }

  /// Messages dropped because their container could not be determined.
  public long containerUnknown() {
    return containerUnknown;
  }

  /// Messages in packets that are copies of others, which forwarding made; files only.
  public long copies() {
    return copies;
  }

  /// Messages that became part of a lookup row, or were a server's side of a lookup.
  public long folded() {
    return folded;
  }

  /// Lookup rows printed.
  public long lookups() {
    return lookups;
  }

  /// Lookup rows dropped by a filter.
  public long lookupsFiltered() {
    return lookupsFiltered;
  }

  /// Lookup rows dropped because their container, or its name, could not be determined.
  public long lookupsUnknown() {
    return lookupsUnknown;
  }

  /// Rows of names printed.
  public long names() {
    return names;
  }

  /// Rows of names dropped by a filter.
  public long namesFiltered() {
    return namesFiltered;
  }

  /// Names emitted before their end, because too many waited.
  public long namesEvicted() {
    return namesEvicted;
  }

  /// Late and unexpected responses, which belong to no name.
  public long besideNames() {
    return besideNames;
  }

  /// What a row is: `row`, `lookup` or `name`.
  String unit() {
    return ofNames ? "name" : folded > 0 || lookups > 0 ? "lookup" : "row";
  }

  /// T rows printed.
  public long unansweredRows() {
    return unansweredRows;
  }

  /// Responses taken in that came after their client had closed its socket: no packet of the
  /// kernel's count.
  public long withoutSocket() {
    return withoutSocket;
  }

  /// Queries without a row of their end, since their response may be among what was lost.
  public long answersLost() {
    return answersLost;
  }

  /// Gaps in TCP streams that were never filled.
  public long tcpGaps() {
    return tcpGaps;
  }

  /// Bytes of TCP streams that belong to no message taken in.
  public long tcpBytesDropped() {
    return tcpBytesDropped;
  }

  /// Messages that were readable only in part; they are counted as rows, filtered and so on too.
  public long partlyMalformed() {
    return partlyMalformed;
  }

  /// Messages with a recorded row in the file, which gives their container and owner; files only.
  public long recordedRows() {
    return recordedRows;
  }

  /// Counts a message that is dropped because of its container.
  void countDropped(Scope.Decision reason) {
    switch (reason) {
      case SKIP -> filtered++;
      case NAME_UNKNOWN, HOLD -> nameUnknown++;
      case CONTAINER_UNKNOWN -> containerUnknown++;
      case PASS -> throw new IllegalArgumentException("PASS is no reason to drop");
    }
  }

  /// Whether every message is accounted for.
  boolean isBalanced() {
    return unaccounted() == 0;
  }

  /// Messages taken in minus the sum of what became of them.
  long unaccounted() {
    return messages
        - (rows + filtered + malformed + notDns + nameUnknown + containerUnknown + copies + folded);
  }

  /// The counters of the sum, for the report of an accounting error.
  @Override
  public String toString() {
    return ("messages %d, rows %d, filtered %d, malformed %d, notDns %d, nameUnknown %d,"
            + " containerUnknown %d, copies %d, folded %d")
        .formatted(
            messages,
            rows,
            filtered,
            malformed,
            notDns,
            nameUnknown,
            containerUnknown,
            copies,
            folded);
  }
}
