package dev.jig.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a row says that stands for a whole lookup: all tries to have one question answered.
///
/// @param tries how often it was asked; 0 for an answer to no question that was seen
/// @param attempts each of them, in their order; beyond [#MAX_ATTEMPTS] only counted
/// @param twin what became of the AAAA of the same name asked together with this A, or the A with
///   this AAAA; null if there was none
public record Lookup(int tries, List<Attempt> attempts, @Nullable State twin, @Nullable Upstream hop) {
  public static final int MAX_ATTEMPTS = 32;

  /// What the process at the other end did meanwhile, if it is on this machine.
  ///
  /// @param tookNs from the query's arrival there until its answer left; null where not seen
  /// @param server whom it asked the same meanwhile; null if nobody, or more than one
  /// @param latencyNs how long that took
  public record Upstream(@Nullable Long tookNs, @Nullable IpAddress server, @Nullable Long latencyNs) {}

  public Lookup {
    attempts = List.copyOf(attempts);
  }
}
