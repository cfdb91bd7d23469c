package dev.jig.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A whole lookup: all attempts of one client to resolve one question.
///
/// @param timestampNs of the first query
/// @param flow of the query that was answered, or of the last one
/// @param dns the answer, with the question of the first query; without an answer id and question
/// @param cause why the last query got no answer; null where unknown
/// @param latencyNs from the first query to the answer; [Row#NO_LATENCY] without one
/// @param peer the process that answered, if it runs on this machine
public record LookupRow(
    long timestampNs,
    Subject subject,
    Flow flow,
    Dns dns,
    State state,
    @Nullable Cause cause,
    long latencyNs,
    @Nullable Subject peer,
    Lookup lookup)
    implements Row {

  /// Whether there was an answer.
  public boolean isAnswered() {
    return state.isOfResponse();
  }

  /// The server of the last try.
  public @Nullable IpAddress server() {
    List<Attempt> attempts = lookup.attempts();
    return attempts.isEmpty() ? flow.nameserver() : attempts.getLast().nameserver();
  }

  /// How long the client waited, in ns: for the answer, or for nothing until the last query was
  /// given up.
  public long waitedNs() {
    if (latencyNs != NO_LATENCY) {
      return latencyNs;
    }
    long endNs = timestampNs;
    for (Attempt attempt : lookup.attempts()) {
      endNs = Math.max(endNs, attempt.timestampNs() + attempt.durationNs());
    }
    return endNs - timestampNs;
  }

  /// How it ended; null for a response beside a lookup: a late, further or unexpected one.
  @Override
  public @Nullable Outcome outcome() {
    return switch (state) {
      case ANSWERED -> Outcome.ofAnswer(flow, dns);
      case TIMEOUT, CLOSED -> Outcome.ofUnanswered(state, cause != null && cause.isUnreachable());
      case LATE, ORPHAN, DUPLICATE, CONFLICTING -> null;
    };
  }

  @Override
  public Qr qr() {
    return isAnswered() ? Qr.R : Qr.T;
  }

  @Override
  public LookupRow withSubject(Subject newSubject) {
    return new LookupRow(timestampNs, newSubject, flow, dns, state, cause, latencyNs, peer, lookup);
  }

  @Override
  public LookupRow withFlow(Flow newFlow) {
    return new LookupRow(timestampNs, subject, newFlow, dns, state, cause, latencyNs, peer, lookup);
  }
}
