package dev.jig.trace;

import dev.jig.event.Container;
import dev.jig.event.Owner;
import dev.jig.event.Row;
import dev.jig.filter.ContainerSelection;
import dev.jig.filter.PortSet;
import dev.jig.filter.RowFilter;
import dev.jig.match.AnsweredQueries;
import dev.jig.match.PendingQueries;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The settings of a [Pipeline]; they do not change while it runs.
///
/// @param ports on which a payload that is not readable counts as malformed DNS; if any, messages
///   on ports other than 53 must be strictly valid
/// @param timeoutNs after which a query is unanswered
/// @param details what rows carry
/// @param filter applied to rows with all their details
/// @param owners adds details to the owners that the kernel recorded
/// @param naming adds the names of addresses
/// @param remembered how many messages are remembered to find upstreams, a power of two
/// @param recorded the containers of which recorded rows of capture files are wanted
record PipelineConfig(
    PortSet ports,
    long timeoutNs,
    RowDetails details,
    RowFilter filter,
    UnaryOperator<Owner> owners,
    UnaryOperator<Row> naming,
    int remembered,
    @Nullable ContainerSelection recorded) {
  /// Bound of pending queries of a trace on one machine.
  static final int MAX_PENDING = 65_536;

  /// Bound of pending queries with lookup rows, which need more memory each.
  static final int MAX_LOOKUPS = 32_768;

  /// Messages remembered by a trace of one machine to find upstreams.
  private static final int REMEMBERED = 8_192;

  /// Messages remembered by each of many pipelines in one process.
  private static final int REMEMBERED_OF_MANY = 2_048;

  /// Sent messages remembered to find peers: 20 ms at 100,000 messages a second, and a table that
  /// stays in the processor's cache.
  static final int SENDERS = 2_048;

  // Heap sizes, measured.
  private static final int CACHE_BYTES = 300 << 10;
  private static final int PEER_TABLE_BYTES = 150 << 10;
  private static final int SENDER_BYTES = 100;
  private static final int UPSTREAM_BYTES = 116;

  private static final int BUCKETS_PER_REMEMBERED = 8;

  /// A late response is matched until this many timeouts after its query, but at least
  /// [#MIN_LATE_NS].
  private static final int LATE_TIMEOUTS = 4;

  private static final long MIN_LATE_NS = 40_000_000_000L;

  /// The settings of a trace of one machine.
  static PipelineConfig of(PortSet ports, long timeoutNs, RowDetails details, RowFilter filter) {
    return new PipelineConfig(
        ports,
        timeoutNs,
        details,
        filter,
        UnaryOperator.identity(),
        UnaryOperator.identity(),
        REMEMBERED,
        null);
  }

  PipelineConfig withOwners(UnaryOperator<Owner> newOwners) {
    return new PipelineConfig(
        ports, timeoutNs, details, filter, newOwners, naming, remembered, recorded);
  }

  PipelineConfig withNaming(UnaryOperator<Row> newNaming) {
    return new PipelineConfig(
        ports, timeoutNs, details, filter, owners, newNaming, remembered, recorded);
  }

  /// One of many pipelines in a process: its tables of fixed size are smaller.
  PipelineConfig withSmallTables() {
    return new PipelineConfig(
        ports, timeoutNs, details, filter, owners, naming, REMEMBERED_OF_MANY, recorded);
  }

  PipelineConfig withRecorded(ContainerSelection selection) {
    return new PipelineConfig(
        ports, timeoutNs, details, filter, owners, naming, remembered, selection);
  }

  /// Bound of pending queries.
  int maxPending() {
    return details.lookups() ? MAX_LOOKUPS : MAX_PENDING;
  }

  /// How many answered queries are remembered to recognize further responses.
  int answered() {
    return remembered / 2;
  }

  /// Size of the indexes of pending queries.
  int buckets() {
    return remembered * BUCKETS_PER_REMEMBERED;
  }

  /// Approximate heap size of the tables that do not grow: indexes, caches, senders, upstreams.
  long tableBytes() {
    long peers = details.peers() ? PEER_TABLE_BYTES + (long) SENDERS * SENDER_BYTES : 0;
    boolean upstreams = details.peers() && details.lookups();
    return CACHE_BYTES
        + buckets() * 8L
        + PendingQueries.TABLE_BYTES
        + (long) answered() * AnsweredQueries.ENTRY_BYTES
        + peers
        + (upstreams ? (long) remembered * UPSTREAM_BYTES : 0);
  }

  /// How long after its query a response is still matched.
  long lateNs() {
    boolean huge = timeoutNs > Long.MAX_VALUE / 2 / LATE_TIMEOUTS;
    return huge ? Long.MAX_VALUE / 2 : Math.max(MIN_LATE_NS, timeoutNs * LATE_TIMEOUTS);
  }

  /// What to do with a recorded row of a container.
  Scope.Decision decideRecorded(@Nullable Container container) {
    if (recorded == null) {
      return Scope.Decision.PASS;
    }
    return switch (recorded.match(container)) {
      case PASS -> Scope.Decision.PASS;
      case SKIP -> Scope.Decision.SKIP;
      case NEEDS_NAME -> Scope.Decision.NAME_UNKNOWN;
    };
  }
}
