package dev.jig.advise;

import dev.jig.event.Cause;
import dev.jig.event.LookupRow;
import dev.jig.event.Owner;
import dev.jig.event.Subject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a rule keeps of the lookups that show one fault of one subject. Bounded.
public final class Case {
  private static final int MAX_PIDS = 32;
  private static final int MAX_CAUSES = 8;

  /// Bound of clients of all cases of one finding, and of one case.
  private static final int MAX_CLIENTS = 1_000;

  private long lookups;
  private long waitedNs;
  private long firstNs = Long.MAX_VALUE;
  private long lastNs;

  // Most cases have one client and process, no cause, and never become a finding: the collections
  // are shared until they are needed.
  private Set<Client> clients = Set.of();
  private Set<Integer> pids = Set.of();
  private Set<Integer> peers = Set.of();
  private boolean hasUnknownPeer;
  private Map<Cause, Long> causes = Map.of();
  private List<Evidence> evidence = List.of();

  /// Adds a lookup.
  ///
  /// @param waited how long the client waited for nothing, in ns
  /// @param cause null where the kernel reported none
  /// @param examples whether it may be kept as an example
  public void add(Observation lookup, long waited, @Nullable Cause cause, ExampleBudget examples) {
    add(lookup, waited, cause);
    if (!isShown(lookup) && examples.take(this)) {
      addEvidence(new Evidence(lookup.row(), lookup.twin(), null));
    }
  }

  /// Adds names that an application wanted.
  ///
  /// @param count by how much the number of lookups grows
  /// @param example null for none
  public void add(
      Client client, LookupRow first, long count, long waited, @Nullable Evidence example) {
    lookups += count;
    waitedNs += waited;
    addClient(client);
    addTimeAndPid(first);
    if (example != null) {
      addEvidence(example);
    }
  }

  private void addEvidence(Evidence example) {
    if (evidence.isEmpty()) {
      evidence = List.of(example);
    } else {
      evidence = evidence instanceof ArrayList ? evidence : new ArrayList<>(evidence);
      evidence.add(example);
    }
  }

  /// Drops the examples and returns how many there were.
  int dropEvidence() {
    int dropped = evidence.size();
    evidence = List.of();
    return dropped;
  }

  /// Whether the twin is an example already, which shows both.
  @SuppressWarnings("ReferenceEquality") // the very row
  private boolean isShown(Observation lookup) {
    return !evidence.isEmpty() && evidence.getLast().row() == lookup.twin();
  }

  private void add(Observation lookup, long waited, @Nullable Cause cause) {
    lookups++;
    waitedNs += waited;
    addClient(lookup.client());
    addTimeAndPid(lookup.row());
    addPeer(lookup.row().peer());
    if (cause != null) {
      addCause(cause, 1);
    }
  }

  private void addCause(Cause cause, long count) {
    causes = causes.isEmpty() ? HashMap.newHashMap(1) : causes;
    if (causes.size() < MAX_CAUSES || causes.containsKey(cause)) {
      causes.merge(cause, count, Long::sum);
    }
  }

  private void addPeer(@Nullable Subject peer) {
    Owner owner = peer == null ? null : peer.owner();
    if (owner == null) {
      hasUnknownPeer = true;
    } else {
      peers = with(peers, owner.pid(), MAX_PIDS);
    }
  }

  private void addTimeAndPid(LookupRow row) {
    firstNs = Math.min(firstNs, row.timestampNs());
    lastNs = Math.max(lastNs, row.timestampNs());
    Owner owner = row.subject().owner();
    if (owner != null) {
      pids = with(pids, owner.pid(), MAX_PIDS);
    }
  }

  private void addClient(Client client) {
    clients = with(clients, client, MAX_CLIENTS);
  }

  /// The set with a value, if it has room; the same set where it can be changed.
  private static <T> Set<T> with(Set<T> set, T value, int max) {
    if (set.size() >= max || set.contains(value)) {
      return set;
    }
    if (set.isEmpty()) {
      return Set.of(value);
    }
    Set<T> larger = set instanceof LinkedHashSet ? set : new LinkedHashSet<>(set);
    larger.add(value);
    return larger;
  }

  /// Adds all lookups of another case.
  public void add(Case other, int maxEvidence) {
    lookups += other.lookups;
    waitedNs += other.waitedNs;
    firstNs = Math.min(firstNs, other.firstNs);
    lastNs = Math.max(lastNs, other.lastNs);
    other.clients.forEach(this::addClient);
    other.pids.forEach(pid -> pids = with(pids, pid, MAX_PIDS));
    other.peers.forEach(pid -> peers = with(peers, pid, MAX_PIDS));
    hasUnknownPeer |= other.hasUnknownPeer;
    other.causes.forEach(this::addCause);
    other.evidence.stream()
        .limit(Math.max(0, maxEvidence - evidence.size()))
        .forEach(this::addEvidence);
  }

  public long lookups() {
    return lookups;
  }

  public long waitedNs() {
    return waitedNs;
  }

  /// Nanoseconds since the epoch.
  public long firstNs() {
    return firstNs;
  }

  /// Nanoseconds since the epoch.
  public long lastNs() {
    return lastNs;
  }

  /// The clients, at most 1,000.
  public Set<Client> clients() {
    return Collections.unmodifiableSet(clients);
  }

  /// The first 32, in the order of their numbers.
  public List<Integer> pids() {
    return pids.stream().sorted().toList();
  }

  /// The processes on this machine that received the queries; empty if those of some are not known.
  public Set<Integer> servedBy() {
    return hasUnknownPeer ? Set.of() : Collections.unmodifiableSet(peers);
  }

  public List<Evidence> evidence() {
    return List.copyOf(evidence);
  }

  /// The cause of most lookups and their number; null if the kernel reported none.
  public Map.@Nullable Entry<Cause, Long> mainCause() {
    return causes.entrySet().stream().max(Map.Entry.comparingByValue()).orElse(null);
  }
}
