package dev.jig.container;

import dev.jig.container.RuntimeEvent.Transition;
import dev.jig.event.Container;
import dev.jig.event.Owner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Whose packet: the registry the ring thread asks. Runtimes and the cgroup walk fill it in the
/// background; [#generation] rises whenever an answer may have changed, and [ResolutionListener]s are told
/// which.
///
/// Where a path leads through several containers (Docker in Docker, kind), the innermost one that a
/// runtime of this machine has named is the answer: with only the host's Docker connected that is
/// the outer container, in an agent inside a kind node it is the pod's. As long as none is named it
/// is the outermost, the only one this host's runtimes can have made.
public final class Containers implements AutoCloseable {
  /// A walk may take at most a tenth of the time, and never follows another sooner than this.
  private static final long MIN_WALK_PAUSE_MS = 100;

  private static final int WALK_PAUSE_FACTOR = 9;

  /// Cached answers at most; beyond it the cache starts anew.
  private static final int MAX_CACHED = 65_536;

  private static final Resolution PATH_UNKNOWN = new Resolution.InProgress(null);

  /// Who has drawn conclusions from answers. Called on the ring thread.
  public interface ResolutionListener {

    /// The answer for one cgroup may be another one now.
    ///
    /// @param before what it was
    /// @param now what it is; null if it is looked up anew only when somebody asks
    void onChanged(long cgroupId, Resolution before, @Nullable Resolution now);

    /// Any answer may be another one now.
    void onAllChanged();
  }

  private static final Path PROC = Path.of("/proc");

  private final CgroupTree tree;
  private final ProcessContainers processes;
  private final List<ContainerRuntime> runtimes;
  private final ContainerListener listener;
  private final Invalidations invalidations = new Invalidations();
  private final Registry registry = new Registry(System::nanoTime, invalidations::addEvicted);
  private final InspectRequests requests = new InspectRequests();
  private final AtomicLong generation = new AtomicLong();
  private final Object lock = new Object();
  private final CompletableFuture<Void> walked = new CompletableFuture<>();
  private final Set<ContainerRuntime> unlisted = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Void> listed = new CompletableFuture<>();
  private final Semaphore walkRequests = new Semaphore(0);
  private final Thread walker =
      Thread.ofPlatform().daemon().name("cgroup-walk").unstarted(this::walkOnRequest);

