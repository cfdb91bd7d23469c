package dev.jig.match;

import dev.jig.capture.Packet;
import dev.jig.event.Attempt.Outcome;
import dev.jig.event.DnsEvent;
import dev.jig.event.Qr;
import dev.jig.event.State;
import dev.jig.match.OpenLookup.Phase;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedCollection;
import org.jspecify.annotations.Nullable;

/// Whole lookups in place of packets: the tries to have one question answered become one row when
/// the last of them is over. Only of who asks; what a server here is asked is its asker's lookup.
///
/// ```
///                   answered, timeout
///   ASKED ────────────────────────────────────────► OVER ────► TOLD
///    │  ▲                                            ▲  its twin is over too
///    │  └ asked again ┐                              │
///    └──────────────► BETWEEN ───────────────────────┘
///     closed, truncated,     nothing for BETWEEN_NS
///     server failure
/// ```
///
/// The twins are the A and the AAAA of one getaddrinfo: their rows stand together. What is answered
/// after its row was told makes another row, state late.
public final class Lookups {
  /// How long after a socket was closed, or an answer was no help, another query of the same
  /// process for the same belongs to the lookup. Resolvers send it at once.
  static final long BETWEEN_NS = 500_000_000;

  /// How far apart an A and an AAAA of one getaddrinfo are asked at most.
  static final long TWINS_NS = 100_000_000;

  /// Lookups kept of each kind that waits for no answer of its own; the oldest is told as it is.
  static final int MAX_LINGERING = 16_384;

  private static final int MDNS_PORT = 5353;

  /// Of those under one key that are looked at for where a query belongs.
  private static final int MAX_OF_KEY = 16;

  /// Takes the rows.
  public interface Sink {
    void told(DnsEvent row, long cgroupId, long bootNs);
  }

  /// Those that are not told yet, the newest of each key.
  private final Map<LookupKey, OpenLookup> open = new HashMap<>();

  private final SequencedCollection<OpenLookup> between = new LinkedHashSet<>();

  /// Over, and a twin may still be asked.
  private final SequencedCollection<OpenLookup> single = new LinkedHashSet<>();

  /// Over, and its twin is not.
  private final SequencedCollection<OpenLookup> paired = new LinkedHashSet<>();

  private final Sink sink;
  private final @Nullable Hops hops;
  private long waiting;

  /// @param hops where the output tells of what happens behind an answer
  public Lookups(@Nullable Hops hops, Sink sink) {
    this.hops = hops;
    this.sink = sink;
  }

  /// Lookups of which a query still waits for its answer.
  public long waiting() {
    return waiting;
  }

  /// Lookups that wait for something else.
  int lingering() {
    return between.size() + single.size() + paired.size();
  }

  /// A message has come. Only the side that asks makes lookups, and what is announced to a group
  /// answers nobody.
  ///
  /// @param query the message itself, or what it answers; null if that was not seen
  /// @param wanted whether a row is; else it may only be what happened behind others
  public void take(Packet packet, DnsEvent event, @Nullable Pending query, boolean wanted) {
    Role role = query == null ? QueryKey.of(packet, event.id(), true).role() : query.key.role();
    if (role == Role.SERVER) {
      if (hops != null && event.qr() == Qr.R) {
        hops.served(event);
      }
    } else if (query != null && event.qr() == Qr.Q) {
      asked(query, event, wanted, packet.bootNs());
    } else if (query != null) {
      answered(query, event, query.transferring, packet.cgroupId(), packet.bootNs());
    } else if (wanted && !isAnnounced(event)) {
      sink.told(Rows.orphan(event), packet.cgroupId(), packet.bootNs());
    }
  }

  /// Multicast DNS, RFC 6762.
  private static boolean isAnnounced(DnsEvent response) {
    return response.destination().address().isMulticast() || response.source().port() == MDNS_PORT;
  }

