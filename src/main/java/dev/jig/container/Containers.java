package dev.jig.container;

import dev.jig.event.Container;
import dev.jig.event.Owner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Resolves the cgroup of a packet to its container, on the ring thread. Cgroup paths come from the
/// kernel and from walks over the cgroup tree, names from the runtimes, both in the background.
/// [#generation] rises whenever a resolution may have changed; listeners get each change.
///
/// A path may lead through several containers (Docker in Docker, kind). The resolution is the
/// innermost one that a runtime of this machine has named: with the host's Docker alone that is the
/// outer container, for an agent inside a kind node it is the pod's. If none is named it is the
/// outermost, since only that one can be of a runtime of this host.
public final class Containers implements AutoCloseable {
  /// Walks over the cgroup tree take at most a tenth of the time, and pause at least this long.
  private static final long MIN_WALK_PAUSE_MS = 100;

  private static final int WALK_PAUSE_FACTOR = 9;

  /// Beyond it the cache is cleared.
  private static final int MAX_CACHED = 65_536;

  private static final Resolution PATH_UNKNOWN = new Resolution.InProgress(null);

  /// Receives changes of resolutions. Called on the ring thread.
  public interface ResolutionListener {

    /// The resolution of one cgroup changed, or is to be resolved again.
    ///
    /// @param before the resolution until now
    /// @param now the new one; null: not resolved again until [Containers#resolve]
    void onChanged(long cgroupId, Resolution before, @Nullable Resolution now);

    /// Any resolution may have changed.
    void onAllChanged();
  }

  private static final Path PROC = Path.of("/proc");

  private final CgroupTree tree;
  private final ProcessContainers processes;
  private final List<ContainerRuntime> runtimes;
  private final ContainerListener listener;
  private final Invalidations invalidations = new Invalidations();
  private final Registry registry = new Registry(System::nanoTime, invalidations::addEvicted);
  private final RuntimeEventHandler handler;
  private final CompletableFuture<Void> walked = new CompletableFuture<>();
  private final Semaphore walkRequests = new Semaphore(0);
  private final Thread walker =
      Thread.ofPlatform().daemon().name("cgroup-walk").unstarted(this::walkOnRequest);

  // Used by the ring thread alone.
  private final ResolutionCache cache = new ResolutionCache();
  private final List<ResolutionListener> resolutionListeners = new ArrayList<>();
  private long seenGeneration;

  /// @param cgroupRoot where cgroup v2 is mounted, or `/proc/self/fd/N` of a detached mount
  public Containers(Path cgroupRoot, List<ContainerRuntime> runtimes, ContainerListener listener) {
    this(cgroupRoot, PROC, runtimes, listener);
  }

  /// @param procRoot where procfs is mounted, with the host's pids
  public Containers(
      Path cgroupRoot, Path procRoot, List<ContainerRuntime> runtimes, ContainerListener listener) {
    this.tree = new CgroupTree(cgroupRoot, System::nanoTime);
    this.processes = new ProcessContainers(procRoot);
    this.runtimes = List.copyOf(runtimes);
    this.listener = listener;
    this.handler = new RuntimeEventHandler(this.runtimes, tree, listener, registry, invalidations);
  }

  /// Starts to walk the cgroup tree and to follow the runtimes; returns at once. To be called once
  /// the kernel reports new cgroups ([#onCgroupCreated]), so that none is missed.
  public void start() {
    walkRequests.release();
    walker.start();
    handler.start();
  }

  /// Done when the cgroup tree was walked and every runtime was listed or found absent; never
  /// fails.
  public CompletableFuture<Void> ready() {
    return CompletableFuture.allOf(walked, handler.listed());
  }

  /// Whether [#ready] is done.
  public boolean isReady() {
    return walked.isDone() && handler.listed().isDone();
  }

  /// Rises whenever a result of [#resolve] may have changed.
  public long generation() {
    return invalidations.generation();
  }

  /// The running containers that runtimes reported, unordered.
  public List<Container> running() {
    return registry.running();
  }

  /// [#running], and the containers that no runtime reported, with what their cgroup paths show.
  public List<Container> allRunning() {
    Map<String, Container> byId = new LinkedHashMap<>();
    running().forEach(container -> byId.put(container.id(), container));
    List<CgroupPath> paths = new ArrayList<>(tree.livePaths());
    paths.addAll(processes.v1OnlyPaths());
    for (CgroupPath path : paths) {
      List<CgroupPath.Id> ids = path.containers();
      if (!ids.isEmpty() && ids.stream().allMatch(id -> registry.get(id.id()) == null)) {
        byId.putIfAbsent(ids.getFirst().id(), idOnly(ids.getFirst()));
      }
    }
    return List.copyOf(byId.values());
  }

  /// The number of running containers that runtimes reported.
  public int runningCount() {
    return registry.runningCount();
  }

  /// The kernel created a cgroup. Ring thread.
  ///
  /// @param path from the root of cgroup v2
  public void onCgroupCreated(long cgroupId, String path) {
    tree.onCreated(cgroupId, path);
    refresh(cgroupId, false); // it may be cached as unknown
    requestWalkIfNeeded();
  }

  /// Adds a listener. Ring thread, or before it starts.
  public void addListener(ResolutionListener added) {
    resolutionListeners.add(added);
  }

  /// Removes a listener. Ring thread.
  public void removeListener(ResolutionListener removed) {
    resolutionListeners.remove(removed);
  }

