package dev.jig.wire;

import dev.jig.event.Attribution;
import dev.jig.event.Container;
import dev.jig.event.Owner;
import dev.jig.event.Subject;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Returns the same object for equal containers, owners and subjects, so that the caches of the
/// outputs, which compare by identity, find them. Holds at most 4,096 of each, then starts over.
final class PartInterner {
  private static final int MAX_PARTS = 4_096;

  private final Map<Container, Container> containers = new HashMap<>();
  private final Map<Owner, Owner> owners = new HashMap<>();
  private final Map<SubjectKey, Subject> subjects = new HashMap<>();

  /// A subject of interned parts: hashing a container's labels each time would take longer than all
  /// else.
  private record SubjectKey(
      @Nullable String node,
      @Nullable Container container,
      @Nullable Owner owner,
      Attribution attribution) {
    @Override
    public int hashCode() {
      return owner == null ? System.identityHashCode(container) : owner.tid();
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // interned
    public boolean equals(@Nullable Object other) {
      return other instanceof SubjectKey that
          && container == that.container
          && owner == that.owner
          && attribution == that.attribution
          && Objects.equals(node, that.node);
    }
  }

  Container intern(Container container) {
    return same(containers, container, container);
  }

  Owner intern(Owner owner) {
    return same(owners, owner, owner);
  }

  /// Precondition: its parts are interned.
  Subject intern(Subject subject) {
    SubjectKey key =
        new SubjectKey(subject.node(), subject.container(), subject.owner(), subject.attribution());
    return same(subjects, key, subject);
  }

  private static <K, T> T same(Map<K, T> known, K key, T part) {
    if (known.size() >= MAX_PARTS) {
      known.clear();
    }
    T before = known.putIfAbsent(key, part);
    return before == null ? part : before;
  }
}
