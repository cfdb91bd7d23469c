package dev.jig.agent.endpoints;

import dev.jig.event.EndpointName;
import dev.jig.event.EndpointName.Kind;
import dev.jig.os.Backoff;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// Keeps the endpoint table up to date with the cluster's pods or services by the API server's list
/// and watch. While the API server is not available names stay as they are, and it retries with a
/// backoff of 1 s to 30 s.
final class ResourceWatcher implements Runnable {
  private static final int LIST_READ_TIMEOUT_MS = (int) TimeUnit.SECONDS.toMillis(60);

  /// The API server sends a bookmark every minute.
  private static final int WATCH_READ_TIMEOUT_MS = (int) TimeUnit.SECONDS.toMillis(90);

  /// A watch takes this long, or up to twice as long at random: agents do not reconnect at once.
  private static final int MIN_WATCH_SECONDS = 300;

  /// A watch that ends sooner without a change is a failure.
  private static final long MIN_WATCH_NS = TimeUnit.SECONDS.toNanos(1);

  private static final long MAX_BACKOFF_MS = TimeUnit.SECONDS.toMillis(30);

  /// `resourceVersion`: whatever the API server's cache holds, at no cost to etcd.
  private static final String ANY_VERSION = "0";

  /// `resourceVersion`: the most recent, read from etcd.
  private static final String NEWEST_VERSION = "";

  private final ApiServer server;
  private final Kind kind;
  private final EndpointTable table;
  private final WatchListener listener;
  private final Backoff backoff;
  private String version = ANY_VERSION;
  private boolean listed;
  private boolean failing;
  private boolean changed;

  /// @param minBackoffMs after the first failure; doubles with each further one
  ResourceWatcher(
      ApiServer server, Kind kind, EndpointTable table, WatchListener listener, long minBackoffMs) {
    this.server = server;
    this.kind = kind;
    this.table = table;
    this.listener = listener;
    this.backoff = new Backoff(minBackoffMs, MAX_BACKOFF_MS);
  }

  /// Runs until the thread is interrupted.
  @Override
  public void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        if (!listed) {
          list();
        }
        watch();
      } catch (IOException | RuntimeException e) {
        if (Thread.currentThread().isInterrupted() || !backOff(e)) {
          return;
        }
      }
    }
  }

  private void list() throws IOException {
    Set<EndpointName> names = new HashSet<>();
    try (InputStream response =
        server.get(path() + parameters() + "resourceVersion=" + version, LIST_READ_TIMEOUT_MS)) {
      ApiObject head =
          ApiObject.parseList(
              response,
              item -> {
                EndpointName name = endpointName(item);
                names.add(name);
                table.put(name, item.createdNs(), item.addresses());
              });
      version = head.version();
    } catch (ApiStatusException e) {
      version = NEWEST_VERSION; // the server may no longer have, or not yet have, the requested one
      throw e;
    }
    table.retain(kind, names);
    listed = true;
    listener.onListed(resource(), names.size(), table.rejectedAddresses());
  }

  private void watch() throws IOException {
    long startNs = System.nanoTime();
    changed = false;
    int seconds = MIN_WATCH_SECONDS + ThreadLocalRandom.current().nextInt(MIN_WATCH_SECONDS);
    String query =
        "watch=1&allowWatchBookmarks=true&timeoutSeconds=" + seconds + "&resourceVersion=";
    try (InputStream response =
        server.stream(path() + parameters() + query + version, WATCH_READ_TIMEOUT_MS)) {
      ApiObject.parseChanges(response, this::onChange);
    } catch (SocketTimeoutException e) {
      // no change, or the server is gone: the next request shows which
    } catch (ApiStatusException e) {
      if (isExpiredVersion(e)) {
        listed = false;
      }
      throw e;
    }
    if (!changed && System.nanoTime() - startNs < MIN_WATCH_NS) {
      throw new IOException("the watch ended at once");
    }
    onSuccess();
  }

  private void onChange(ApiObject.Change change) throws IOException {
    ApiObject object = change.object();
    switch (change.type()) {
      case "ADDED", "MODIFIED" ->
          table.put(endpointName(object), object.createdNs(), object.addresses());
      case "DELETED" -> table.remove(endpointName(object));
      case "ERROR" -> {
        listed = false;
        throw new ApiStatusException(object.code(), object.message());
      }
      default -> {
        // BOOKMARK: only a new version
      }
    }
    version = object.version();
    changed = true;
    onSuccess();
  }

  private void onSuccess() {
    backoff.reset();
    if (failing) {
      failing = false;
      listener.onRecovered(resource());
    }
  }

  /// @return false if interrupted
  private boolean backOff(Exception e) {
    if (!failing && !isExpiredVersion(e)) {
      failing = true;
      listener.onFailed(resource(), e);
    }
    long delayMs = backoff.nextMs();
    try {
      Thread.sleep(delayMs / 2 + ThreadLocalRandom.current().nextLong(delayMs));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
    return true;
  }

  /// 410 Gone: the version is older than what the server keeps. Normal; everything is listed again.
  private static boolean isExpiredVersion(Exception e) {
    return e instanceof ApiStatusException status && status.code() == HttpURLConnection.HTTP_GONE;
  }

  private EndpointName endpointName(ApiObject object) {
    return new EndpointName(kind, object.namespace(), object.name());
  }

  private String resource() {
    return switch (kind) {
      case POD -> "pods";
      case SERVICE -> "services";
    };
  }

  private String path() {
    return "/api/v1/" + resource();
  }

  /// A pod that has ended no longer has its address: the server then reports it as DELETED.
  private String parameters() {
    return switch (kind) {
      case POD -> "?fieldSelector=status.phase!=Succeeded,status.phase!=Failed&";
      case SERVICE -> "?";
    };
  }
}
