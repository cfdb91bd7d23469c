package dev.jig.container;

import dev.jig.container.ContainerRuntime.Life;
import dev.jig.container.ContainerRuntime.News;
import dev.jig.event.Container;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Whose packet: the registry the ring thread asks. Runtimes and the cgroup walk fill it in the
/// background; [#generation] rises whenever an answer may have changed.
///
/// Where a path leads through several containers (Docker in Docker, kind), the innermost one that a
/// runtime of this machine has named is the answer: with only the host's Docker connected that is
/// the outer container, in an agent inside a kind node it is the pod's. As long as none is named it
/// is the outermost, the only one this host's runtimes can have made.
public final class Containers implements AutoCloseable {
  /// A walk may take at most a tenth of the time, and never follows another sooner than this.
  private static final long WALK_PAUSE_MIN_MS = 100;

  private static final int WALK_PAUSE_FACTOR = 9;

  /// Cached answers at most; beyond it the cache starts anew.
  private static final int CACHED_AT_MOST = 65_536;

  private static final Lookup PATH_PENDING = new Lookup.Pending(null);

  private final CgroupTree tree;
  private final List<ContainerRuntime> runtimes;
  private final ContainerListener listener;
  private final Registry registry = new Registry(System::nanoTime);
  private final Questions questions = new Questions();
  private final AtomicLong generation = new AtomicLong();
  private final Object lock = new Object();
  private final CompletableFuture<Void> walked = new CompletableFuture<>();
  private final Set<ContainerRuntime> unlisted = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Void> listed = new CompletableFuture<>();
  private final Semaphore walkRequests = new Semaphore(0);
  private final Thread walker =
      Thread.ofPlatform().daemon().name("cgroup-walk").unstarted(this::walkOnRequest);

  // The ring thread's own.
  private final LongTable<Lookup> cache = new LongTable<>();
  private long cacheGeneration;

  /// @param cgroupRoot where cgroup v2 is mounted, or `/proc/self/fd/N` of a detached mount
  public Containers(Path cgroupRoot, List<ContainerRuntime> runtimes, ContainerListener listener) {
    this.tree = new CgroupTree(cgroupRoot, System::nanoTime);
    this.runtimes = List.copyOf(runtimes);
    this.listener = listener;
    unlisted.addAll(runtimes);
  }

  /// Begins to read cgroups and to follow runtimes; returns at once. To be called when the kernel
  /// already reports births, so that no cgroup falls in between.
  public void start() {
    walkRequests.release();
    walker.start();
    if (runtimes.isEmpty()) {
      listed.complete(null);
    }
    for (ContainerRuntime runtime : runtimes) {
      runtime.start(news -> hear(runtime, news));
    }
  }

  /// Done when the cgroups were read and every runtime was listed or found absent; never fails.
  public CompletableFuture<Void> ready() {
    return CompletableFuture.allOf(walked, listed);
  }

  /// Rises whenever an answer of [#of] may have changed.
  public long generation() {
    return generation.get();
  }

  /// The running containers that runtimes told of, in no order.
  public List<Container> running() {
    return registry.running();
  }

  /// [#running], and the containers no runtime told of, by what their cgroups tell.
  public List<Container> found() {
    Map<String, Container> found = new LinkedHashMap<>();
    running().forEach(container -> found.put(container.id(), container));
    for (CgroupPath path : tree.livingPaths()) {
      List<CgroupPath.Id> ids = path.containers();
      if (!ids.isEmpty() && ids.stream().allMatch(id -> registry.get(id.id()) == null)) {
        found.putIfAbsent(ids.getFirst().id(), unnamed(ids.getFirst()));
      }
    }
    return List.copyOf(found.values());
  }

  /// How many containers run, as far as the runtimes told.
  public int knownCount() {
    return registry.runningCount();
  }

  /// The kernel made a cgroup. Ring thread.
  ///
  /// @param path from the root of cgroup v2
  public void born(long cgroupId, String path) {
    tree.born(cgroupId, path);
    if (cache.get(cgroupId) != null) {
      cache.clear(); // an id that was unknown until now
    }
    requestWalkIfNeeded();
  }

  /// Whose packet it is. Ring thread; allocates only when an id or a generation is new.
  public Lookup of(long cgroupId) {
    if (cgroupId == 0) {
      return Lookup.HOST; // a file, or no socket
    }
    long now = generation.get(); // read before the answer is made, so that it can't be newer
    if (now != cacheGeneration || cache.size() > CACHED_AT_MOST) {
      cache.clear();
      cacheGeneration = now;
    }
    Lookup cached = cache.get(cgroupId);
    if (cached != null) {
      return cached;
    }
    Lookup fresh = resolve(cgroupId);
    cache.put(cgroupId, fresh);
    return fresh;
  }

  private Lookup resolve(long cgroupId) {
    CgroupPath path = tree.find(cgroupId);
    if (path != null) {
      return resolve(path.containers());
    }
    requestWalkIfNeeded();
    return tree.isMissing(cgroupId) ? Lookup.HOST : PATH_PENDING;
  }

  private Lookup resolve(List<CgroupPath.Id> path) {
    if (path.isEmpty()) {
      return Lookup.HOST;
    }
    for (CgroupPath.Id id : path.reversed()) {
      Registry.Entry entry = registry.get(id.id());
      if (entry != null) {
        return entry.known();
      }
    }
    Container unnamed = unnamed(path.getFirst());
    return isAnyOpen(path) ? new Lookup.Pending(unnamed) : new Lookup.Unnamed(unnamed);
  }

