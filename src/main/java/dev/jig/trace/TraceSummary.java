package dev.jig.trace;

import dev.jig.capture.KernelCounters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The counts of a live trace. Every packet is accounted for three times, and any difference is
/// reported as an accounting error: in the kernel, between the kernel and the ring's reader, and in
/// the pipeline.
///
/// @param ended whether the trace has ended: before, packets are under way and the counts differ
/// @param packetsRead records read from the ring
/// @param incomplete of them, those with missing chunks
/// @param pending queries that still wait for a response
/// @param evicted queries evicted before response or timeout
/// @param malformedRows rows that say that their message is malformed: rows with all records show
///   damage that reading the message for other rows does not find
public record TraceSummary(
    boolean ended,
    KernelCounters kernel,
    Counters messages,
    long packetsRead,
    long incomplete,
    long pending,
    long evicted,
    long malformedRows) {

  /// A copy with the number of rows that say that their message is malformed.
  public TraceSummary withMalformedRows(long rows) {
    return new TraceSummary(
        ended, kernel, messages, packetsRead, incomplete, pending, evicted, rows);
  }

  /// Packets lost because the ring was full, or because chunks are missing.
  public long lost() {
    return kernel.ringFull() + incomplete;
  }

  /// Packets with payload, and responses that found no socket.
  public long seen() {
    return kernel.seen() - kernel.noPayload() + messages.withoutSocket();
  }

  /// Packets of unwanted cgroups, which the kernel did not record.
  public long skippedInKernel() {
    return kernel.skipped();
  }

  /// What became of the packets, as labels of a metric.
  public Map<String, Long> packetsByFate() {
    return Map.of(
        "recorded", kernel.recorded(),
        "filtered", kernel.skipped(),
        "no_payload", kernel.noPayload(),
        "malformed", kernel.bad(),
        "lost", kernel.ringFull());
  }

  /// Packets lost by where, as labels of a metric.
  public Map<String, Long> lostByStage() {
    return Map.of("ring_full", kernel.ringFull(), "chunks_missing", incomplete);
  }

  /// Whether every packet and every message is accounted for.
  public boolean isBalanced() {
    return kernel.isBalanced() && kernel.recorded() == packetsRead && messages.isBalanced();
  }

  /// One line for the user, such as `1,234 packets seen: 1,200 rows, 34 filtered, 0 lost`.
  public String line() {
    return new SummaryLine(seen(), "packet seen", "packets seen")
        .add(
            messages.rows() + messages.lookups() + messages.names(),
            messages.unit(),
            messages.unit() + "s")
        .addIf(messages.unansweredRows(), "unanswered")
        .add(messages.filtered() + kernel.skipped(), "filtered")
        .add(lost(), "lost")
        .append(byStage())
        .addIf(messages.lookupsFiltered(), "lookup filtered", "lookups filtered")
        .addIf(messages.namesFiltered(), "name filtered", "names filtered")
        .addIf(messages.besideNames(), "late or unexpected answer", "late or unexpected answers")
        .addIf(messages.namesEvicted(), "name cut short", "names cut short")
        .addIf(
            messages.lookupsUnknown(),
            "lookup of an unknown container",
            "lookups of unknown containers")
        .addIf(pending, "still waiting for an answer")
        .addIf(messages.malformed() + kernel.bad(), "malformed")
        .addIf(Math.max(messages.partlyMalformed(), malformedRows), "malformed in part")
        .addIf(messages.notDns(), "not DNS")
        .addIf(messages.nameUnknown(), "name unknown")
        .addIf(messages.containerUnknown(), "container unknown")
        .addIf(
            messages.answersLost(),
            "query with a possibly lost answer",
            "queries with possibly lost answers")
        .addIf(messages.tcpGaps(), "gap in a TCP stream", "gaps in TCP streams")
        .addIf(messages.tcpBytesDropped(), "byte of TCP dropped", "bytes of TCP dropped")
        .addIf(evicted, "query evicted before its answer", "queries evicted before their answer")
        .addIf(kernel.noticesLost(), "notice lost", "notices lost")
        .addIf(kernel.dropsLost(), "cause lost", "causes lost")
        .addIf(kernel.noStorage(), "socket without storage", "sockets without storage")
        .append(!ended || isBalanced() ? "" : " (accounting error: " + differences() + ")")
        .text();
  }

  /// Such as `3 packets are missing in the kernel: seen 1234, skipped 20, …`; several are separated
  /// by semicolons.
  private String differences() {
    List<String> found = new ArrayList<>();
    addDifference(found, kernel.unaccounted(), "packet", "in the kernel: " + kernelCounts());
    addDifference(
        found,
        kernel.recorded() - packetsRead,
        "packet",
        "between kernel and reader: recorded %d, read %d"
            .formatted(kernel.recorded(), packetsRead));
    addDifference(found, messages.unaccounted(), "message", "in the pipeline: " + messages);
    return String.join("; ", found);
  }

  /// @param missing negative if more were accounted for than there were
  private static void addDifference(
      List<String> found, long missing, String unit, String whereAndCounts) {
    if (missing == 0) {
      return;
    }
    long count = Math.abs(missing);
    found.add(
        "%s %s %s %s %s"
            .formatted(
                SummaryLine.number(count),
                count == 1 ? unit : unit + "s",
                count == 1 ? "is" : "are",
                missing > 0 ? "missing" : "counted twice",
                whereAndCounts));
  }

  private String kernelCounts() {
    return "seen %d, skipped %d, no payload %d, bad %d, ring full %d, recorded %d"
        .formatted(
            kernel.seen(),
            kernel.skipped(),
            kernel.noPayload(),
            kernel.bad(),
            kernel.ringFull(),
            kernel.recorded());
  }

  private String byStage() {
    if (lost() == 0) {
      return "";
    }
    return " (ring full "
        + SummaryLine.number(kernel.ringFull())
        + ", chunks missing "
        + SummaryLine.number(incomplete)
        + ")";
  }
}
