package dev.jig.advise;

import dev.jig.event.LookupRow;

/// Receives lookups. One thread.
public interface LookupListener {
  /// A lookup has ended.
  void onLookup(Observation lookup);

  /// An answer came after its lookup had ended.
  default void onLateAnswer(LookupRow late, Client client) {}

  /// A query that was answered got another answer, which differs.
  default void onConflict(LookupRow further, Client client) {}
}
