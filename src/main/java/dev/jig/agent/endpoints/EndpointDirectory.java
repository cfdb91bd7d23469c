package dev.jig.agent.endpoints;

import dev.jig.agent.AgentLog;

import dev.jig.event.DnsEvent;
import dev.jig.event.EndpointName.Kind;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// The names of the cluster's addresses, followed as long as it is open. Made only where the agent
/// may ask the API server.
public final class EndpointDirectory implements AutoCloseable {
  private static final long PAUSE_MS = 1_000;

  private final AddressBook book =
      new AddressBook(EndpointDirectory::nowNs, AddressBook.ADDRESSES_AT_MOST);
  private final List<Thread> followers;

  private EndpointDirectory(ApiServer server, AgentLog log, long pauseMs) {
    followers =
        List.of(Kind.values()).stream()
            .map(kind ->
                Thread.ofVirtual()
                    .name("endpoints-" + kind.word())
                    .start(new ApiFollower(server, kind, book, log, pauseMs)))
            .toList();
  }

  /// Begins to follow the pods and services of the cluster this process runs in.
  public static EndpointDirectory open(AgentLog log) {
    return open(ApiServer.ofCluster(System.getenv()), log, PAUSE_MS);
  }

  static EndpointDirectory open(ApiServer server, AgentLog log, long pauseMs) {
    return new EndpointDirectory(server, log, pauseMs);
  }

  /// Gives events the names of their addresses.
  public UnaryOperator<DnsEvent> naming() {
    return new EndpointNaming(book);
  }

  AddressBook book() {
    return book;
  }

  private static long nowNs() {
    return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
  }

  @Override
  public void close() {
    followers.forEach(Thread::interrupt);
  }
}