  /// Drops stale resolutions from the cache and notifies the listeners. Ring thread; one volatile
  /// read if nothing is stale.
  public void refresh() {
    long now = invalidations.generation(); // before the drain: a later change is seen next time
    if (now == seenGeneration) {
      return;
    }
    seenGeneration = now;
    Invalidations.Batch stale = invalidations.drain();
    if (stale.all()) {
      evictAll();
      return;
    }
    stale.evicted().forEach(cache::evictContainer);
    for (long cgroupId : cache.affectedBy(stale)) {
      // Containers without a name are inspected again only if a packet of theirs comes.
      refresh(cgroupId, !stale.unnamed());
    }
  }

  private void refresh(long cgroupId, boolean resolveNow) {
    Resolution before = cache.remove(cgroupId);
    if (before == null) {
      return;
    }
    Resolution now = resolveNow ? resolveUncached(cgroupId) : null;
    if (!before.equals(now)) {
      resolutionListeners.forEach(each -> each.onChanged(cgroupId, before, now));
    }
  }

  private void evictAll() {
    cache.clear();
    resolutionListeners.forEach(ResolutionListener::onAllChanged);
  }

  /// The container of a cgroup. Ring thread; allocates only if the id is new or its resolution
  /// stale.
  public Resolution resolve(long cgroupId) {
    if (cgroupId == 0) {
      return Resolution.HOST; // from a file, or without a socket
    }
    refresh();
    Resolution cached = cache.get(cgroupId);
    return cached != null ? cached : resolveUncached(cgroupId);
  }

  private Resolution resolveUncached(long cgroupId) {
    if (cache.size() > MAX_CACHED) {
      evictAll();
    }
    CgroupPath path = tree.path(cgroupId);
    Resolution resolution =
        path == null ? resolveWithoutPath(cgroupId) : resolvePath(path.containers());
    if (resolution instanceof Resolution.Host && handler.mayReportCgroups()) {
      resolution = PATH_UNKNOWN; // may be a container without its id in the path
    }
    cache.put(cgroupId, resolution, path);
    return resolution;
  }

  /// Whether a packet's process may be in a container although its cgroup v2 is in none: then
  /// [#resolveByProcess] has the resolution.
  public boolean needsProcess(Resolution byCgroup) {
    return processes.isEnabled()
        && switch (byCgroup) {
          case Resolution.Host(), Resolution.Unknown() -> true;
          case Resolution.InProgress(Container idOnly) -> idOnly == null;
          case Resolution.Named(_), Resolution.IdOnly(_) -> false;
        };
  }

  /// The container of the process that owns a packet's socket; null: owner unknown. Ring thread.
  public Resolution resolveByProcess(@Nullable Owner owner) {
    CgroupPath path = processes.path(owner);
    return path == null ? Resolution.UNKNOWN : resolvePath(path.containers());
  }

  /// Whether a process has the host's mount namespace, which the kernel records: valid for a
  /// process that is gone, too.
  public boolean hasHostMounts(Owner owner) {
    return processes.hasHostMounts(owner);
  }

  private Resolution resolveWithoutPath(long cgroupId) {
    requestWalkIfNeeded();
    return tree.isNotFound(cgroupId) ? Resolution.UNKNOWN : PATH_UNKNOWN;
  }

  private Resolution resolvePath(List<CgroupPath.Id> path) {
    if (path.isEmpty()) {
      return Resolution.HOST;
    }
    for (CgroupPath.Id id : path.reversed()) {
      Registry.ContainerState state = registry.get(id.id());
      if (state != null) {
        return state.named();
      }
    }
    Container outermost = idOnly(path.getFirst());
    return handler.inspect(path)
        ? new Resolution.InProgress(outermost)
        : new Resolution.IdOnly(outermost);
  }

  private static Container idOnly(CgroupPath.Id id) {
    Container container = Container.unnamed(id.runtimeKey(), id.id());
    if (id.podUid() == null) {
      return container;
    }
    var pod = new Container.Pod(null, null, id.podUid(), null, null, false);
    return new Container(
        container.runtime(), container.id(), null, null, null, container.labels(), pod);
  }

  /// Requests the lines of a container's resolv.conf from the runtime that reported it; the future
  /// has none if it does not say. From any thread.
  public CompletableFuture<List<String>> resolvConf(Container container) {
    Registry.ContainerState state = registry.get(container.id());
    return state == null || state.removed()
        ? CompletableFuture.completedFuture(List.of())
        : state.source().resolvConf(container.id());
  }

  private void requestWalkIfNeeded() {
    if (walkRequests.availablePermits() == 0 && tree.needsWalk()) {
      walkRequests.release();
    }
  }

  private void walkOnRequest() {
    scanProcesses();
    try {
      while (true) {
        walkRequests.acquire();
        walkRequests.drainPermits();
        long startNs = System.nanoTime();
        walk();
        long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
        TimeUnit.MILLISECONDS.sleep(Math.max(MIN_WALK_PAUSE_MS, WALK_PAUSE_FACTOR * tookMs));
      }
    } catch (InterruptedException e) {
      walked.complete(null); // closed
    }
  }

  private void scanProcesses() {
    processes.scan();
    switch (processes.need()) {
      case YES ->
          listener.onDebug(
              "some containers have no cgroup v2 of their own: they are identified by process, and"
                  + " the container of a process that exits at once may stay unknown.");
      case POSSIBLE ->
          listener.onDebug(
              "cgroup v1 is in use: containers without a cgroup v2 of their own are identified by"
                  + " process, and container filters work in user space only.");
      case NO -> {}
    }
  }

  private void walk() {
    try {
      tree.walk();
    } catch (IOException e) {
      listener.onDebug(e.toString());
    }
    invalidations.addPathless();
    walked.complete(null);
  }

  @Override
  public void close() {
    walker.interrupt();
    runtimes.forEach(ContainerRuntime::close);
  }
}