  /// A query was sent.
  ///
  /// @param query the one that waits; for a repetition the first of its kind
  /// @param event this time's
  /// @param wanted whether a row is
  private void asked(Pending query, DnsEvent event, boolean wanted, long bootNs) {
    OpenLookup lookup = query.lookup;
    if (lookup == null) {
      LookupKey key = LookupKey.of(event, query.cgroupId);
      lookup = triedAgain(key, query);
      if (lookup == null) {
        lookup = begin(key, wanted, query.cgroupId, event, bootNs);
      }
      query.lookup = lookup;
    }
    lookup.asked(query, event, bootNs);
    if (lookup.phase == Phase.BETWEEN) {
      between.remove(lookup);
      lookup.phase = Phase.ASKED;
      lookup.state = State.TIMEOUT; // what was answered before did not do
      count(lookup, 1);
    }
  }

  private @Nullable OpenLookup triedAgain(LookupKey key, Pending query) {
    OpenLookup candidate = open.get(key);
    for (int i = 0; candidate != null && i < MAX_OF_KEY; i++) {
      if (candidate.isTriedAgainBy(query)) {
        return candidate;
      }
      candidate = candidate.olderOfKey;
    }
    return null;
  }

  private OpenLookup begin(
      LookupKey key, boolean wanted, long cgroupId, DnsEvent event, long bootNs) {
    OpenLookup begun = new OpenLookup(key, wanted, cgroupId, event, bootNs);
    link(begun);
    count(begun, 1);
    OpenLookup twin = twinOf(begun);
    if (twin != null) {
      begun.twin = twin;
      begun.isSecondTwin = true;
      twin.twin = begun;
      if (single.remove(twin)) {
        paired.add(twin);
      }
    }
    return begun;
  }

  private @Nullable OpenLookup twinOf(OpenLookup begun) {
    LookupKey key = begun.key.twin();
    OpenLookup twin = key == null ? null : open.get(key);
    for (int i = 0; twin != null && i < MAX_OF_KEY; i++) {
      if (twin.twin == null && begun.firstBootNs - twin.firstBootNs <= TWINS_NS) {
        return twin;
      }
      twin = twin.olderOfKey;
    }
    return null;
  }

  /// An answer came.
  ///
  /// @param more whether other messages of the same answer follow
  private void answered(
      Pending query, DnsEvent response, boolean more, long cgroupId, long bootNs) {
    OpenLookup lookup = query.lookup;
    if (lookup == null) {
      sink.told(Rows.orphan(response), cgroupId, bootNs);
      return;
    }
    if (lookup.phase == Phase.TOLD && lookup.isAnswered()) {
      return; // another nameserver was faster
    }
    lookup.answered(query, response, more, bootNs);
    if (more || lookup.phase == Phase.OVER && lookup.isAnswered()) {
      return;
    }
    if (hops != null) {
      lookup.hop = hops.behind(lookup, query, response, bootNs);
      hops.answered(lookup, query, bootNs);
    }
    lookup.state = query.reported ? State.LATE : State.ANSWERED;
    switch (lookup.phase) {
      case ASKED, BETWEEN -> settle(lookup, bootNs);
      case OVER -> {
        // its row is still to come
      }
      case TOLD -> tell(lookup, bootNs);
    }
  }

  /// A query was given up.
  public void ended(Pending query, State state, long bootNs) {
    OpenLookup lookup = query.lookup;
    if (lookup == null) {
      return;
    }
    lookup.ended(query, state == State.CLOSED ? Outcome.CLOSED : Outcome.TIMEOUT, bootNs);
    if (lookup.phase != Phase.ASKED || lookup.isWaiting()) {
      return;
    }
    if (lookup.isAnswered()) {
      over(lookup, bootNs); // by a server that could not help, and no other one does
      return;
    }
    lookup.state = state;
    if (state == State.CLOSED) {
      linger(lookup, bootNs);
    } else {
      over(lookup, bootNs);
    }
  }

  /// Nothing more will be heard of a query, which was neither answered nor given up: there is no
  /// row for what nobody knows.
  public void forgotten(Pending query, long bootNs) {
    OpenLookup lookup = query.lookup;
    if (lookup == null) {
      return;
    }
    if (query.transferring) {
      ended(query, State.TIMEOUT, bootNs);
      return;
    }
    lookup.ended(query, Outcome.TIMEOUT, bootNs);
    if (lookup.phase == Phase.ASKED && !lookup.isWaiting()) {
      count(lookup, -1);
      unlink(lookup);
      lookup.phase = Phase.TOLD;
      leave(lookup, bootNs);
    }
  }

