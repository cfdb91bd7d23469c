package dev.jig.agent.endpoints;

import static dev.jig.agent.endpoints.FakeApiServer.bookmark;
import static dev.jig.agent.endpoints.FakeApiServer.pod;
import static dev.jig.agent.endpoints.FakeApiServer.service;
import static dev.jig.agent.endpoints.FakeApiServer.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EndpointDirectoryTest {
  private static final long MIN_BACKOFF_MS = 5;
  private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);
  private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(2);

  @TempDir Path account;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private FakeApiServer server;
  private @Nullable EndpointDirectory directory;

  @BeforeEach
  void startTheServer() throws IOException {
    server = new FakeApiServer();
    Files.writeString(account.resolve("token"), "first\n");
  }

  @AfterEach
  void stop() {
    if (directory != null) {
      directory.close();
    }
    server.close();
  }

  @Test
  void namesListedAddressesOfBothFamilies() {
    server.list(
        "pods",
        "10",
        pod("demo", "client", "3", "192.0.2.1", "2001:db8::1"),
        pod("demo", "starting", "4"),
        pod("demo", "on-node", "5", true, "192.0.2.98"));
    server.list(
        "services",
        "11",
        service("kube-system", "kube-dns", "2", "198.51.100.10", "2001:db8::a"),
        service("demo", "headless", "2", "None"),
        service("demo", "elsewhere", "2", ""));

    open();

    await("p/demo/client", "192.0.2.1");
    await("p/demo/client", "2001:db8::1");
    await("s/kube-system/kube-dns", "198.51.100.10");
    await("s/kube-system/kube-dns", "2001:db8::a");
    assertThat(table().size()).as("a node's address is no pod's").isEqualTo(4);
    assertThat(server.queries)
        .contains(
            "pods?fieldSelector=status.phase!=Succeeded,status.phase!=Failed&resourceVersion=0",
            "services?resourceVersion=0");
  }

  @Test
  void watchesPodsThatAppearMoveAndDisappear() {
    server.list("pods", "10", pod("demo", "moves", "3", "192.0.2.1"));
    open();
    await("p/demo/moves", "192.0.2.1");

    server.change("pods", "ADDED", pod("demo", "new", "11"));
    server.change("pods", "MODIFIED", pod("demo", "new", "12", "192.0.2.2"));
    server.change("pods", "MODIFIED", pod("demo", "moves", "13", "192.0.2.3"));

    await("p/demo/new", "192.0.2.2");
    await("p/demo/moves", "192.0.2.3");
    await("unnamed", "192.0.2.1");

    server.change("pods", "DELETED", pod("demo", "new", "14", "192.0.2.2"));
    server.change("pods", "ADDED", pod("demo", "heir", "15", "192.0.2.2"));

    await("p/demo/heir", "192.0.2.2");
  }

  @Test
  void resumesTheWatchFromTheLastBookmark() {
    server.list("pods", "10", pod("demo", "client", "3", "192.0.2.1"));
    open();
    await("p/demo/client", "192.0.2.1");

    server.change("pods", "BOOKMARK", bookmark("99"));
    server.endWatch("pods");

    await("a watch from there", () -> watchesFrom("99") > 0);
    assertThat(lists("pods")).isEqualTo(1);
    assertThat(log).noneMatch(line -> line.contains("failed"));
  }

  @Test
  void listsAgainWhenTheVersionHasExpired() {
    server.list(
        "pods", "10", pod("demo", "stays", "3", "192.0.2.1"), pod("demo", "a", "4", "192.0.2.2"));
    open();
    await("p/demo/a", "192.0.2.2");

    server.list(
        "pods", "50", pod("demo", "stays", "3", "192.0.2.1"), pod("demo", "b", "4", "192.0.2.3"));
    server.change("pods", "ERROR", status(410, "too old resource version: 10 (50)"));

    await("p/demo/b", "192.0.2.3");
    await("unnamed", "192.0.2.2");
    assertThat(name("192.0.2.1")).isEqualTo("p/demo/stays");
    assertThat(server.queries)
        .contains(
            "pods?fieldSelector=status.phase!=Succeeded,status.phase!=Failed&resourceVersion=10");
    await("a watch from there", () -> watchesFrom("50") > 0);
    assertThat(log).noneMatch(line -> line.contains("failed"));
  }

  @Test
  void listsTheNewestVersionWhenTheLastOneIsGone() {
    server.list("pods", "10", pod("demo", "client", "3", "192.0.2.1"));
    open();
    await("p/demo/client", "192.0.2.1");

    server.refuse("pods", 410, "too old");
    server.change("pods", "ERROR", status(410, "too old"));
    await(
        "the newest is asked for", () -> server.queries.stream().anyMatch(it -> it.endsWith("=")));
    assertThat(name("192.0.2.1")).isEqualTo("p/demo/client");
    server.list("pods", "3", pod("demo", "restored", "2", "192.0.2.4"));

    await("p/demo/restored", "192.0.2.4");
  }

  @Test
  void namesStayDuringAnOutageAndAreUpdatedAfterwards() throws IOException {
    server.list("pods", "10", pod("demo", "client", "3", "192.0.2.1"));
    open();
    await("p/demo/client", "192.0.2.1");
    await("a watch", () -> watchesFrom("10") > 0);

    server.stop();
    await("a warning", () -> log.stream().anyMatch(it -> it.contains("failed")));
    assertThat(name("192.0.2.1")).isEqualTo("p/demo/client");
    server.startAgain();
    server.change("pods", "ADDED", pod("demo", "later", "12", "192.0.2.5"));
    // The previous watch may still take the first event: send another one.
    server.change("pods", "ADDED", pod("demo", "later", "13", "192.0.2.5"));

    await("p/demo/later", "192.0.2.5");
    await("the recovery", () -> log.stream().anyMatch(it -> it.contains("recovered")));
    assertThat(name("192.0.2.1")).isEqualTo("p/demo/client");
  }

  @Test
  void reportsForbiddenOnceAndRetries() throws IOException {
    server.refuse("pods", 403, "pods is forbidden: User x cannot list");
    open();

    await("a retry", () -> lists("pods") >= 3);
    assertThat(log.stream().filter(it -> it.contains("pods is forbidden: User x cannot list")))
        .hasSize(1);

    Files.writeString(account.resolve("token"), "second\n");
    server.list("pods", "10", pod("demo", "client", "3", "192.0.2.1"));
    await("p/demo/client", "192.0.2.1");
    assertThat(server.tokens).startsWith("Bearer first").contains("Bearer second");
  }

  private void open() {
    directory =
        EndpointDirectory.open(
            new ApiServer(server.root(), account), new Listener(), MIN_BACKOFF_MS);
  }

  private final class Listener implements WatchListener {
    @Override
    public void onListed(String resource, int objects, long rejectedAddresses) {
      log.add(resource + " listed");
    }

    @Override
    public void onFailed(String resource, Exception cause) {
      log.add(resource + " failed: " + cause);
    }

    @Override
    public void onRecovered(String resource) {
      log.add(resource + " recovered");
    }
  }

  private EndpointTable table() {
    return Objects.requireNonNull(directory).table();
  }

  private long watchesFrom(String version) {
    return server.queries.stream()
        .filter(it -> it.startsWith("pods?") && it.contains("watch=1"))
        .filter(it -> it.endsWith("resourceVersion=" + version))
        .count();
  }

  private long lists(String resource) {
    return server.queries.stream()
        .filter(it -> it.startsWith(resource + "?") && !it.contains("watch=1"))
        .count();
  }

  private String name(String address) {
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();
    Object name =
        table()
            .nameAt(
                IpAddress.of(bytes, 0, bytes.length),
                TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()));
    return name == null ? "unnamed" : name.toString();
  }

  private void await(String name, String address) {
    await(address + " is " + name, () -> name(address).equals(name));
  }

  private static void await(String what, BooleanSupplier condition) {
    long startNs = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - startNs).as("waiting for: %s", what).isLessThan(TIMEOUT_NS);
      LockSupport.parkNanos(POLL_NS);
    }
  }
}
