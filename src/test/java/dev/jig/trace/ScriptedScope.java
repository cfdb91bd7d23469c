package dev.jig.trace;

import dev.jig.event.SampleEvents;
import java.util.HashMap;
import java.util.Map;

/// A scope whose answers the test gives.
final class ScriptedScope implements Scope {
  static final Answer HOLD = new Answer(Decision.HOLD, null);

  Answer answer;
  boolean starting;
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
  public Answer of(long cgroupId) {
    return exceptions.getOrDefault(cgroupId, answer);
  }

  @Override
  public Answer afterWaiting(long cgroupId) {
    return afterWaiting;
  }

  @Override
  public boolean isStarting() {
    return starting;
  }

  @Override
  public long generation() {
    return 0;
  }
}