  /// The twin of a lookup without row is none.
  private void leave(OpenLookup dropped, long bootNs) {
    OpenLookup twin = dropped.twin;
    dropped.twin = null;
    if (twin != null) {
      twin.twin = null;
      if (paired.remove(twin)) {
        tell(twin, bootNs);
      }
    }
  }

  /// An answer has come: the lookup is over, unless the asker will hardly be content with it.
  private void settle(OpenLookup lookup, long bootNs) {
    if (!lookup.isTruncated() && !lookup.isFailed()) {
      over(lookup, bootNs);
    } else if (lookup.phase == Phase.ASKED && (lookup.isTruncated() || !lookup.isWaiting())) {
      linger(lookup, bootNs);
    }
  }

  private void linger(OpenLookup lookup, long bootNs) {
    count(lookup, -1);
    lookup.phase = Phase.BETWEEN;
    lookup.dueNs = bootNs + BETWEEN_NS;
    keep(between, lookup, bootNs);
  }

  private void over(OpenLookup lookup, long bootNs) {
    if (lookup.phase == Phase.ASKED) {
      count(lookup, -1);
    } else {
      between.remove(lookup);
    }
    lookup.phase = Phase.OVER;
    OpenLookup twin = lookup.twin;
    lookup.dueNs = lookup.firstBootNs + TWINS_NS;
    if (twin == null) {
      if (lookup.key.twin() != null && bootNs < lookup.dueNs) {
        keep(single, lookup, bootNs);
      } else {
        tell(lookup, bootNs);
      }
    } else if (twin.phase == Phase.OVER) {
      tell(lookup.isSecondTwin ? twin : lookup, bootNs);
      tell(lookup.isSecondTwin ? lookup : twin, bootNs);
    } else if (twin.phase == Phase.TOLD) {
      tell(lookup, bootNs);
    } else {
      keep(paired, lookup, bootNs);
    }
  }

  private void keep(SequencedCollection<OpenLookup> lingering, OpenLookup lookup, long bootNs) {
    lingering.addLast(lookup);
    if (lingering.size() > MAX_LINGERING) {
      goOn(lingering.getFirst(), bootNs);
    }
  }

  private void goOn(OpenLookup lookup, long bootNs) {
    if (lookup.phase == Phase.BETWEEN) {
      over(lookup, bootNs);
    } else {
      tell(lookup, bootNs);
    }
  }

  /// Once it has been told it is known only to its queries.
  private void tell(OpenLookup lookup, long bootNs) {
    single.remove(lookup);
    paired.remove(lookup);
    if (lookup.phase != Phase.TOLD) {
      unlink(lookup);
    }
    if (lookup.wanted) {
      sink.told(lookup.row(), lookup.cgroupId, bootNs);
    }
    lookup.phase = Phase.TOLD;
  }

  private void count(OpenLookup lookup, int change) {
    waiting += lookup.wanted ? change : 0;
  }

  /// Tells what waited long enough for something that may not come.
  public void tick(long bootNs) {
    while (!between.isEmpty() && between.getFirst().dueNs <= bootNs) {
      over(between.getFirst(), bootNs);
    }
    while (!single.isEmpty() && single.getFirst().dueNs <= bootNs) {
      tell(single.getFirst(), bootNs);
    }
  }

  /// The end: what is over is told; what waits is only counted.
  public void finish(long bootNs) {
    List.copyOf(between).forEach(lookup -> over(lookup, bootNs));
    List.copyOf(single).forEach(lookup -> tell(lookup, bootNs));
    List.copyOf(paired).forEach(lookup -> tell(lookup, bootNs));
  }

  private void link(OpenLookup begun) {
    OpenLookup older = open.put(begun.key, begun);
    begun.olderOfKey = older;
    if (older != null) {
      older.newerOfKey = begun;
    }
  }

  private void unlink(OpenLookup gone) {
    OpenLookup newer = gone.newerOfKey;
    OpenLookup older = gone.olderOfKey;
    if (older != null) {
      older.newerOfKey = newer;
    }
    if (newer != null) {
      newer.olderOfKey = older;
    } else if (older != null) {
      open.put(gone.key, older);
    } else {
      open.remove(gone.key);
    }
    gone.newerOfKey = null;
    gone.olderOfKey = null;
  }
}
