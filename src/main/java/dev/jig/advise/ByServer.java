package dev.jig.advise;

import dev.jig.event.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Joins the tallies of clients with the same fault at the same server: that is one finding.
public final class ByServer {
  /// The sum of the tallies of one server's clients.
  public record Entry(IpAddress server, Tally tally) {}

  private final int maxEvidence;
  private final Map<IpAddress, Entry> entries = new LinkedHashMap<>();

  public ByServer(int maxEvidence) {
    this.maxEvidence = maxEvidence;
  }

  public void add(IpAddress server, Tally tally) {
    Entry entry = entries.computeIfAbsent(server, _ -> new Entry(server, new Tally()));
    entry.tally().add(tally, maxEvidence);
  }

  public List<Entry> entries() {
    return new ArrayList<>(entries.values());
  }
}
