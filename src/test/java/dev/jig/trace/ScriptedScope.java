package dev.jig.trace;

import dev.jig.event.Owner;
import dev.jig.event.SampleEvents;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A scope whose answers the test gives.
final class ScriptedScope implements Scope {
  static final Answer HOLD = new Answer(Decision.HOLD, null);

  static final Answer NAME_UNKNOWN = new Answer(Decision.NAME_UNKNOWN, null);

  Answer answer;
  boolean settling;
  Answer afterWaiting = new Answer(Decision.PASS, null);
  final Map<Long, Answer> exceptions = new HashMap<>();

  private ScriptedScope(Answer answer) {
    this.answer = answer;
  }

  static ScriptedScope always(Answer answer) {
    return new ScriptedScope(answer);
  }

  static Answer named(String name) {
    return new Answer(Decision.PASS, SampleEvents.container(name));
  }

  @Override
  public Answer of(long cgroupId, @Nullable Owner owner) {
    return exceptions.getOrDefault(cgroupId, answer);
  }

  @Override
  public Answer afterWaiting(long cgroupId, @Nullable Owner owner) {
    return afterWaiting;
  }

  @Override
  public boolean isSettling() {
    return settling;
  }
}
