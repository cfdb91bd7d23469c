package dev.jig.advise;

import dev.jig.event.Cause;
import dev.jig.table.Lru;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A tally for each subject, of at most [#MAX_SUBJECTS]: the one that was used longest ago is
/// forgotten, and counted if it had the fault.
public final class Tallies<K> {
  /// Bound of subjects.
  public static final int MAX_SUBJECTS = 10_000;

  private final ExampleBudget examples;
  private final Lru<K, Tally> bySubject = new Lru<>(MAX_SUBJECTS, this::onEvicted);
  private long forgotten;

  public Tallies(int evidencePerSubject) {
    this.examples = new ExampleBudget(evidencePerSubject);
  }

  /// The tally of a subject, a new one if there was none.
  public Tally of(K subject) {
    Tally known = bySubject.get(subject);
    if (known != null) {
      return known;
    }
    Tally created = new Tally();
    bySubject.put(subject, created);
    return created;
  }

  /// Adds a lookup with the fault to a subject's tally.
  public void addFaulty(Tally tally, Observation lookup, long waitedNs, @Nullable Cause cause) {
    tally.faulty().add(lookup, waitedNs, cause, examples);
  }

  private void onEvicted(Tally tally) {
    if (tally.lookups() > 0) {
      forgotten++;
      examples.giveBack(tally.faulty());
    }
  }

  /// Calls `action` with each subject and its tally.
  public void forEach(BiConsumer<? super K, ? super Tally> action) {
    bySubject.forEach(action);
  }

  /// How many subjects with the fault were forgotten.
  public long forgotten() {
    return forgotten;
  }
}
