package dev.jig.container;

import java.nio.file.Path;
import java.util.function.Consumer;

/// Tracks whether a runtime answers, and warns the user once when it stops and once when it is
/// back. Written by one thread at a time, read by any.
///
/// A runtime that was never up is warned of only if the user named it or something else listens at
/// its socket. One that was up is warned of at the second failure in a row: a daemon may end a
/// connection now and then.
public final class Reachability {
  private enum State {
    CONNECTING,
    UP,
    DOWN
  }

  private final RuntimeKind kind;
  private final Path socket;
  private final boolean requested;
  private final Consumer<RuntimeEvent> events;
  private volatile State state = State.CONNECTING;
  private boolean everUp;
  private boolean warned;
  private int failures;

  /// @param requested whether the user named this runtime or its socket
  public Reachability(
      RuntimeKind kind, Path socket, boolean requested, Consumer<RuntimeEvent> events) {
    this.kind = kind;
    this.socket = socket;
    this.requested = requested;
    this.events = events;
  }

  /// Whether the runtime is connected, or its first connect is still under way.
  public boolean canAnswer() {
    return state != State.DOWN;
  }

  /// The runtime is connected and was listed.
  ///
  /// @return whether it was not up before and no warning has said that it is now
  public boolean onListed() {
    boolean silent = state != State.UP && !warned;
    state = State.UP;
    everUp = true;
    failures = 0;
    if (warned) {
      warned = false;
      events.accept(
          new RuntimeEvent.Warning(
              kind.title() + " answers at " + socket + ": containers are shown by name"));
    }
    return silent;
  }

  /// A connect failed, or a connection broke.
  ///
  /// @param absent whether no process listens at the socket
  public void onFailure(boolean absent, String reason) {
    failures++;
    boolean warnedBefore = warned;
    warned |= everUp ? failures == 2 : requested || !absent;
    String what =
        kind.title()
            + (everUp ? " stopped answering at " : " does not answer at ")
            + socket
            + " ("
            + reason
            + ")";
    if (state != State.DOWN) {
      state = State.DOWN;
      events.accept(new RuntimeEvent.Unreachable());
    }
    if (warned && !warnedBefore) {
      events.accept(
          new RuntimeEvent.Warning(
              what + ": tracing continues, containers without a name are shown by id"));
    } else if (failures <= 2) {
      events.accept(new RuntimeEvent.Debug(what));
    }
  }
}
