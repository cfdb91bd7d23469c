package dev.jig.advise;

import dev.jig.event.Cause;
import dev.jig.event.LookupRow;
import dev.jig.event.Owner;
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
  private static final int MAX_PROCESSES = 32;
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
  private Set<NodeProcess> processes = Set.of();
  private Set<NodeProcess> peers = Set.of();
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
    addPeer(lookup.row());
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

  private void addPeer(LookupRow row) {
    Owner owner = row.peer() == null ? null : row.peer().owner();
    if (owner == null) {
      hasUnknownPeer = true;
    } else {
      addPeer(new NodeProcess(row.subject().node(), owner.pid()));
    }
  }

  private void addPeer(NodeProcess peer) {
    peers = with(peers, peer, MAX_PROCESSES);
  }

  private void addTimeAndPid(LookupRow row) {
    firstNs = Math.min(firstNs, row.timestampNs());
    lastNs = Math.max(lastNs, row.timestampNs());
    Owner owner = row.subject().owner();
    if (owner != null) {
      addProcess(new NodeProcess(row.subject().node(), owner.pid()));
    }
  }

  private void addProcess(NodeProcess process) {
    processes = with(processes, process, MAX_PROCESSES);
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

  /// Adds all lookups of another case, and its examples up to this number in all.
  public void add(Case other, int maxEvidence) {
    addCounts(other);
    other.evidence.stream()
        .limit(Math.max(0, maxEvidence - evidence.size()))
        .forEach(this::addEvidence);
  }

  /// Adds all lookups of another case, of its examples as many as the budget allows.
  void add(Case other, ExampleBudget examples) {
    addCounts(other);
    for (Evidence example : other.evidence) {
      if (examples.take(this)) {
        addEvidence(example);
      }
    }
  }

  private void addCounts(Case other) {
    lookups += other.lookups;
    waitedNs += other.waitedNs;
    firstNs = Math.min(firstNs, other.firstNs);
    lastNs = Math.max(lastNs, other.lastNs);
    other.clients.forEach(this::addClient);
    other.processes.forEach(this::addProcess);
    other.peers.forEach(this::addPeer);
    hasUnknownPeer |= other.hasUnknownPeer;
    other.causes.forEach(this::addCause);
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

  /// The process ids of the first 32 processes, in the order of their numbers; those of several
  /// nodes may be the same.
  public List<Integer> pids() {
    return processes.stream().map(NodeProcess::pid).distinct().sorted().toList();
  }

  /// The first 32 processes.
  Set<NodeProcess> processes() {
    return Collections.unmodifiableSet(processes);
  }

  /// The processes that received the queries, on the clients' machine; empty if those of some are
  /// not known.
  Set<NodeProcess> servedBy() {
    return hasUnknownPeer ? Set.of() : Collections.unmodifiableSet(peers);
  }

  /// The number of examples.
  int examples() {
    return evidence.size();
  }

  public List<Evidence> evidence() {
    return List.copyOf(evidence);
  }

  /// All that it holds, to be sent to another node.
  public Content content() {
    return new Content(
        lookups,
        waitedNs,
        firstNs,
        lastNs,
        List.copyOf(clients),
        List.copyOf(processes),
        List.copyOf(peers),
        hasUnknownPeer,
        Map.copyOf(causes),
        evidence());
  }

  /// A case of the content of another one. What is beyond the bounds is left out.
  public static Case of(Content content) {
    Case made = new Case();
    made.lookups = content.lookups();
    made.waitedNs = content.waitedNs();
    made.firstNs = content.firstNs();
    made.lastNs = content.lastNs();
    content.clients().forEach(made::addClient);
    content.processes().forEach(made::addProcess);
    content.peers().forEach(made::addPeer);
    made.hasUnknownPeer = content.hasUnknownPeer();
    content.causes().forEach(made::addCause);
    content.evidence().forEach(made::addEvidence);
    return made;
  }

  /// What a case holds.
  ///
  /// @param peers the processes that received the queries, as far as they are known
  /// @param hasUnknownPeer whether some are not
  public record Content(
      long lookups,
      long waitedNs,
      long firstNs,
      long lastNs,
      List<Client> clients,
      List<NodeProcess> processes,
      List<NodeProcess> peers,
      boolean hasUnknownPeer,
      Map<Cause, Long> causes,
      List<Evidence> evidence) {}

  /// The cause of most lookups and their number; null if the kernel reported none.
  public Map.@Nullable Entry<Cause, Long> mainCause() {
    return causes.entrySet().stream().max(Map.Entry.comparingByValue()).orElse(null);
  }
}
