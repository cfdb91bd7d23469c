package dev.jig.advise;

import dev.jig.event.IpAddress;
import dev.jig.table.Hash64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Something that is wrong.
///
/// @param nameserver null if it concerns no server
/// @param zone with trailing dot; null if it concerns no zone
/// @param name null if it concerns no single name
/// @param lookups that show the fault
/// @param of how many could have shown it
/// @param summary sentences
/// @param advice sentences: what to do
public record Finding(
    FindingId id,
    @Nullable IpAddress nameserver,
    @Nullable String zone,
    @Nullable String name,
    long lookups,
    long of,
    Case evidence,
    List<String> summary,
    List<String> advice) {

  public Finding {
    summary = List.copyOf(summary);
    advice = List.copyOf(advice);
  }

  /// A hash of what it is about, equal on all nodes that find the same.
  public long subjectHash() {
    Object client = nameserver == null ? clients() : null;
    return Hash64.mix(Objects.hash(id.text(), nameserver, zone, name, client));
  }

  /// The clients that have the fault.
  public Set<Client> clients() {
    return evidence.clients();
  }
}
