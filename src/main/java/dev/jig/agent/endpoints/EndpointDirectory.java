package dev.jig.agent.endpoints;

import dev.jig.event.EndpointName.Kind;
import dev.jig.event.Row;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// The names of the cluster's addresses, kept up to date until closed. Needs the right to list and
/// watch pods and services.
public final class EndpointDirectory implements AutoCloseable {
  private static final long MIN_BACKOFF_MS = 1_000;

  private final EndpointTable table =
      new EndpointTable(EndpointDirectory::nowNs, EndpointTable.MAX_ADDRESSES);
  private final List<Thread> watchers;

  private EndpointDirectory(ApiServer server, WatchListener listener, long minBackoffMs) {
    watchers =
        List.of(Kind.values()).stream()
            .map(kind ->
                Thread.ofVirtual()
                    .name("endpoints-" + kind.shortName())
                    .start(new ResourceWatcher(server, kind, table, listener, minBackoffMs)))
            .toList();
  }

  /// Watches the pods and services of the cluster this process runs in.
  public static EndpointDirectory open(WatchListener listener) {
    return open(ApiServer.inCluster(System.getenv()), listener, MIN_BACKOFF_MS);
  }

  static EndpointDirectory open(ApiServer server, WatchListener listener, long minBackoffMs) {
    return new EndpointDirectory(server, listener, minBackoffMs);
  }

  /// Adds the names of an event's addresses.
  public UnaryOperator<Row> namer() {
    return new EndpointNamer(table);
  }

  EndpointTable table() {
    return table;
  }

  private static long nowNs() {
    return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
  }

  @Override
  public void close() {
    watchers.forEach(Thread::interrupt);
  }
}
