package dev.jig.wire;

import dev.jig.event.Container;
import dev.jig.event.Owner;
import java.util.HashMap;
import java.util.Map;

/// Returns the same object for equal containers and owners of a node's batches, so that the caches
/// of the outputs, which compare by identity first, find them. Holds at most 4,096 of each, then
/// starts over.
public final class PartInterner {
  private static final int MAX_PARTS = 4_096;

  private final Map<Container, Container> containers = new HashMap<>();
  private final Map<Owner, Owner> owners = new HashMap<>();

  Container intern(Container container) {
    return same(containers, container);
  }

  Owner intern(Owner owner) {
    return same(owners, owner);
  }

  private static <T> T same(Map<T, T> known, T part) {
    if (known.size() >= MAX_PARTS) {
      known.clear();
    }
    T before = known.putIfAbsent(part, part);
    return before == null ? part : before;
  }
}
