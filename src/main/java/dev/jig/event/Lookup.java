package dev.jig.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The part of a row that describes a whole lookup: all attempts to resolve one question.
///
/// @param tries number of queries sent; 0 for a response without a query
/// @param attempts the queries in order, at most [#MAX_ATTEMPTS]; further ones only count in
///   `tries`
/// @param twinState the state of the AAAA lookup sent together with this A lookup, or the reverse;
///   null if there was none
/// @param pairNs how long the client waited for both twins: from the first query of the two until
///   the second of them had ended; null if there was none, or if it has not ended
public record Lookup(
    int tries,
    List<Attempt> attempts,
    @Nullable State twinState,
    @Nullable Upstream upstream,
    @Nullable Long pairNs) {
  public static final int MAX_ATTEMPTS = 32;

  /// What the server process did to answer, if it runs on this machine.
  ///
  /// @param serviceNs from the arrival of the query there until the response left; null if not
  ///   captured
  /// @param nextServer the server to which it sent the same question; null if none or more than one
  /// @param nextLatencyNs the latency of that query
  public record Upstream(
      @Nullable Long serviceNs, @Nullable IpAddress nextServer, @Nullable Long nextLatencyNs) {}

  public Lookup {
    attempts = List.copyOf(attempts);
  }
}
