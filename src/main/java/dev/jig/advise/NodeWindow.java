package dev.jig.advise;

/// The window of one node, for [NodeSum].
///
/// @param servers a hash of each: nodes ask the same ones
public record NodeWindow(Window window, long[] servers) {
  @Override
  public long[] servers() {
    return servers.clone();
  }
}
