package dev.jig.match;

import dev.jig.event.Row;
import org.jspecify.annotations.Nullable;

/// A message's row and the query it belongs to.
///
/// @param row a [dev.jig.event.Query] or a [dev.jig.event.Response]
/// @param query of a query the pending one, for a retransmission the first transmission; of a
///   response the query that it answers; null if that was not seen
public record Match(Row row, @Nullable PendingQuery query) {}
