package dev.jig.trace;

import dev.jig.event.Owner;
import dev.jig.event.SampleEvents;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A scope with verdicts set by the test.
final class ScriptedScope implements Scope {
  static final Verdict HOLD = new Verdict(Decision.HOLD, null);

  static final Verdict NAME_UNKNOWN = new Verdict(Decision.NAME_UNKNOWN, null);

  Verdict verdict;
  boolean initializing;
  Verdict afterWaiting = new Verdict(Decision.PASS, null);
  final Map<Long, Verdict> byCgroup = new HashMap<>();

  private ScriptedScope(Verdict answer) {
    this.verdict = answer;
  }

  static ScriptedScope always(Verdict answer) {
    return new ScriptedScope(answer);
  }

  static Verdict named(String name) {
    return new Verdict(Decision.PASS, SampleEvents.container(name));
  }

  @Override
  public Verdict decide(long cgroupId, @Nullable Owner owner) {
    return byCgroup.getOrDefault(cgroupId, verdict);
  }

  @Override
  public Verdict decideNow(long cgroupId, @Nullable Owner owner) {
    return afterWaiting;
  }

  @Override
  public boolean isInitializing() {
    return initializing;
  }
}
