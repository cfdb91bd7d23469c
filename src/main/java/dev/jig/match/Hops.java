package dev.jig.match;

import dev.jig.event.DnsEvent;
import dev.jig.event.DnsEvent.Endpoint;
import dev.jig.event.IpAddress;
import dev.jig.event.Lookup.Hop;
import dev.jig.event.Owner;
import dev.jig.event.Peer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the process that answered a lookup on this machine did meanwhile: how long it took, and
/// whom it asked the same. Told only of a process that is known to be the one which answered, and
/// only what it did between the query and the answer.
public final class Hops {
  /// Answers remembered of either kind; a hop ends moments after its parts.
  static final int MAX = 8_192;

  /// One answer that a server here gave.
  private record Served(long who, long tookNs) {}

  private record ServedKey(Endpoint client, int id, long question) {}

  /// One answer that a process here got.
  private record Asked(@Nullable IpAddress server, long askedNs, long answeredNs) {
    boolean isWithin(long fromNs, long toNs) {
      return askedNs >= fromNs && answeredNs <= toNs;
    }
  }

  /// The last two of one question.
  private record LastTwo(Asked last, @Nullable Asked before) {
    /// The only one in that time; null if there is none, or more than one it can be.
    @Nullable Asked only(long fromNs, long toNs) {
      if (!last.isWithin(fromNs, toNs)) {
        return null;
      }
      return before != null && before.isWithin(fromNs, toNs) ? null : last;
    }
  }

  private static final class Recent<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > MAX;
    }
  }

  private final Map<ServedKey, Served> served = new Recent<>();
  private final Map<LookupKey, LastTwo> asked = new Recent<>();

  /// A server here has answered.
  void served(DnsEvent response) {
    Owner server = response.owner();
    Long tookNs = response.latencyNs();
    if (server != null && tookNs != null) {
      Served answer = new Served(LookupKey.who(server), tookNs);
      served.put(new ServedKey(response.destination(), response.id(), question(response)), answer);
    }
  }

  /// A process here has got an answer.
  void answered(OpenLookup lookup, Pending query, long bootNs) {
    Asked now = new Asked(query.event.nameserver(), query.firstBootNs, bootNs);
    LastTwo known = asked.remove(lookup.key); // put anew, it is the youngest
    asked.put(lookup.key, new LastTwo(now, known == null ? null : known.last()));
  }

  /// What the sender of an answer did; null if it is not known, or nothing of it.
  @Nullable Hop behind(OpenLookup lookup, Pending query, DnsEvent response, long bootNs) {
    Peer peer = response.peer();
    if (peer == null) {
      return null;
    }
    long who = LookupKey.who(peer.owner());
    Served answer =
        served.get(new ServedKey(response.destination(), response.id(), question(response)));
    LastTwo same = asked.get(lookup.key.by(who));
    Asked onwards = same == null ? null : same.only(query.firstBootNs, bootNs);
    Long tookNs = answer != null && answer.who() == who ? answer.tookNs() : null;
    if (tookNs == null && onwards == null) {
      return null;
    }
    return new Hop(
        tookNs,
        onwards == null ? null : onwards.server(),
        onwards == null ? null : onwards.answeredNs() - onwards.askedNs());
  }

  private static long question(DnsEvent response) {
    DnsEvent.Question question = response.question();
    return question == null ? 0 : question.name().hashCode() * 31L + question.type();
  }
}
