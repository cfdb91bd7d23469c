package dev.jig.agent.endpoints;

/// Receives what happens to the watches of pods and services. Called on their threads.
public interface WatchListener {
  /// All objects were listed.
  ///
  /// @param resource `pods` or `services`
  /// @param rejectedAddresses addresses without room in the table so far
  void onListed(String resource, int objects, long rejectedAddresses);

  /// The watch failed; names stay as they are until [#onRecovered]. Not called for retries.
  void onFailed(String resource, Exception cause);

  /// The watch runs again.
  void onRecovered(String resource);
}
