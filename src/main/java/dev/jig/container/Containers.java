package dev.jig.container;

import dev.jig.container.ContainerRuntime.Life;
import dev.jig.container.ContainerRuntime.News;
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
/// background; [#generation] rises whenever an answer may have changed, and [Follower]s are told
/// which.
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

  /// Who has drawn conclusions from answers. Called on the ring thread.
  public interface Follower {

    /// The answer for one cgroup may be another one now.
    ///
    /// @param before what it was
    /// @param now what it is; null if it is looked up anew only when somebody asks
    void changed(long cgroupId, Lookup before, @Nullable Lookup now);

    /// Any answer may be another one now.
    void allChanged();
  }

  private static final Path PROC = Path.of("/proc");

  private final CgroupTree tree;
  private final Processes processes;
  private final List<ContainerRuntime> runtimes;
  private final ContainerListener listener;
  private final Changes changes = new Changes();
  private final Registry registry = new Registry(System::nanoTime, changes::forget);
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
  private final Answers answers = new Answers();
  private final List<Follower> followers = new ArrayList<>();
  private long seenGeneration;

  /// @param cgroupRoot where cgroup v2 is mounted, or `/proc/self/fd/N` of a detached mount
  public Containers(Path cgroupRoot, List<ContainerRuntime> runtimes, ContainerListener listener) {
    this(cgroupRoot, PROC, runtimes, listener);
  }

  /// @param procRoot where procfs is mounted, with the host's pids
  public Containers(
      Path cgroupRoot, Path procRoot, List<ContainerRuntime> runtimes, ContainerListener listener) {
    this.tree = new CgroupTree(cgroupRoot, System::nanoTime);
    this.processes = new Processes(procRoot);
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

  /// Whether [#ready] is done.
  public boolean isReady() {
    return walked.isDone() && listed.isDone();
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
    List<CgroupPath> paths = new ArrayList<>(tree.livingPaths());
    paths.addAll(processes.outsideV2());
    for (CgroupPath path : paths) {
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
    renew(cgroupId, false); // an id that was unknown until now
    requestWalkIfNeeded();
  }

  /// From now on `follower` is told of changes. Ring thread, or before it runs.
  public void follow(Follower follower) {
    followers.add(follower);
  }

  /// No more of it. Ring thread.
  public void unfollow(Follower follower) {
    followers.remove(follower);
  }

  /// Takes in what has changed since the last time, and tells the followers. Ring thread; costs
  /// next to nothing if nothing has.
  public void renew() {
    long now = generation.get(); // read before the changes are taken, so that none goes unnoticed
    if (now == seenGeneration) {
      return;
    }
    seenGeneration = now;
    Changes.Taken news = changes.take();
    if (news.everything()) {
      forgetAll();
      return;
    }
    news.forgotten().forEach(answers::forget);
    for (long cgroupId : answers.touchedBy(news)) {
      // Of those without a name only whoever asks again is worth a question to a runtime.
      renew(cgroupId, !news.names());
    }
  }

  private void renew(long cgroupId, boolean atOnce) {
    Lookup before = answers.remove(cgroupId);
    if (before == null) {
      return;
    }
    Lookup now = atOnce ? lookUp(cgroupId) : null;
    if (!before.equals(now)) {
      followers.forEach(follower -> follower.changed(cgroupId, before, now));
    }
  }

  private void forgetAll() {
    answers.clear();
    followers.forEach(Follower::allChanged);
  }

  /// Whose packet it is. Ring thread; allocates only when an id or its answer is new.
  public Lookup of(long cgroupId) {
    if (cgroupId == 0) {
      return Lookup.HOST; // a file, or no socket
    }
    renew();
    Lookup known = answers.get(cgroupId);
    return known != null ? known : lookUp(cgroupId);
  }

  private Lookup lookUp(long cgroupId) {
    if (answers.size() > CACHED_AT_MOST) {
      forgetAll();
    }
    CgroupPath path = tree.find(cgroupId);
    Lookup fresh = path == null ? withoutPath(cgroupId) : resolve(path.containers());
    if (fresh instanceof Lookup.Host && unlisted.stream().anyMatch(ContainerRuntime::places)) {
      fresh = PATH_PENDING; // it may be a container whose id its path does not show
    }
    answers.put(cgroupId, fresh, path);
    return fresh;
  }

  /// Whether packets of a cgroup may be a container's although the cgroup itself is in none: then
  /// [#ofProcess] tells.
  public boolean areToldByProcess(Lookup byCgroup) {
    return processes.areAsked()
        && switch (byCgroup) {
          case Lookup.Host(), Lookup.Unknown() -> true;
          case Lookup.Pending(Container byPath) -> byPath == null;
          case Lookup.Known(_), Lookup.Unnamed(_) -> false;
        };
  }

  /// Whose packet it is, by the process that owns its socket; null: not known. Ring thread.
  public Lookup ofProcess(@Nullable Owner owner) {
    CgroupPath path = processes.of(owner);
    return path == null ? Lookup.UNKNOWN : resolve(path.containers());
  }

  /// Whether a process that nobody can ask any more was, by its mounts, the host's.
  public boolean sawHostsMounts(Owner owner) {
    return processes.sawHostsMounts(owner);
  }

  private Lookup withoutPath(long cgroupId) {
    requestWalkIfNeeded();
    return tree.isMissing(cgroupId) ? Lookup.UNKNOWN : PATH_PENDING;
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
    var pod = new Container.Pod(null, null, id.podUid(), null, null, false);
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
            changes.of(id);
            generation.incrementAndGet();
          }
        }
      }
      case News.Placed(String id, String cgroup) -> {
        if (tree.place(cgroup, runtime.name(), id)) {
          changes.places();
          generation.incrementAndGet();
        }
      }
      case News.Listed(Set<String> ids) -> listed(runtime, ids);
      case News.Unreachable() -> {
        synchronized (lock) {
          questions.forgiveAll(runtime);
          changes.names();
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
      if (isOutranked(runtime, before)) {
        return;
      }
      Container container =
          before != null && before.isStill(runtime) ? merge(before.container(), told) : told;
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

  /// Where several claim an id, the first in the list is believed: root's Podman before users' own,
  /// who could claim any.
  private boolean isOutranked(ContainerRuntime runtime, Registry.@Nullable Entry before) {
    return before != null
        && !before.removed()
        && runtimes.indexOf(before.runtime()) < runtimes.indexOf(runtime);
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
      if (isOutranked(runtime, before)) {
        return;
      }
      publish(new Registry.Entry(runtime, container, running), before, Instant.now());
    }
  }

  private void publish(Registry.Entry entry, Registry.@Nullable Entry before, Instant at) {
    boolean same = before != null && before.container().equals(entry.container());
    registry.put(
        before != null && same
            ? new Registry.Entry(entry.runtime(), before.known(), entry.running(), false)
            : entry);
    if (!same) {
      changes.of(entry.container().id());
      generation.incrementAndGet();
    }
    tell(entry, before, at);
  }

  /// A new name is told as one container less and one more: who selects by name hears of both.
  private void tell(Registry.Entry entry, Registry.@Nullable Entry before, Instant at) {
    Container was = before != null && before.running() ? before.container() : null;
    boolean renamed = was != null && !Objects.equals(was.name(), entry.container().name());
    if (was != null && (renamed || !entry.running())) {
      listener.deleted(was, at);
    }
    if (entry.running() && (was == null || renamed)) {
      listener.created(entry.container(), at);
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
      changes.names();
      generation.incrementAndGet();
    }
    firstAnswer(runtime);
  }

  private void firstAnswer(ContainerRuntime runtime) {
    if (unlisted.remove(runtime) && runtime.places()) {
      changes.places();
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
    lookAtProcesses();
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

  private void lookAtProcesses() {
    processes.look();
    switch (processes.need()) {
      case YES ->
          listener.debug(
              "containers run without a cgroup v2 of their own and are told by their processes: who"
                  + " ends at once may stay unknown.");
      case POSSIBLE ->
          listener.debug(
              "cgroup v1 is in use: containers without a cgroup v2 of their own are told by their"
                  + " processes, and filters on others work in user space.");
      case NO -> {}
    }
  }

  private void walk() {
    try {
      tree.walk();
    } catch (IOException e) {
      listener.debug(e.toString());
    }
    changes.paths();
    generation.incrementAndGet();
    walked.complete(null);
  }

  @Override
  public void close() {
    walker.interrupt();
    runtimes.forEach(ContainerRuntime::close);
  }
}
