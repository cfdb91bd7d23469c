package dev.jig.advise;

import dev.jig.event.Cause;
import dev.jig.table.Lru;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A tally for each subject, of at most [#MAX_SUBJECTS]: the one that was used longest ago is
/// forgotten, and counted if it had the fault.
public class Tallies implements TallyTable {
  /// Bound of subjects.
  public static final int MAX_SUBJECTS = 10_000;

  private final String name;
  private final ExampleBudget examples;
  private final Lru<TallyKey, Tally> bySubject = new Lru<>(MAX_SUBJECTS, this::onEvicted);
  private long forgotten;

  /// @param name as [TallyTable#name]
  public Tallies(String name, int evidencePerSubject) {
    this.name = name;
    this.examples = new ExampleBudget(evidencePerSubject);
  }

  @Override
  public final String name() {
    return name;
  }

  /// The tally of a subject, a new one if there was none.
  public final Tally of(TallyKey subject) {
    return bySubject.computeIfAbsent(subject, _ -> new Tally());
  }

  /// Adds a lookup with the fault to a subject's tally.
  public final void addFaulty(
      Tally tally, Observation lookup, long waitedNs, @Nullable Cause cause) {
    tally.faulty().add(lookup, waitedNs, cause, examples);
  }

  /// Whether a subject's lookups may have another example, which then counts.
  public final boolean takeExample(Tally tally) {
    return examples.take(tally.faulty());
  }

  private void onEvicted(Tally tally) {
    if (tally.lookups() > 0) {
      forgotten++;
      examples.giveBack(tally.faulty());
    }
  }

  /// Calls `action` with each subject and its tally.
  public final void forEach(BiConsumer<? super TallyKey, ? super Tally> action) {
    bySubject.forEach(action);
  }

  /// Those with the fault; a rule that compares subjects exports more.
  @Override
  public void export(TallySink sink) {
    forEach((key, tally) -> {
      if (tally.lookups() > 0) {
        sink.accept(name, key, tally);
      }
    });
  }

  @Override
  public final void add(TallyKey key, Tally tally) {
    of(key).add(tally, examples);
  }

  /// How many subjects with the fault were forgotten.
  public final long forgotten() {
    return forgotten;
  }
}
