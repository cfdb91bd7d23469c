package dev.jig.bench;

import java.io.IOException;
import java.util.Locale;

/// Packets that did not become rows, in several runs of a [LookupLoad].
final class LossCount {
  private final Samples lost = new Samples();
  private final Samples packetsPerSecond = new Samples();
  private long expected;
  private boolean isBalanced = true;

  /// Ends ig and counts its rows.
  void add(LookupLoad.Sent sent, Ig ig) throws IOException, InterruptedException {
    add(LookupLoad.Sent.NOTHING, sent, ig);
  }

  /// Ends ig and counts its rows.
  ///
  /// @param warmUp sent before
  void add(LookupLoad.Sent warmUp, LookupLoad.Sent sent, Ig ig)
      throws IOException, InterruptedException {
    TraceEnd end = ig.end();
    expected = warmUp.rows() + sent.rows();
    packetsPerSecond.add(sent.queries() * LookupLoad.PACKETS_PER_LOOKUP / (sent.ns() / 1e9));
    isBalanced &= end.isBalanced();
    // Rows may also be missing in the file alone.
    lost.add(Math.max(end.lost(), expected - ig.rowsInFile()));
    Progress.print("%,d rows expected, %,d in the file; %s", expected, ig.rowsInFile(), end.text());
  }

  /// `0 lost of 2,000,000 rows in 4 of 5 runs (0, 0, 12, 0, 0); …`.
  String text() {
    return String.format(
        Locale.ROOT,
        "%s lost of %,d rows%s; %s sent%s",
        lost.list("%,.0f"),
        expected,
        lost.count() > 1
            ? " (0 in " + (lost.count() - lost.positive()) + " of " + lost.count() + " runs)"
            : "",
        packetsPerSecond.text("%,.0f", " packets/s"),
        isBalanced ? ", accounting exact" : ", ACCOUNTING NOT EXACT");
  }
}
