package dev.jig.container;

import dev.jig.container.ContainerRuntime.News;
import java.nio.file.Path;
import java.util.function.Consumer;

/// Whether a daemon answers, and what the user is told of it: one warning each way. Written by one
/// thread at a time, read by any.
///
/// Absent from the start is common and worth a word only if the user asked for this runtime. Once
/// up, the second failure counts: a daemon may end a connection now and then.
public final class Reachability {
  private enum Link {
    STARTING,
    UP,
    DOWN
  }

  private final String title;
  private final Path socket;
  private final boolean chosen;
  private final Consumer<News> news;
  private volatile Link link = Link.STARTING;
  private boolean everUp;
  private boolean warned;
  private int failures;

  /// @param title as users write it, such as CRI-O
  /// @param chosen whether the user named this runtime or socket, and so wants to hear if it is
  ///   missing
  public Reachability(String title, Path socket, boolean chosen, Consumer<News> news) {
    this.title = title;
    this.socket = socket;
    this.chosen = chosen;
    this.news = news;
  }

  /// Whether it is worth waiting for.
  public boolean isAnswering() {
    return link != Link.DOWN;
  }

  /// It was listed.
  ///
  /// @return whether that is new and the user was not told of it
  public boolean up() {
    boolean untold = link != Link.UP && !warned;
    link = Link.UP;
    everUp = true;
    failures = 0;
    if (warned) {
      warned = false;
      news.accept(
          new News.Warning(title + " answers at " + socket + ": containers have names again"));
    }
    return untold;
  }

  /// It could not be reached, or has gone away.
  ///
  /// @param absent whether nobody listens there
  public void down(boolean absent, String reason) {
    failures++;
    boolean told = warned;
    warned |= everUp ? failures == 2 : chosen || !absent;
    String what =
        (everUp ? title + " is gone from " : title + " does not answer at ")
            + socket
            + " ("
            + reason
            + ")";
    if (link != Link.DOWN) {
      link = Link.DOWN;
      news.accept(new News.Unreachable());
    }
    if (warned && !told) {
      news.accept(
          new News.Warning(
              what + ": tracing goes on, containers without a name are shown by their id"));
    } else if (failures <= 2) {
      news.accept(new News.Debug(what));
    }
  }
}
