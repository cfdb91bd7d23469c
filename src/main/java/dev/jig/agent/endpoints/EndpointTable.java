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

/// The pod or service of each address, with the previous ones of the last minute: a row is named by
/// who had the address at the row's time. Bounded; read from any thread.
final class EndpointTable {
  /// About 43 MB. Kubernetes supports 150,000 pods, including those on their nodes' network.
  static final int MAX_ADDRESSES = 131_072;

  /// How long an ended assignment is kept, for rows that come late.
  private static final long RETENTION_NS = TimeUnit.SECONDS.toNanos(60);

  /// Per address, including the current one.
  private static final int MAX_ASSIGNMENTS = 8;

  private static final long NOT_ENDED = Long.MAX_VALUE;

  /// An address's assignment to a name. Times are in nanoseconds since the epoch.
  ///
  /// @param createdNs the pod's or service's creation
  /// @param observedNs when the API server reported the assignment
  /// @param endedNs when it reported the end
  private record Assignment(
      EndpointName name,
      long createdNs,
      long observedNs,
      long endedNs,
      @Nullable Assignment older) {

    boolean wasObservedAt(long timeNs) {
      return observedNs <= timeNs && timeNs < endedNs;
    }

    boolean couldExistAt(long timeNs) {
      return createdNs <= timeNs && timeNs < endedNs;
    }

    Assignment withOlder(@Nullable Assignment next) {
      return new Assignment(name, createdNs, observedNs, endedNs, next);
    }
  }

  private record Release(IpAddress address, long endedNs) {}

  private final LongSupplier clockNs;
  private final int maxAddresses;
  private final Map<IpAddress, Assignment> assignments = new ConcurrentHashMap<>();
  private final Map<EndpointName, List<IpAddress>> addresses = new HashMap<>();
  private final Queue<Release> releases = new ArrayDeque<>();
  private long rejectedAddresses;

  /// @param clockNs nanoseconds since the epoch
  EndpointTable(LongSupplier clockNs, int maxAddresses) {
    this.clockNs = clockNs;
    this.maxAddresses = maxAddresses;
  }

  /// The name that had the address at this time; null: unknown.
  ///
  /// The API server reports an assignment about 1 s after the address is first used. So if none was
  /// observed at the time, the newest assignment to a pod or service that existed then counts.
  @Nullable EndpointName nameAt(IpAddress address, long timeNs) {
    Assignment newest = assignments.get(address);
    for (Assignment it = newest; it != null; it = it.older()) {
      if (it.wasObservedAt(timeNs)) {
        return it.name();
      }
    }
    for (Assignment it = newest; it != null; it = it.older()) {
      if (it.couldExistAt(timeNs)) {
        return it.name();
      }
    }
    return null;
  }

  /// Sets a name's addresses, replacing those it had.
  ///
  /// @param createdNs the pod's or service's creation, nanoseconds since the epoch
  synchronized void put(EndpointName name, long createdNs, Collection<IpAddress> now) {
    long timeNs = clockNs.getAsLong();
    evictExpired(timeNs);
    List<IpAddress> before = addresses.getOrDefault(name, List.of());
    if (before.size() == now.size() && before.containsAll(now)) {
      return;
    }
    for (IpAddress address : before) {
      if (!now.contains(address)) {
        release(address, name, timeNs);
      }
    }
    List<IpAddress> assigned = new ArrayList<>();
    for (IpAddress address : now) {
      if (before.contains(address) || assign(address, name, createdNs, timeNs)) {
        assigned.add(address);
      }
    }
    if (assigned.isEmpty()) {
      addresses.remove(name);
    } else {
      addresses.put(name, List.copyOf(assigned));
    }
  }

  /// Ends all assignments of a name.
  synchronized void remove(EndpointName name) {
    put(name, 0, List.of());
  }

  /// Removes the names of this kind that are not in `names`.
  synchronized void retain(EndpointName.Kind kind, Set<EndpointName> names) {
    List.copyOf(addresses.keySet()).stream()
        .filter(name -> name.kind() == kind && !names.contains(name))
        .forEach(this::remove);
  }

  /// How many addresses were not stored so far because the table was full.
  synchronized long rejectedAddresses() {
    return rejectedAddresses;
  }

  /// Addresses with a current or ended assignment.
  int size() {
    return assignments.size();
  }

  private boolean assign(IpAddress address, EndpointName name, long createdNs, long timeNs) {
    if (!assignments.containsKey(address) && assignments.size() >= maxAddresses) {
      rejectedAddresses++;
      return false;
    }
    assignments.compute(
        address,
        (_, older) ->
            new Assignment(
                name,
                createdNs,
                timeNs,
                NOT_ENDED,
                withoutExpired(older, timeNs, MAX_ASSIGNMENTS - 1)));
    return true;
  }

  private void release(IpAddress address, EndpointName name, long timeNs) {
    assignments.computeIfPresent(address, (_, newest) -> withEnded(newest, name, timeNs));
    releases.add(new Release(address, timeNs));
  }

  /// The same list with the current assignment of `name` ended.
  private static Assignment withEnded(Assignment newest, EndpointName name, long timeNs) {
    Assignment older = newest.older();
    if (newest.endedNs() == NOT_ENDED && newest.name().equals(name)) {
      return new Assignment(name, newest.createdNs(), newest.observedNs(), timeNs, older);
    }
    return older == null ? newest : newest.withOlder(withEnded(older, name, timeNs));
  }

  private void evictExpired(long timeNs) {
    for (Release next = releases.peek();
        next != null && timeNs - next.endedNs() > RETENTION_NS;
        next = releases.peek()) {
      releases.remove();
      assignments.computeIfPresent(
          next.address(), (_, newest) -> withoutExpired(newest, timeNs, MAX_ASSIGNMENTS));
    }
  }

  /// The same list without assignments that ended over a minute ago, cut to `max`; null: empty.
  private static @Nullable Assignment withoutExpired(
      @Nullable Assignment newest, long timeNs, int max) {
    if (newest == null || max == 0) {
      return null;
    }
    boolean expired = newest.endedNs() != NOT_ENDED && timeNs - newest.endedNs() > RETENTION_NS;
    Assignment older = withoutExpired(newest.older(), timeNs, expired ? max : max - 1);
    return expired ? older : newest.withOlder(older);
  }
}
