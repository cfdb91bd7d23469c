package dev.jig.kube;

import dev.jig.event.Row;

/// A viewer of what gadgets report; rows are an error.
abstract class GadgetViewer implements ClusterTrace.Viewer {
  @Override
  public void onStarted() {}

  @Override
  public void onEvent(Row event) {
    throw new AssertionError("a row");
  }

  @Override
  public void onLost(long count) {}

  @Override
  public void flush() {}

  @Override
  public void inform(String sentence) {}

  @Override
  public void debug(String sentence) {}
}