  // The ring thread's own.
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
      runtime.start(news -> onEvent(runtime, news));
    }
  }

  /// Done when the cgroups were read and every runtime was listed or found absent; never fails.
  public CompletableFuture<Void> ready() {
    return CompletableFuture.allOf(walked, listed);
  }

  /// Whether [#ready] is done.
  public boolean isReady() {
    return walked.isDone() && listed.isDone();
  }

  /// Rises whenever an answer of [#resolve] may have changed.
  public long generation() {
    return generation.get();
  }

  /// The running containers that runtimes told of, in no order.
  public List<Container> running() {
    return registry.running();
  }

  /// [#running], and the containers no runtime told of, by what their cgroups tell.
  public List<Container> allRunning() {
    Map<String, Container> found = new LinkedHashMap<>();
    running().forEach(container -> found.put(container.id(), container));
    List<CgroupPath> paths = new ArrayList<>(tree.livePaths());
    paths.addAll(processes.v1OnlyPaths());
    for (CgroupPath path : paths) {
      List<CgroupPath.Id> ids = path.containers();
      if (!ids.isEmpty() && ids.stream().allMatch(id -> registry.get(id.id()) == null)) {
        found.putIfAbsent(ids.getFirst().id(), idOnly(ids.getFirst()));
      }
    }
    return List.copyOf(found.values());
  }

  /// How many containers run, as far as the runtimes told.
  public int runningCount() {
    return registry.runningCount();
  }

  /// The kernel made a cgroup. Ring thread.
  ///
  /// @param path from the root of cgroup v2
  public void onCgroupCreated(long cgroupId, String path) {
    tree.onCreated(cgroupId, path);
    refresh(cgroupId, false); // an id that was unknown until now
    requestWalkIfNeeded();
  }

  /// From now on `follower` is told of changes. Ring thread, or before it runs.
  public void addListener(ResolutionListener follower) {
    resolutionListeners.add(follower);
  }

  /// No more of it. Ring thread.
  public void removeListener(ResolutionListener follower) {
    resolutionListeners.remove(follower);
  }

  /// Takes in what has changed since the last time, and tells the followers. Ring thread; costs
  /// next to nothing if nothing has.
  public void refresh() {
    long now = generation.get(); // read before the changes are taken, so that none goes unnoticed
    if (now == seenGeneration) {
      return;
    }
    seenGeneration = now;
    Invalidations.Batch news = invalidations.drain();
    if (news.all()) {
      evictAll();
      return;
    }
    news.evicted().forEach(cache::evictContainer);
    for (long cgroupId : cache.affectedBy(news)) {
      // Of those without a name only whoever asks again is worth a question to a runtime.
      refresh(cgroupId, !news.unnamed());
    }
  }

  private void refresh(long cgroupId, boolean atOnce) {
    Resolution before = cache.remove(cgroupId);
    if (before == null) {
      return;
    }
    Resolution now = atOnce ? resolveUncached(cgroupId) : null;
    if (!before.equals(now)) {
      resolutionListeners.forEach(follower -> follower.onChanged(cgroupId, before, now));
    }
  }

  private void evictAll() {
    cache.clear();
    resolutionListeners.forEach(ResolutionListener::onAllChanged);
  }

  /// Whose packet it is. Ring thread; allocates only when an id or its answer is new.
  public Resolution resolve(long cgroupId) {
    if (cgroupId == 0) {
      return Resolution.HOST; // a file, or no socket
    }
    refresh();
    Resolution known = cache.get(cgroupId);
    return known != null ? known : resolveUncached(cgroupId);
  }

  private Resolution resolveUncached(long cgroupId) {
    if (cache.size() > MAX_CACHED) {
      evictAll();
    }
    CgroupPath path = tree.path(cgroupId);
    Resolution fresh = path == null ? resolveWithoutPath(cgroupId) : resolvePath(path.containers());
    if (fresh instanceof Resolution.Host && unlisted.stream().anyMatch(ContainerRuntime::canReportCgroups)) {
      fresh = PATH_UNKNOWN; // it may be a container whose id its path does not show
    }
    cache.put(cgroupId, fresh, path);
    return fresh;
  }

  /// Whether packets of a cgroup may be a container's although the cgroup itself is in none: then
  /// [#resolveByProcess] tells.
  public boolean needsProcess(Resolution byCgroup) {
    return processes.isEnabled()
        && switch (byCgroup) {
          case Resolution.Host(), Resolution.Unknown() -> true;
          case Resolution.InProgress(Container byPath) -> byPath == null;
          case Resolution.Named(_), Resolution.IdOnly(_) -> false;
        };
  }

  /// Whose packet it is, by the process that owns its socket; null: not known. Ring thread.
  public Resolution resolveByProcess(@Nullable Owner owner) {
    CgroupPath path = processes.path(owner);
    return path == null ? Resolution.UNKNOWN : resolvePath(path.containers());
  }

  /// Whether a process that nobody can ask any more was, by its mounts, the host's.
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
      Registry.ContainerState entry = registry.get(id.id());
      if (entry != null) {
        return entry.named();
      }
    }
    Container unnamed = idOnly(path.getFirst());
    return inspectAll(path) ? new Resolution.InProgress(unnamed) : new Resolution.IdOnly(unnamed);
  }

  private boolean inspectAll(List<CgroupPath.Id> path) {
    boolean open = false;
    synchronized (lock) {
      for (CgroupPath.Id id : path) {
        // Between the look into the registry and the lock its name may have come.
        open |= registry.get(id.id()) != null || requests.inspectOnce(id.id(), id.runtime(), runtimes);
      }
    }
    return open;
  }

  private static Container idOnly(CgroupPath.Id id) {
    Container bare =
        Container.unnamed(id.runtime() == null ? null : id.runtime().key(), id.id());
    if (id.podUid() == null) {
      return bare;
    }
    var pod = new Container.Pod(null, null, id.podUid(), null, null, false);
    return new Container(bare.runtime(), bare.id(), null, null, null, bare.labels(), pod);
  }

  private void onEvent(ContainerRuntime runtime, RuntimeEvent news) {
    switch (news) {
      case RuntimeEvent.Warning(String sentence) -> listener.onWarning(sentence);
      case RuntimeEvent.Debug(String sentence) -> listener.onDebug(sentence);
      case RuntimeEvent.Lifecycle happened -> onLifecycle(runtime, happened);
      case RuntimeEvent.Inspected(Container container, boolean running) ->
          onInspected(runtime, container, running);
      case RuntimeEvent.NotFound(String id) -> {
        synchronized (lock) {
          if (requests.onNotFound(id, runtime)) {
            invalidations.addContainer(id);
            generation.incrementAndGet();
          }
        }
      }
      case RuntimeEvent.CgroupKnown(String id, String cgroup) -> {
        if (tree.assign(cgroup, runtime.kind(), id)) {
          invalidations.addAll();
          generation.incrementAndGet();
        }
      }
      case RuntimeEvent.Listed(Set<String> ids) -> onListed(runtime, ids);
      case RuntimeEvent.Unreachable() -> {
        synchronized (lock) {
          requests.cancelAll(runtime);
          invalidations.addUnnamed();
          generation.incrementAndGet();
        }
        onFirstResult(runtime);
      }
    }
  }

  private void onLifecycle(ContainerRuntime runtime, RuntimeEvent.Lifecycle event) {
    synchronized (lock) {
      Container told = event.container();
      Registry.ContainerState before = registry.get(told.id());
      if (isOutranked(runtime, before)) {
        return;
      }
      Container container =
          before != null && before.isSameContainer(runtime) ? merge(before.container(), told) : told;
      boolean wasRunning = before != null && before.running();
      boolean running =
          switch (event.transition()) {
            case STARTED -> true;
            case CREATED, STOPPED, REMOVED -> false;
            case RENAMED -> wasRunning;
          };
      publish(new Registry.ContainerState(runtime, container, running), before, event.at());
      if (event.transition() == Transition.REMOVED) {
        registry.remove(container.id());
      }
    }
  }

  /// Where several claim an id, the first in the list is believed: root's Podman before users' own,
  /// who could claim any.
  private boolean isOutranked(ContainerRuntime runtime, Registry.@Nullable ContainerState before) {
    return before != null
        && !before.removed()
        && runtimes.indexOf(before.source()) < runtimes.indexOf(runtime);
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

  private void onInspected(ContainerRuntime runtime, Container container, boolean running) {
    synchronized (lock) {
      requests.complete(container.id());
      Registry.ContainerState before = registry.get(container.id());
      if (isOutranked(runtime, before)) {
        return;
      }
      publish(new Registry.ContainerState(runtime, container, running), before, Instant.now());
    }
  }

  private void publish(Registry.ContainerState entry, Registry.@Nullable ContainerState before, Instant at) {
    boolean same = before != null && before.container().equals(entry.container());
    registry.put(
        before != null && same
            ? new Registry.ContainerState(entry.source(), before.named(), entry.running(), false)
            : entry);
    if (!same) {
      invalidations.addContainer(entry.container().id());
      generation.incrementAndGet();
    }
    notifyListener(entry, before, at);
  }

  /// A new name is told as one container less and one more: who selects by name hears of both.
  private void notifyListener(Registry.ContainerState entry, Registry.@Nullable ContainerState before, Instant at) {
    Container was = before != null && before.running() ? before.container() : null;
    boolean renamed = was != null && !Objects.equals(was.name(), entry.container().name());
    if (was != null && (renamed || !entry.running())) {
      listener.onStopped(was, at);
    }
    if (entry.running() && (was == null || renamed)) {
      listener.onStarted(entry.container(), at);
    }
  }

  private void onListed(ContainerRuntime runtime, Set<String> ids) {
    synchronized (lock) {
      for (String id : registry.missingFrom(runtime, ids)) {
        Registry.ContainerState before = registry.get(id);
        if (before != null && before.running()) {
          listener.onStopped(before.container(), Instant.now());
        }
        registry.remove(id);
      }
      requests.allowRetry();
      invalidations.addUnnamed();
      generation.incrementAndGet();
    }
    onFirstResult(runtime);
  }

  private void onFirstResult(ContainerRuntime runtime) {
    if (unlisted.remove(runtime) && runtime.canReportCgroups()) {
      invalidations.addAll();
      generation.incrementAndGet();
    }
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
      walked.complete(null); // closing
    }
  }

  private void scanProcesses() {
    processes.scan();
    switch (processes.need()) {
      case YES ->
          listener.onDebug(
              "containers run without a cgroup v2 of their own and are told by their processes: who"
                  + " ends at once may stay unknown.");
      case POSSIBLE ->
          listener.onDebug(
              "cgroup v1 is in use: containers without a cgroup v2 of their own are told by their"
                  + " processes, and filters on others work in user space.");
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
    generation.incrementAndGet();
    walked.complete(null);
  }

  @Override
  public void close() {
    walker.interrupt();
    runtimes.forEach(ContainerRuntime::close);
  }
}
