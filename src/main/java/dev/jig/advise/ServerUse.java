package dev.jig.advise;

import dev.jig.event.Cause;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What one client got from one server.
public final class ServerUse {
  private final Map<TryFault, Case> faults = new EnumMap<>(TryFault.class);
  private long lookups;
  private long answered;
  private long answeredElsewhere;
  private long lastAnsweredNs;
  private Case silentSinceAnswer = new Case();

  void count() {
    lookups++;
  }

  void onAnswered(long timestampNs) {
    answered++;
    if (timestampNs > lastAnsweredNs) {
      lastAnsweredNs = timestampNs;
      if (silentSinceAnswer.lookups() > 0) {
        silentSinceAnswer = new Case();
      }
    }
  }

  void onFault(
      TryFault fault,
      Observation lookup,
      long waitedNs,
      @Nullable Cause cause,
      boolean elsewhere,
      int maxEvidence) {
    faults.computeIfAbsent(fault, _ -> new Case()).add(lookup, waitedNs, cause, maxEvidence);
    if (fault == TryFault.SILENT && lookup.row().timestampNs() > lastAnsweredNs) {
      silentSinceAnswer.add(lookup, waitedNs, cause, maxEvidence);
    }
    answeredElsewhere += elsewhere && fault == TryFault.SILENT ? 1 : 0;
  }

  /// Lookups with a try at the server.
  public long lookups() {
    return lookups;
  }

  /// Lookups with a try that it answered.
  public long answered() {
    return answered;
  }

  /// Lookups that it did not answer and another server did.
  public long answeredElsewhere() {
    return answeredElsewhere;
  }

  /// When the newest query that it answered was sent, nanoseconds since the epoch; 0 if none.
  public long lastAnsweredNs() {
    return lastAnsweredNs;
  }

  /// Lookups that it did not answer, without a known cause, sent after the newest that it answered.
  public Case silentSinceAnswer() {
    return silentSinceAnswer;
  }

  /// Lookups with an unanswered try of this kind; null if none.
  public @Nullable Case fault(TryFault fault) {
    return faults.get(fault);
  }

  /// Adds the lookups with faults of these kinds to `cases`.
  public void addAll(List<Case> cases, List<TryFault> kinds) {
    for (TryFault kind : kinds) {
      Case found = faults.get(kind);
      if (found != null) {
        cases.add(found);
      }
    }
  }

  /// Their number.
  public long count(TryFault fault) {
    Case found = faults.get(fault);
    return found == null ? 0 : found.lookups();
  }
}
