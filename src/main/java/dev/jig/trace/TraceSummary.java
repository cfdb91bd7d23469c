package dev.jig.trace;

import dev.jig.capture.KernelCounters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What became of every packet, as proof at the end: two sums that must come out even.
///
/// @param packetsRead records read from the ring
/// @param incomplete of them, those whose chunks were missing
/// @param pending queries that still waited
/// @param evicted queries that gave way to newer ones before answer or timeout
public record TraceSummary(
    KernelCounters kernel,
    Counters messages,
    long packetsRead,
    long incomplete,
    int pending,
    long evicted) {

  /// Packets that the ring had no room for, or that did not come whole.
  public long lost() {
    return kernel.ringFull() + incomplete;
  }

  /// Packets: the kernel's sum, and recorded = read. Messages: handed on = printed + filtered + given
  /// up.
  public boolean isBalanced() {
    return kernel.isBalanced()
        && kernel.recorded() == packetsRead
        && messages.messages()
            == messages.rows()
                + messages.filtered()
                + messages.malformed()
                + messages.notDns()
                + messages.nameUnknown();
  }

  /// One line for the user, such as `1,234 packets seen: 1,200 rows, 34 filtered, 0 lost`.
  public String line() {
    List<String> parts = new ArrayList<>();
    parts.add(number(messages.rows()) + " rows");
    parts.add(number(messages.filtered() + kernel.skipped()) + " filtered");
    parts.add(number(lost()) + " lost" + (lost() > 0 ? byStage() : ""));
    addIf(parts, messages.unansweredRows(), "unanswered");
    addIf(parts, pending, "still waiting for an answer");
    addIf(parts, messages.malformed() + kernel.bad(), "malformed");
    addIf(parts, messages.notDns(), "not DNS");
    addIf(parts, messages.nameUnknown(), "name unknown");
    addIf(parts, messages.tcpPartialSegments(), "TCP segments without a whole message");
    addIf(parts, evicted, "queries forgotten before their answer");
    addIf(parts, kernel.noticesLost(), "notices lost");
    addIf(parts, kernel.noStorage(), "sockets without storage");
    String sum = isBalanced() ? "" : " (the sums do not come out even: " + this + ")";
    return number(kernel.seen() - kernel.noPayload())
        + " packets seen: "
        + String.join(", ", parts)
        + sum;
  }

  private String byStage() {
    List<String> stages = new ArrayList<>();
    addIf(stages, kernel.ringFull(), "ring full");
    addIf(stages, incomplete, "chunks missing");
    return " (" + String.join(", ", stages) + ")";
  }

  private static void addIf(List<String> parts, long count, String what) {
    if (count > 0) {
      parts.add(number(count) + " " + what);
    }
  }

  private static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
