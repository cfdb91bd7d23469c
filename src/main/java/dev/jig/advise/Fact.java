package dev.jig.advise;

import java.util.Arrays;
import java.util.Optional;

/// What rules count besides lookups. The names are also those on the wire between nodes.
public enum Fact {
  /// Lookups with a try that the server answered.
  ANSWERED(Kind.SUM),
  /// When the newest query that the server answered was sent, nanoseconds since the epoch.
  LAST_ANSWERED_NS(Kind.MAX),
  /// Lookups that the server did not answer, and another did.
  ANSWERED_ELSEWHERE(Kind.SUM),
  /// How long the answered one of a pair took that lost the other.
  TWIN_LATENCY(Kind.LATENCIES),
  /// How long the server took, without the servers that it asked in turn.
  SERVER_LATENCY(Kind.LATENCIES),
  /// Names that were wanted.
  NAMES(Kind.SUM),
  /// resolv.conf's ndots, where it is known.
  NDOTS(Kind.MAX),
  /// Lookups that found a name before it did not exist any more.
  FOUND_BEFORE(Kind.MAX),
  /// A name that exists and is similar.
  SIMILAR_NAME(Kind.TEXTS),
  /// How long clients waited until they gave up.
  GIVEN_UP_AFTER(Kind.LATENCIES),
  /// When answers came, counted from the query.
  ANSWERED_AFTER(Kind.LATENCIES),
  /// The longest UDP payload that queries accept; 0 without EDNS.
  EDNS_SIZE(Kind.MAX),
  /// Lookups with EDNS that were answered.
  EDNS_ANSWERED(Kind.SUM),
  /// Lookups of which the server rejected the query with EDNS, and answered the one without.
  EDNS_REJECTED(Kind.SUM),
  /// Lookups without EDNS that were answered.
  PLAIN_ANSWERED(Kind.SUM),
  /// How long a resolver's own upstream took.
  UPSTREAM_LATENCY(Kind.LATENCIES),
  /// The upstreams of a resolver.
  UPSTREAM(Kind.TEXTS),
  /// What the server says of its failure: Extended DNS Errors.
  SERVER_SAYS(Kind.TEXTS),
  /// Lookups of which the server says that validation failed.
  VALIDATION_FAILED(Kind.SUM),
  /// Lookups with checking disabled that were answered.
  ANSWERED_UNCHECKED(Kind.SUM);

  /// How the values of two nodes add up.
  public enum Kind {
    SUM,
    MAX,
    /// A histogram.
    LATENCIES,
    /// A small set.
    TEXTS
  }

  private final Kind kind;

  Fact(Kind kind) {
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /// The fact with this name; empty for one of another version of this program.
  public static Optional<Fact> of(String name) {
    return Arrays.stream(values()).filter(fact -> fact.name().equals(name)).findFirst();
  }
}