  private boolean isAnyOpen(List<CgroupPath.Id> path) {
    boolean open = false;
    synchronized (lock) {
      for (CgroupPath.Id id : path) {
        // Between the look into the registry and the lock its name may have come.
        open |= registry.get(id.id()) != null || questions.isOpen(id.id(), id.runtime(), runtimes);
      }
    }
    return open;
  }

  private static Container unnamed(CgroupPath.Id id) {
    Container bare = Container.unnamed(id.runtime(), id.id());
    if (id.podUid() == null) {
      return bare;
    }
    var pod = new Container.Pod(null, null, id.podUid(), Map.of(), null, false);
    return new Container(bare.runtime(), bare.id(), null, null, null, bare.labels(), pod);
  }

  private void hear(ContainerRuntime runtime, News news) {
    switch (news) {
      case News.Warning(String sentence) -> listener.warning(sentence);
      case News.Debug(String sentence) -> listener.debug(sentence);
      case News.Happened happened -> happened(runtime, happened);
      case News.Described(Container container, boolean running) ->
          described(runtime, container, running);
      case News.NotFound(String id) -> {
        synchronized (lock) {
          if (questions.answeredInVain(id, runtime)) {
            generation.incrementAndGet();
          }
        }
      }
      case News.Placed(String id, String cgroup) -> {
        if (tree.place(cgroup, runtime, id)) {
          generation.incrementAndGet();
        }
      }
      case News.Listed(Set<String> ids) -> listed(runtime, ids);
      case News.Unreachable() -> {
        synchronized (lock) {
          questions.forgiveAll(runtime);
          generation.incrementAndGet();
        }
        firstAnswer(runtime);
      }
    }
  }

  private void happened(ContainerRuntime runtime, News.Happened event) {
    synchronized (lock) {
      Container told = event.container();
      Registry.Entry before = registry.get(told.id());
      Container container = before == null ? told : merge(before.container(), told);
      boolean wasRunning = before != null && before.running();
      boolean running =
          switch (event.life()) {
            case STARTED -> true;
            case CREATED, STOPPED, REMOVED -> false;
            case RENAMED -> wasRunning;
          };
      publish(new Registry.Entry(runtime, container, running), before, event.at());
      if (event.life() == Life.REMOVED) {
        registry.remove(container.id());
      }
    }
  }

  /// What a description told and an event can't stays; name and image are the event's.
  private static Container merge(Container before, Container told) {
    return new Container(
        before.runtime(),
        before.id(),
        told.name() != null ? told.name() : before.name(),
        before.image() != null ? before.image() : told.image(),
        before.imageDigest(),
        before.labels().isEmpty() ? told.labels() : before.labels(),
        before.pod());
  }

  private void described(ContainerRuntime runtime, Container container, boolean running) {
    synchronized (lock) {
      questions.answered(container.id());
      Registry.Entry before = registry.get(container.id());
      publish(new Registry.Entry(runtime, container, running), before, Instant.now());
    }
  }

  private void publish(Registry.Entry entry, Registry.@Nullable Entry before, Instant at) {
    boolean same = before != null && before.container().equals(entry.container());
    registry.put(
        before != null && same
            ? new Registry.Entry(entry.runtime(), before.known(), entry.running())
            : entry);
    if (!same) {
      generation.incrementAndGet();
    }
    boolean wasRunning = before != null && before.running();
    if (entry.running() && !wasRunning) {
      listener.created(entry.container(), at);
    } else if (!entry.running() && wasRunning) {
      listener.deleted(entry.container(), at);
    }
  }

  private void listed(ContainerRuntime runtime, Set<String> ids) {
    synchronized (lock) {
      for (String id : registry.goneFrom(runtime, ids)) {
        Registry.Entry before = registry.get(id);
        if (before != null && before.running()) {
          listener.deleted(before.container(), Instant.now());
        }
        registry.remove(id);
      }
      questions.askAgain();
      generation.incrementAndGet();
    }
    firstAnswer(runtime);
  }

  private void firstAnswer(ContainerRuntime runtime) {
    unlisted.remove(runtime);
    if (unlisted.isEmpty()) {
      listed.complete(null);
    }
  }

  private void requestWalkIfNeeded() {
    if (walkRequests.availablePermits() == 0 && tree.needsWalk()) {
      walkRequests.release();
    }
  }

  private void walkOnRequest() {
    try {
      while (true) {
        walkRequests.acquire();
        walkRequests.drainPermits();
        long startNs = System.nanoTime();
        walk();
        long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
        TimeUnit.MILLISECONDS.sleep(Math.max(WALK_PAUSE_MIN_MS, WALK_PAUSE_FACTOR * tookMs));
      }
    } catch (InterruptedException e) {
      walked.complete(null); // closing
    }
  }

  private void walk() {
    try {
      tree.walk();
    } catch (IOException e) {
      listener.debug(e.toString());
    }
    generation.incrementAndGet();
    walked.complete(null);
  }

  @Override
  public void close() {
    walker.interrupt();
    runtimes.forEach(ContainerRuntime::close);
  }
}
