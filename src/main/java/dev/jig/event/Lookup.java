package dev.jig.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a row says that stands for a whole lookup: all tries to have one question answered.
///
/// @param tries how often it was asked; 0 for an answer to no question that was seen
/// @param attempts each of them, in their order; beyond [#MAX_ATTEMPTS] only counted
/// @param twinState what became of the AAAA of the same name asked together with this A, or the A with
///   this AAAA; null if there was none
public record Lookup(int tries, List<Attempt> attempts, @Nullable State twinState, @Nullable Upstream upstream) {
  public static final int MAX_ATTEMPTS = 32;

  /// What the process at the other end did meanwhile, if it is on this machine.
  ///
  /// @param serviceNs from the query's arrival there until its answer left; null where not seen
  /// @param nextServer whom it asked the same meanwhile; null if nobody, or more than one
  /// @param nextLatencyNs how long that took
  public record Upstream(@Nullable Long serviceNs, @Nullable IpAddress nextServer, @Nullable Long nextLatencyNs) {}

  public Lookup {
    attempts = List.copyOf(attempts);
  }
}
