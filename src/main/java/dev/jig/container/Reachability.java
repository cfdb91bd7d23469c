package dev.jig.container;

import java.nio.file.Path;
import java.util.function.Consumer;

/// Whether a daemon answers, and what the user is told of it: one warning each way. Written by one
/// thread at a time, read by any.
///
/// Absent from the start is common and worth a word only if the user asked for this runtime. Once
/// up, the second failure counts: a daemon may end a connection now and then.
public final class Reachability {
  private enum State {
    CONNECTING,
    UP,
    DOWN
  }

  private final String title;
  private final Path socket;
  private final boolean requested;
  private final Consumer<RuntimeEvent> events;
  private volatile State state = State.CONNECTING;
  private boolean everUp;
  private boolean warned;
  private int failures;

  /// @param title as users write it, such as CRI-O
  /// @param requested whether the user named this runtime or socket, and so wants to hear if it is
  ///   missing
  public Reachability(String title, Path socket, boolean chosen, Consumer<RuntimeEvent> news) {
    this.title = title;
    this.socket = socket;
    this.requested = chosen;
    this.events = news;
  }

  /// Whether it is worth waiting for.
  public boolean canAnswer() {
    return state != State.DOWN;
  }

  /// It was listed.
  ///
  /// @return whether that is new and the user was not told of it
  public boolean onListed() {
    boolean untold = state != State.UP && !warned;
    state = State.UP;
    everUp = true;
    failures = 0;
    if (warned) {
      warned = false;
      events.accept(
          new RuntimeEvent.Warning(title + " answers at " + socket + ": containers have names again"));
    }
    return untold;
  }

  /// It could not be reached, or has gone away.
  ///
  /// @param absent whether nobody listens there
  public void onFailure(boolean absent, String reason) {
    failures++;
    boolean told = warned;
    warned |= everUp ? failures == 2 : requested || !absent;
    String what =
        (everUp ? title + " is gone from " : title + " does not answer at ")
            + socket
            + " ("
            + reason
            + ")";
    if (state != State.DOWN) {
      state = State.DOWN;
      events.accept(new RuntimeEvent.Unreachable());
    }
    if (warned && !told) {
      events.accept(
          new RuntimeEvent.Warning(
              what + ": tracing goes on, containers without a name are shown by their id"));
    } else if (failures <= 2) {
      events.accept(new RuntimeEvent.Debug(what));
    }
  }
}
