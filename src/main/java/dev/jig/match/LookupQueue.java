package dev.jig.match;

import org.jspecify.annotations.Nullable;

/// Lookups in the order in which they were added, linked by themselves: no object per entry. A
/// lookup is in one queue at most.
final class LookupQueue {
  @Nullable OpenLookup first;
  @Nullable OpenLookup last;
  private int size;

  int size() {
    return size;
  }

  void add(OpenLookup added) {
    size++;
    added.queue = this;
    added.previousInQueue = last;
    added.nextInQueue = null;
    if (last == null) {
      first = added;
    } else {
      last.nextInQueue = added;
    }
    last = added;
  }

  /// Removes a lookup from the queue that it is in.
  ///
  /// @return whether it was in this queue
  boolean remove(OpenLookup gone) {
    if (gone.queue != this) {
      return false;
    }
    size--;
    gone.queue = null;
    if (gone.previousInQueue == null) {
      first = gone.nextInQueue;
    } else {
      gone.previousInQueue.nextInQueue = gone.nextInQueue;
    }
    if (gone.nextInQueue == null) {
      last = gone.previousInQueue;
    } else {
      gone.nextInQueue.previousInQueue = gone.previousInQueue;
    }
    gone.previousInQueue = null;
    gone.nextInQueue = null;
    return true;
  }
}
