package dev.jig.advise;

import dev.jig.event.Cause;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What one client got from one server.
public final class ServerUse {
  /// What most servers do not have.
  private static final class Faults {
    final Map<TryFault, Case> byKind = new EnumMap<>(TryFault.class);
    Case silentSinceAnswer = new Case();
    long answeredElsewhere;
  }

  private long lookups;
  private long answered;
  private long lastAnsweredNs;
  private @Nullable Faults faults;

  void count() {
    lookups++;
  }

  void onAnswered(long timestampNs, ExampleBudget examples) {
    answered++;
    if (timestampNs > lastAnsweredNs) {
      lastAnsweredNs = timestampNs;
      if (faults != null && faults.silentSinceAnswer.lookups() > 0) {
        examples.giveBack(faults.silentSinceAnswer);
        faults.silentSinceAnswer = new Case();
      }
    }
  }

  /// The server did not answer a lookup.
  ///
  /// @param elsewhere whether another server did
  void onFault(
      TryFault fault,
      Observation lookup,
      long waitedNs,
      @Nullable Cause cause,
      boolean elsewhere,
      ExampleBudget examples) {
    Faults all = faults();
    all.byKind.computeIfAbsent(fault, _ -> new Case()).add(lookup, waitedNs, cause, examples);
    if (fault == TryFault.SILENT) {
      all.answeredElsewhere += elsewhere ? 1 : 0;
      if (lookup.row().timestampNs() > lastAnsweredNs) {
        all.silentSinceAnswer.add(lookup, waitedNs, cause, examples);
      }
    }
  }

  /// Adds the counts of another use, without its faults.
  void add(ServerUse other) {
    add(other.lookups, other.answered, 0, other.lastAnsweredNs);
  }

  void add(long moreLookups, long moreAnswered, long moreElsewhere, long answeredNs) {
    lookups += moreLookups;
    answered += moreAnswered;
    lastAnsweredNs = Math.max(lastAnsweredNs, answeredNs);
    if (moreElsewhere > 0) {
      faults().answeredElsewhere += moreElsewhere;
    }
  }

  void add(TryFault kind, Case found, ExampleBudget examples) {
    faults().byKind.computeIfAbsent(kind, _ -> new Case()).add(found, examples);
  }

  void addSilentSinceAnswer(Case found, ExampleBudget examples) {
    faults().silentSinceAnswer.add(found, examples);
  }

  private Faults faults() {
    Faults known = faults == null ? new Faults() : faults;
    faults = known;
    return known;
  }

  boolean hasFault() {
    return faults != null;
  }

  /// It is forgotten.
  void dropExamples(ExampleBudget examples) {
    if (faults != null) {
      faults.byKind.values().forEach(examples::giveBack);
      examples.giveBack(faults.silentSinceAnswer);
    }
  }

  /// Lookups with a try at the server.
  public long lookups() {
    return lookups;
  }

  /// Lookups with a try that it answered.
  public long answered() {
    return answered;
  }

  /// Lookups that it did not answer, without a known cause, and another server did.
  public long answeredElsewhere() {
    return faults == null ? 0 : faults.answeredElsewhere;
  }

  /// When the newest query that it answered was sent, nanoseconds since the epoch; 0 if none.
  public long lastAnsweredNs() {
    return lastAnsweredNs;
  }

  /// Lookups that it did not answer, without a known cause, sent after the newest that it answered;
  /// null if none.
  public @Nullable Case silentSinceAnswer() {
    return faults == null || faults.silentSinceAnswer.lookups() == 0
        ? null
        : faults.silentSinceAnswer;
  }

  /// Adds the lookups with faults of these kinds to `cases`.
  public void addAll(List<Case> cases, List<TryFault> kinds) {
    for (TryFault kind : kinds) {
      Case found = fault(kind);
      if (found != null) {
        cases.add(found);
      }
    }
  }

  /// The lookups with a fault of this kind; null if there is none.
  @Nullable Case fault(TryFault kind) {
    return faults == null ? null : faults.byKind.get(kind);
  }

  /// When the first lookup with a fault of this kind began, nanoseconds since the epoch; the end of
  /// time if there is none.
  public long firstFaultNs(TryFault kind) {
    Case found = fault(kind);
    return found == null ? Long.MAX_VALUE : found.firstNs();
  }

  /// The number of lookups with a fault of this kind.
  public long count(TryFault kind) {
    Case found = fault(kind);
    return found == null ? 0 : found.lookups();
  }
}
