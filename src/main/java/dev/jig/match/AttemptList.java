package dev.jig.match;

import dev.jig.event.Attempt;
import dev.jig.event.Lookup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The attempts of one lookup in order, at most [Lookup#MAX_ATTEMPTS]: the first ones and the
/// latest. Most lookups have one.
final class AttemptList {
  private @Nullable OpenAttempt first;
  private @Nullable OpenAttempt last;
  private int kept;
  private int count;

  /// All attempts, kept or not.
  int count() {
    return count;
  }

  @Nullable OpenAttempt first() {
    return first;
  }

  @Nullable OpenAttempt last() {
    return last;
  }

  void add(OpenAttempt added) {
    count++;
    OpenAttempt before = last;
    if (before != null && kept == Lookup.MAX_ATTEMPTS) {
      before = before.previous;
    } else {
      kept++;
    }
    added.previous = before;
    if (before == null) {
      first = added;
    } else {
      before.next = added;
    }
    last = added;
  }

  /// Removes the last attempt.
  void removeLast() {
    OpenAttempt gone = last;
    if (gone == null) {
      return;
    }
    count--;
    kept--;
    last = gone.previous;
    if (last == null) {
      first = null;
    } else {
      last.next = null;
    }
  }

  /// The latest transmission of a query; null if it is not kept.
  @Nullable OpenAttempt lastOf(PendingQuery query) {
    OpenAttempt attempt = last;
    while (attempt != null && attempt.query != query) {
      attempt = attempt.previous;
    }
    return attempt;
  }

  /// Whether an attempt waits for its answer.
  boolean isAnyWaiting() {
    for (OpenAttempt attempt = first; attempt != null; attempt = attempt.next) {
      if (attempt.isWaiting()) {
        return true;
      }
    }
    return false;
  }

  List<Attempt> toAttempts() {
    Attempt[] made = new Attempt[kept];
    int index = 0;
    for (OpenAttempt attempt = first; attempt != null; attempt = attempt.next) {
      made[index++] = attempt.toAttempt();
    }
    return List.of(made);
  }
}
