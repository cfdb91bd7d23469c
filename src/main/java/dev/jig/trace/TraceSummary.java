package dev.jig.trace;

import dev.jig.capture.KernelCounters;

/// What became of every packet, as proof at the end: two sums that must come out even.
///
/// @param ended whether the trace is over: before, the sums are in motion
/// @param packetsRead records read from the ring
/// @param incomplete of them, those whose chunks were missing
/// @param pending queries that still waited
/// @param evicted queries that gave way to newer ones before answer or timeout
public record TraceSummary(
    boolean ended,
    KernelCounters kernel,
    Counters messages,
    long packetsRead,
    long incomplete,
    long pending,
    long evicted) {

  /// Packets that the ring had no room for, or that did not come whole.
  public long lost() {
    return kernel.ringFull() + incomplete;
  }

  /// Packets with data, whatever became of them.
  public long seen() {
    return kernel.seen() - kernel.noPayload();
  }

  /// Packets that were left out before they cost anything.
  public long skippedInKernel() {
    return kernel.skipped();
  }

  /// Packets: the kernel's sum, and recorded = read. Messages: handed on = printed + filtered +
  /// given up.
  public boolean isBalanced() {
    return kernel.isBalanced() && kernel.recorded() == packetsRead && messages.isBalanced();
  }

  /// One line for the user, such as `1,234 packets seen: 1,200 rows, 34 filtered, 0 lost`.
  public String line() {
    return new SummaryLine(seen(), "packet seen", "packets seen")
        .add(
            messages.rows() + messages.lookups(),
            messages.folded() > 0 ? "lookup" : "row",
            messages.folded() > 0 ? "lookups" : "rows")
        .add(messages.filtered() + kernel.skipped(), "filtered")
        .add(lost(), "lost")
        .append(byStage())
        .addIf(messages.unansweredRows(), "unanswered")
        .addIf(messages.lookupsFiltered(), "lookup filtered", "lookups filtered")
        .addIf(messages.lookupsUnknown(), "lookup of an unknown container", "lookups of unknown containers")
        .addIf(pending, "still waiting for an answer")
        .addIf(messages.malformed() + kernel.bad(), "malformed")
        .addIf(messages.partlyMalformed(), "malformed in part")
        .addIf(messages.notDns(), "not DNS")
        .addIf(messages.nameUnknown(), "name unknown")
        .addIf(messages.containerUnknown(), "container unknown")
        .addIf(messages.tcpGaps(), "gap in a TCP stream", "gaps in TCP streams")
        .addIf(messages.tcpBytesDropped(), "byte of TCP given up", "bytes of TCP given up")
        .addIf(evicted, "query forgotten before its answer", "queries forgotten before their answer")
        .addIf(kernel.noticesLost(), "notice lost", "notices lost")
        .addIf(kernel.noStorage(), "socket without storage", "sockets without storage")
        .append(!ended || isBalanced() ? "" : " (accounting error: " + this + ")")
        .text();
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
