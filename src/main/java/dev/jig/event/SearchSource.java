package dev.jig.event;

/// Where a search list (resolv.conf(5)) is known from.
public enum SearchSource {
  /// The container runtime reports it.
  RUNTIME,
  /// The process's resolv.conf.
  FILE,
  /// The names that were asked one after the other.
  LEARNED
}
