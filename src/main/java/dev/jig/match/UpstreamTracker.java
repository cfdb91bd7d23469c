package dev.jig.match;

import dev.jig.event.DnsEvent;
import dev.jig.event.DnsEvent.Endpoint;
import dev.jig.event.IpAddress;
import dev.jig.event.Lookup.Upstream;
import dev.jig.event.Owner;
import dev.jig.event.Peer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the process that answered a lookup on this machine did meanwhile: how long it took, and
/// whom it asked the same. Told only of a process that is known to be the one which answered, and
/// only what it did between the query and the answer.
public final class UpstreamTracker {
  /// Answers remembered of either kind; a hop ends moments after its parts.
  static final int MAX_REMEMBERED = 8_192;

  /// One answer that a server here gave.
  private record ServedQuery(long processHash, long serviceNs) {}

  private record ServedQueryKey(Endpoint client, int id, long questionHash) {}

  /// One answer that a process here got.
  private record OwnQuery(@Nullable IpAddress server, long sentNs, long answeredNs) {
    boolean isWithin(long fromNs, long toNs) {
      return sentNs >= fromNs && answeredNs <= toNs;
    }
  }

  /// The last two of one question.
  private record LastTwo(OwnQuery last, @Nullable OwnQuery previous) {
    /// The only one in that time; null if there is none, or more than one it can be.
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

  private final Map<ServedQueryKey, ServedQuery> served = new RecentMap<>();
  private final Map<LookupKey, LastTwo> asked = new RecentMap<>();

  /// A server here has answered.
  void onResponseSent(DnsEvent response) {
    Owner server = response.owner();
    Long tookNs = response.latencyNs();
    if (server != null && tookNs != null) {
      ServedQuery answer = new ServedQuery(LookupKey.processHash(server), tookNs);
      served.put(new ServedQueryKey(response.destination(), response.id(), questionHash(response)), answer);
    }
  }

  /// A process here has got an answer.
  void onResponseReceived(OpenLookup lookup, PendingQuery query, long bootNs) {
    OwnQuery now = new OwnQuery(query.event.nameserver(), query.firstBootNs, bootNs);
    LastTwo known = asked.remove(lookup.key); // put anew, it is the youngest
    asked.put(lookup.key, new LastTwo(now, known == null ? null : known.last()));
  }

  /// What the sender of an answer did; null if it is not known, or nothing of it.
  @Nullable Upstream findUpstream(OpenLookup lookup, PendingQuery query, DnsEvent response, long bootNs) {
    Peer peer = response.peer();
    if (peer == null) {
      return null;
    }
    long who = LookupKey.processHash(peer.owner());
    ServedQuery answer =
        served.get(new ServedQueryKey(response.destination(), response.id(), questionHash(response)));
    LastTwo same = asked.get(lookup.key.withProcess(who));
    OwnQuery onwards = same == null ? null : same.onlyWithin(query.firstBootNs, bootNs);
    Long tookNs = answer != null && answer.processHash() == who ? answer.serviceNs() : null;
    if (tookNs == null && onwards == null) {
      return null;
    }
    return new Upstream(
        tookNs,
        onwards == null ? null : onwards.server(),
        onwards == null ? null : onwards.answeredNs() - onwards.sentNs());
  }

  private static long questionHash(DnsEvent response) {
    DnsEvent.Question question = response.question();
    return question == null ? 0 : question.name().hashCode() * 31L + question.type();
  }
}
