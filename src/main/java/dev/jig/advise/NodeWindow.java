package dev.jig.advise;

import java.util.List;

/// The window of one node, for [NodeSum].
///
/// @param servers a hash of each: nodes ask the same ones
public record NodeWindow(Window window, List<Long> servers) {
  public NodeWindow {
    servers = List.copyOf(servers);
  }
}
