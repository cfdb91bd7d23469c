package dev.jig.match;

import dev.jig.event.Row;
import dev.jig.event.Endpoint;
import dev.jig.event.IpAddress;
import dev.jig.event.Lookup.Upstream;
import dev.jig.event.Owner;
import dev.jig.event.Peer;
import dev.jig.event.Question;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Remembers what servers on this machine do between a query and its response: the time to serve
/// it, and the upstream server that they query for the same question.
///
/// A lookup gets an [Upstream] only if its response has a peer, which is the process that answered.
/// Only what this process did between the query and the response counts.
public final class UpstreamTracker {
  /// Bound of each map; the eldest is evicted.
  static final int MAX_REMEMBERED = 8_192;

  /// A query that a server on this machine answered.
  private record ServedQuery(long processHash, long serviceNs) {}

  private record ServedQueryKey(Endpoint client, int id, long questionHash) {}

  /// A query that a process on this machine sent and got an answer to.
  private record OwnQuery(@Nullable IpAddress server, long sentNs, long answeredNs) {
    boolean isWithin(long fromNs, long toNs) {
      return sentNs >= fromNs && answeredNs <= toNs;
    }
  }

  /// The last two queries of one process for one question.
  private record LastTwo(OwnQuery last, @Nullable OwnQuery previous) {
    /// Returns the only query within this time; null if there is none, or more than one.
    @Nullable OwnQuery onlyWithin(long fromNs, long toNs) {
      if (!last.isWithin(fromNs, toNs)) {
        return null;
      }
      return previous != null && previous.isWithin(fromNs, toNs) ? null : last;
    }
  }

  private static final class RecentMap<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > MAX_REMEMBERED;
    }
  }

  private final Map<ServedQueryKey, ServedQuery> servedQueries = new RecentMap<>();
  private final Map<LookupKey, LastTwo> ownQueries = new RecentMap<>();

  /// A server on this machine has sent a response.
  void onResponseSent(Row response) {
    Owner server = response.owner();
    Long serviceNs = response.latencyNs();
    if (server != null && serviceNs != null) {
      servedQueries.put(keyOf(response), new ServedQuery(LookupKey.processHash(server), serviceNs));
    }
  }

  /// A client on this machine has received a response.
  void onResponseReceived(OpenLookup lookup, PendingQuery query, long bootNs) {
    OwnQuery last = new OwnQuery(query.event.nameserver(), query.firstBootNs, bootNs);
    LastTwo before = ownQueries.remove(lookup.key); // removed, so that put() makes it the youngest
    ownQueries.put(lookup.key, new LastTwo(last, before == null ? null : before.last()));
  }

  /// Returns what the sender of a response did for it; null if the sender or its work is unknown.
  @Nullable Upstream findUpstream(
      OpenLookup lookup, PendingQuery query, Row response, long bootNs) {
    Peer peer = response.peer();
    if (peer == null) {
      return null;
    }
    long server = LookupKey.processHash(peer.owner());
    ServedQuery served = servedQueries.get(keyOf(response));
    LastTwo sent = ownQueries.get(lookup.key.withProcess(server));
    OwnQuery forwarded = sent == null ? null : sent.onlyWithin(query.firstBootNs, bootNs);
    Long serviceNs = served != null && served.processHash() == server ? served.serviceNs() : null;
    if (serviceNs == null && forwarded == null) {
      return null;
    }
    return new Upstream(
        serviceNs,
        forwarded == null ? null : forwarded.server(),
        forwarded == null ? null : forwarded.answeredNs() - forwarded.sentNs());
  }

  private static ServedQueryKey keyOf(Row response) {
    return new ServedQueryKey(response.destination(), response.id(), questionHash(response));
  }

  private static long questionHash(Row response) {
    Question question = response.question();
    return question == null ? 0 : question.name().hashCode() * 31L + question.type();
  }
}
