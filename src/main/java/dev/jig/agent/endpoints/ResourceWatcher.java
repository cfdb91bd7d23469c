package dev.jig.agent.endpoints;

import dev.jig.agent.AgentLog;

import dev.jig.agent.AgentLog.Level;
import dev.jig.event.EndpointName;
import dev.jig.event.EndpointName.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// Keeps the address book right about pods or services: lists them, then follows their changes.
/// While the API server can't be had the names stay as they are, and it is asked again, ever more
/// seldom.
final class ResourceWatcher implements Runnable {
  /// A list is read as it comes; the server may take its time between two pieces of it.
  private static final int LIST_SILENCE_MS = (int) TimeUnit.SECONDS.toMillis(60);

  /// The server sends a bookmark a minute.
  private static final int WATCH_SILENCE_MS = (int) TimeUnit.SECONDS.toMillis(90);

  private static final int WATCH_SECONDS = 300;
  private static final long WATCH_AT_LEAST_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_PAUSE_MS = TimeUnit.SECONDS.toMillis(30);

  /// As old as the server has it: what its cache holds, at no cost to etcd.
  private static final String ANY_VERSION = "0";

  /// As new as there is.
  private static final String NEWEST = "";

  private final ApiServer server;
  private final Kind kind;
  private final EndpointTable book;
  private final AgentLog log;
  private final long firstPauseMs;
  private String version = ANY_VERSION;
  private boolean listed;
  private boolean failing;
  private boolean told;
  private long pauseMs;

  /// @param firstPauseMs after a failure; it doubles with each one more
  ResourceWatcher(ApiServer server, Kind kind, EndpointTable book, AgentLog log, long firstPauseMs) {
    this.server = server;
    this.kind = kind;
    this.book = book;
    this.log = log;
    this.firstPauseMs = firstPauseMs;
    this.pauseMs = firstPauseMs;
  }

  /// Goes on until the thread is interrupted.
  @Override
  public void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        if (!listed) {
          list();
        }
        watch();
      } catch (IOException | RuntimeException e) {
        if (Thread.currentThread().isInterrupted() || !pause(e)) {
          return;
        }
      }
    }
  }

  private void list() throws IOException {
    Set<EndpointName> there = new HashSet<>();
    try (InputStream answer =
        server.get(path() + parameters() + "resourceVersion=" + version, LIST_SILENCE_MS)) {
      ApiObject head =
          ApiObject.parseList(
              answer,
              item -> {
                EndpointName name = name(item);
                there.add(name);
                book.put(name, item.createdNs(), item.addresses());
              });
      version = head.version();
    } catch (ApiStatusException e) {
      version = NEWEST; // it may not have that one any more, or not yet
      throw e;
    }
    book.retain(kind, there);
    listed = true;
    log.info(
        "endpoints listed",
        Map.of("kind", resource(), "objects", there.size(), "leftOut", book.rejectedAddresses()));
  }

  private void watch() throws IOException {
    long startNs = System.nanoTime();
    told = false;
    // Spread, so that the agents of all nodes do not come back at one time.
    int seconds = WATCH_SECONDS + ThreadLocalRandom.current().nextInt(WATCH_SECONDS);
    String query =
        "watch=1&allowWatchBookmarks=true&timeoutSeconds=" + seconds + "&resourceVersion=";
    try (InputStream answer =
        server.stream(path() + parameters() + query + version, WATCH_SILENCE_MS)) {
      ApiObject.parseChanges(answer, this::take);
    } catch (SocketTimeoutException e) {
      // nothing has changed, or the server is gone, which the next question shows
    } catch (ApiStatusException e) {
      if (e.code() == HttpURLConnection.HTTP_GONE) {
        listed = false;
      }
      throw e;
    }
    if (!told && System.nanoTime() - startNs < WATCH_AT_LEAST_NS) {
      throw new IOException("the watch ended at once");
    }
    works();
  }

  private void take(ApiObject.Change change) throws IOException {
    ApiObject object = change.object();
    switch (change.type()) {
      case "ADDED", "MODIFIED" -> book.put(name(object), object.createdNs(), object.addresses());
      case "DELETED" -> book.remove(name(object));
      case "ERROR" -> {
        listed = false;
        throw new ApiStatusException(object.code(), object.message());
      }
      default -> {
        // a bookmark: just a version
      }
    }
    version = object.version();
    told = true;
    works();
  }

  private void works() {
    pauseMs = firstPauseMs;
    if (failing) {
      failing = false;
      log.info("endpoints are followed again", Map.of("kind", resource()));
    }
  }

  /// @return whether to go on
  private boolean pause(Exception e) {
    if (!failing && !isOrdinary(e)) {
      failing = true;
      log.log(
          Level.WARNING,
          "endpoints cannot be followed, names stay as they are",
          Map.of("kind", resource(), "error", e.toString()));
    }
    try {
      Thread.sleep(pauseMs / 2 + ThreadLocalRandom.current().nextLong(pauseMs));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    return true;
  }

  /// A version grows too old now and then: then everything is listed anew.
  private static boolean isOrdinary(Exception e) {
    return e instanceof ApiStatusException refused && refused.code() == HttpURLConnection.HTTP_GONE;
  }

  private EndpointName name(ApiObject object) {
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

  /// A pod that has ended has given its address back: for the server it is not there any more.
  private String parameters() {
    return switch (kind) {
      case POD -> "?fieldSelector=status.phase!=Succeeded,status.phase!=Failed&";
      case SERVICE -> "?";
    };
  }
}
