package dev.jig.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A name that an application wanted, with all lookups by which its resolver looked for it: the
/// search list, A and AAAA.
///
/// @param timestampNs of the first query
/// @param flow of the lookup that answered; else of the last one
/// @param dns of that lookup
/// @param name what was wanted, presentation form with trailing dot
/// @param found the name that answered; null if none did
/// @param outcome how it ended for the application
/// @param queries number of query messages sent
/// @param wasted of these, those that a name with a trailing dot would have saved
/// @param searched of these, those for names that the search list made
/// @param latencyNs from the first query to the last answer; [Row#NO_LATENCY] without one
/// @param addresses of the name that was found
/// @param searchFrom where the search list is known from; null if none was used
/// @param lookups in the order of their first queries
public record NameRow(
    long timestampNs,
    Subject subject,
    Flow flow,
    Dns dns,
    String name,
    @Nullable String found,
    Outcome outcome,
    int queries,
    int wasted,
    int searched,
    long latencyNs,
    List<IpAddress> addresses,
    @Nullable SearchSource searchFrom,
    List<LookupRow> lookups)
    implements Row {

  public NameRow {
    addresses = List.copyOf(addresses);
    lookups = List.copyOf(lookups);
  }

  @Override
  public Qr qr() {
    return outcome.isUnanswered() ? Qr.T : Qr.R;
  }

  @Override
  public NameRow withSubject(Subject newSubject) {
    return with(newSubject, flow);
  }

  @Override
  public NameRow withFlow(Flow newFlow) {
    return with(subject, newFlow);
  }

  private NameRow with(Subject newSubject, Flow newFlow) {
    return new NameRow(
        timestampNs,
        newSubject,
        newFlow,
        dns,
        name,
        found,
        outcome,
        queries,
        wasted,
        searched,
        latencyNs,
        addresses,
        searchFrom,
        lookups);
  }
}
