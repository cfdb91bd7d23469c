package dev.jig.agent.endpoints;

import dev.jig.event.EndpointName;
import dev.jig.event.IpAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Which pod or service has an address, and who had it a moment ago: an address that is given on
/// belongs to either, each in its time. Bounded; asked from any thread.
final class EndpointTable {
  /// Some 43 MB. Kubernetes supports 150,000 pods, those on the nodes' network included.
  static final int MAX_ADDRESSES = 131_072;

  /// How long a name that has ended is remembered, for rows that come late.
  private static final long KEPT_NS = TimeUnit.SECONDS.toNanos(60);

  /// Names remembered for one address, the present one included.
  private static final int CLAIMS_AT_MOST = 8;

  private static final long OPEN = Long.MAX_VALUE;

  /// @param createdNs before it the name did not exist
  /// @param sinceNs when the address was heard to be its
  /// @param untilNs when it was heard not to be any more
  private record Claim(
      EndpointName name, long createdNs, long sinceNs, long untilNs, @Nullable Claim older) {

    boolean isKnownAt(long timeNs) {
      return sinceNs <= timeNs && timeNs < untilNs;
    }

    boolean isPossibleAt(long timeNs) {
      return createdNs <= timeNs && timeNs < untilNs;
    }

    Claim before(@Nullable Claim next) {
      return new Claim(name, createdNs, sinceNs, untilNs, next);
    }
  }

  private record Ended(IpAddress address, long untilNs) {}

  private final LongSupplier clockNs;
  private final int addressesAtMost;
  private final Map<IpAddress, Claim> claims = new ConcurrentHashMap<>();
  private final Map<EndpointName, List<IpAddress>> addresses = new HashMap<>();
  private final Queue<Ended> ended = new ArrayDeque<>();
  private long rejectedAddresses;

  /// @param clockNs nanoseconds since the epoch
  EndpointTable(LongSupplier clockNs, int addressesAtMost) {
    this.clockNs = clockNs;
    this.addressesAtMost = addressesAtMost;
  }

  /// Who had the address then; null if nobody is known.
  ///
  /// An address is heard of later than it is used. So, where nobody is known to have had it, who
  /// got it next is taken to have had it already, unless that one is younger.
  @Nullable EndpointName nameAt(IpAddress address, long timeNs) {
    Claim newest = claims.get(address);
    for (Claim claim = newest; claim != null; claim = claim.older()) {
      if (claim.isKnownAt(timeNs)) {
        return claim.name();
      }
    }
    for (Claim claim = newest; claim != null; claim = claim.older()) {
      if (claim.isPossibleAt(timeNs)) {
        return claim.name();
      }
    }
    return null;
  }

  /// From now on the name has these addresses and no others.
  ///
  /// @param createdNs nanoseconds since the epoch
  synchronized void put(EndpointName name, long createdNs, Collection<IpAddress> now) {
    long timeNs = clockNs.getAsLong();
    sweep(timeNs);
    List<IpAddress> before = addresses.getOrDefault(name, List.of());
    if (before.size() == now.size() && before.containsAll(now)) {
      return;
    }
    for (IpAddress address : before) {
      if (!now.contains(address)) {
        release(address, name, timeNs);
      }
    }
    List<IpAddress> had = new ArrayList<>();
    for (IpAddress address : now) {
      if (before.contains(address) || claim(address, name, createdNs, timeNs)) {
        had.add(address);
      }
    }
    if (had.isEmpty()) {
      addresses.remove(name);
    } else {
      addresses.put(name, List.copyOf(had));
    }
  }

  /// The name has no address any more.
  synchronized void remove(EndpointName name) {
    put(name, 0, List.of());
  }

  /// Of a kind there are these names and no others.
  synchronized void retain(EndpointName.Kind kind, Set<EndpointName> names) {
    List.copyOf(addresses.keySet()).stream()
        .filter(name -> name.kind() == kind && !names.contains(name))
        .forEach(this::remove);
  }

  /// Addresses there was no room for, so far.
  synchronized long rejectedAddresses() {
    return rejectedAddresses;
  }

  /// Addresses with a name, now or a moment ago.
  int size() {
    return claims.size();
  }

  private boolean claim(IpAddress address, EndpointName name, long createdNs, long timeNs) {
    if (!claims.containsKey(address) && claims.size() >= addressesAtMost) {
      rejectedAddresses++;
      return false;
    }
    claims.compute(
        address,
        (_, older) ->
            new Claim(
                name, createdNs, timeNs, OPEN, remembered(older, timeNs, CLAIMS_AT_MOST - 1)));
    return true;
  }

  private void release(IpAddress address, EndpointName name, long timeNs) {
    claims.computeIfPresent(address, (_, newest) -> ended(newest, name, timeNs));
    ended.add(new Ended(address, timeNs));
  }

  private static Claim ended(Claim claim, EndpointName name, long timeNs) {
    Claim older = claim.older();
    if (claim.untilNs() == OPEN && claim.name().equals(name)) {
      return new Claim(name, claim.createdNs(), claim.sinceNs(), timeNs, older);
    }
    return older == null ? claim : claim.before(ended(older, name, timeNs));
  }

  private void sweep(long timeNs) {
    for (Ended next = ended.peek();
        next != null && timeNs - next.untilNs() > KEPT_NS;
        next = ended.peek()) {
      ended.remove();
      claims.computeIfPresent(
          next.address(), (_, newest) -> remembered(newest, timeNs, CLAIMS_AT_MOST));
    }
  }

  private static @Nullable Claim remembered(@Nullable Claim claim, long timeNs, int most) {
    if (claim == null || most == 0) {
      return null;
    }
    boolean old = claim.untilNs() != OPEN && timeNs - claim.untilNs() > KEPT_NS;
    Claim older = remembered(claim.older(), timeNs, old ? most : most - 1);
    return old ? older : claim.before(older);
  }
}
