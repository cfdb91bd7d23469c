package dev.jig.match;

import dev.jig.event.Dns;
import dev.jig.event.Endpoint;
import dev.jig.event.IpAddress;
import dev.jig.event.Lookup.Upstream;
import dev.jig.event.Owner;
import dev.jig.event.Question;
import dev.jig.event.Response;
import dev.jig.event.State;
import dev.jig.event.Subject;
import dev.jig.table.Hash64;
import dev.jig.table.RecentKeys;
import org.jspecify.annotations.Nullable;

/// Remembers what servers on this machine do between a query and its response: the time to serve
/// it, and the upstream server that they query for the same question.
///
/// A lookup gets an [Upstream] only if its response has a peer, which is the process that answered.
/// Only what this process did between the query and the response counts. Flat tables without
/// objects: they are filled and read once per message.
public final class UpstreamTracker {
  /// Queries that servers on this machine answered, by client endpoint, id and question.
  private final RecentKeys served;

  private final long[] servedProcess;
  private final long[] servedNs;

  /// Answered queries of processes on this machine, by process and question: the last one and the
  /// one before it.
  private final RecentKeys own;

  private final @Nullable IpAddress[] server;
  private final long[] sentNs;
  private final long[] answeredNs;
  private final long[] previousSentNs;
  private final long[] previousAnsweredNs;

  /// @param size of each table, a power of two; the oldest entry is overwritten
  public UpstreamTracker(int size) {
    served = new RecentKeys(size);
    servedProcess = new long[size];
    servedNs = new long[size];
    own = new RecentKeys(size);
    server = new @Nullable IpAddress[size];
    sentNs = new long[size];
    answeredNs = new long[size];
    previousSentNs = new long[size];
    previousAnsweredNs = new long[size];
  }

  /// A server on this machine has sent a response.
  void onResponseSent(Response response) {
    Owner process = response.subject().owner();
    if (process != null && response.state() == State.ANSWERED) {
      int slot = served.add(servedKey(response));
      servedProcess[slot] = LookupKey.processHash(process);
      servedNs[slot] = response.latencyNs();
    }
  }

  /// A client on this machine has received a response.
  void onResponseReceived(OpenLookup lookup, PendingQuery query, long bootNs) {
    long key = lookup.key.hash();
    int before = own.find(key);
    int slot = before < 0 || own.isAging(before) ? own.add(key) : before;
    previousSentNs[slot] = before < 0 ? Long.MIN_VALUE : sentNs[before];
    previousAnsweredNs[slot] = before < 0 ? Long.MIN_VALUE : answeredNs[before];
    server[slot] = query.row.flow().nameserver();
    sentNs[slot] = query.firstBootNs;
    answeredNs[slot] = bootNs;
  }

  /// Returns what the sender of a response did for it; null if the sender or its work is unknown.
  @Nullable Upstream findUpstream(
      OpenLookup lookup, PendingQuery query, Response response, long bootNs) {
    Subject peer = response.peer();
    if (peer == null || peer.owner() == null) {
      return null;
    }
    long process = LookupKey.processHash(peer.owner());
    int answered = served.find(servedKey(response));
    boolean isServed = answered >= 0 && servedProcess[answered] == process;
    int forwarded = findOnly(lookup.key.hashFor(process), query.firstBootNs, bootNs);
    if (!isServed && forwarded < 0) {
      return null;
    }
    return new Upstream(
        isServed ? servedNs[answered] : null,
        forwarded < 0 ? null : server[forwarded],
        forwarded < 0 ? null : answeredNs[forwarded] - sentNs[forwarded]);
  }

  /// Returns the slot of the only answered query within a time; -1 if there is none, or more than
  /// one.
  private int findOnly(long key, long fromNs, long toNs) {
    int slot = own.find(key);
    if (slot < 0 || sentNs[slot] < fromNs || answeredNs[slot] > toNs) {
      return -1;
    }
    boolean second = previousSentNs[slot] >= fromNs && previousAnsweredNs[slot] <= toNs;
    return second ? -1 : slot;
  }

  private static long servedKey(Response response) {
    Endpoint client = response.flow().destination();
    IpAddress address = client.address();
    Dns dns = response.dns();
    Question question = dns.question();
    long key = Hash64.mix(address.high() ^ (long) client.port() << 16 ^ dns.id());
    key = Hash64.mix(key ^ address.low());
    return question == null
        ? key
        : Hash64.mix(key ^ (long) question.name().hashCode() << 16 ^ question.type());
  }
}
