package dev.jig.advise;

import dev.jig.event.Attempt;
import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.Outcome;
import dev.jig.event.Question;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One lookup, as rules see it.
///
/// @param row with `lookup` and an outcome
/// @param twin the AAAA of an A, or the A of an AAAA, asked together; null without one
/// @param isSecondOfPair whether the twin was observed before
public record Observation(
    LookupRow row,
    Client client,
    Outcome outcome,
    @Nullable LookupRow twin,
    boolean isSecondOfPair) {

  public List<Attempt> attempts() {
    return row.lookup().attempts();
  }

  /// The server of the last try.
  public @Nullable IpAddress server() {
    return row.server();
  }

  /// The name asked for; empty without a question.
  public String name() {
    Question question = row.dns().question();
    return question == null ? "" : question.name();
  }
}
