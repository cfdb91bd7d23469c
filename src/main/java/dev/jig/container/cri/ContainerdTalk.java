package dev.jig.container.cri;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import dev.jig.container.ContainerRuntime.News;
import dev.jig.container.cri.ContainerLives.Described;
import dev.jig.container.cri.GrpcEngine.Line;
import dev.jig.container.cri.PlainContainers.Kind;
import dev.jig.container.cri.containerd.ContainerEvent;
import dev.jig.container.cri.containerd.Envelope;
import dev.jig.container.cri.containerd.PlainContainer;
import dev.jig.container.cri.containerd.PlainImage;
import dev.jig.container.cri.containerd.Task;
import dev.jig.container.cri.containerd.TaskExit;
import io.grpc.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Talks with containerd: of pods by CRI, of other containers by its own API, and of what happens
/// to all of them by its event stream.
///
/// A container's record is asked for when its creation is told, long before it runs: that names one
/// that lives 50 ms. CRI, which knows its pod's labels and its image's digest, knows it only a
/// little later.
final class ContainerdTalk implements DaemonTalk {
  private static final String CREATED = "/containers/create";
  private static final String UPDATED = "/containers/update";
  private static final String DELETED = "/containers/delete";
  private static final String TASK_CREATED = "/tasks/create";
  private static final String STARTED = "/tasks/start";
  private static final String EXITED = "/tasks/exit";
  private static final List<String> TOPICS =
      List.of(CREATED, UPDATED, DELETED, TASK_CREATED, STARTED, EXITED);

  private static final int REMEMBERED_AT_MOST = 10_000;

  private final Line line;
  private final ContainerdNamespaces namespaces;
  private final ContainerdApi api;
  private final CriApi criApi;
  private final CriCatalog catalog;
  private boolean cri;

  /// The ids that CRI has described; an id more or less does no harm.
  private final Set<String> complete =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > REMEMBERED_AT_MOST;
            }
          });

  /// Those seen; asked one by one for an id nobody told of.
  private List<String> present = List.of();

  ContainerdTalk(Line line, ContainerdNamespaces namespaces) {
    this.line = line;
    this.namespaces = namespaces;
    this.api = new ContainerdApi(line.socket());
    this.criApi = new CriApi(line.socket());
    this.catalog = new CriCatalog(PlainContainers.RUNTIME, criApi);
  }

  @Override
  public void begin() {
    // Events first, so that nothing falls between them and the listing; the questions after them
    // make sure that containerd has taken up the subscription when it lists.
    api.events(TOPICS, this::happened, status -> line.broken(status.asException()));
    line.hear(
        findCri().thenCompose(_ -> list()),
        (_, failure) -> {
          if (failure != null) {
            line.broken(failure);
          }
        });
  }

  /// Docker's packages of containerd come with its CRI switched off.
  private CompletableFuture<Void> findCri() {
    if (!namespaces.includesPods()) {
      return CompletableFuture.completedFuture(null);
    }
    return criApi
        .version()
        .handle((_, failure) -> {
          cri = failure == null;
          return Status.fromThrowable(failure == null ? Status.OK.asException() : failure);
        })
        .thenAccept(status -> {
          if (!cri && status.getCode() != Status.Code.UNIMPLEMENTED) {
            throw status.asRuntimeException();
          }
        });
  }

  private CompletableFuture<Void> list() {
    long asked = line.lives().eventCount();
    CompletableFuture<List<Described>> pods =
        cri ? catalog.all() : CompletableFuture.completedFuture(List.of());
    return api.namespaces()
        .thenCompose(all -> {
          present = namespaces.of(all);
          return plain();
        })
        .thenCombine(
            pods,
            (plain, ofPods) -> {
              List<Described> all = new ArrayList<>(plain);
              all.addAll(ofPods); // last, since CRI knows more
              line.up();
              line.lives().listed(all, asked);
              return null;
            });
  }

  private CompletableFuture<List<Described>> plain() {
    List<Described> found = new ArrayList<>();
    List<CompletableFuture<Void>> asked = new ArrayList<>();
    for (String namespace : present) {
      asked.add(plain(namespace).thenAccept(found::addAll));
    }
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenApply(_ -> found);
  }

  private CompletableFuture<List<Described>> plain(String namespace) {
    return api.tasks(namespace)
        .thenCombine(
            api.containers(namespace),
            (tasks, containers) -> {
              Map<String, Boolean> running = new HashMap<>();
              tasks.forEach(task -> running.put(id(task), isRunning(task)));
              List<CompletableFuture<Described>> described = new ArrayList<>();
              for (PlainContainer container : containers) {
                if (!cri || PlainContainers.kind(container) == Kind.PLAIN) {
                  boolean runs = running.getOrDefault(container.getId(), false);
                  described.add(describe(namespace, container, runs));
                }
              }
              return described;
            })
        .thenCompose(ContainerdTalk::all);
  }

  private static CompletableFuture<List<Described>> all(
      List<CompletableFuture<Described>> described) {
    return CompletableFuture.allOf(described.toArray(CompletableFuture[]::new))
        .thenApply(_ -> described.stream().map(CompletableFuture::join).toList());
  }

  private static String id(Task task) {
    return task.getContainerId().isEmpty() ? task.getId() : task.getContainerId();
  }

  private static boolean isRunning(Task task) {
    return switch (task.getStatus()) {
      case RUNNING, PAUSED, PAUSING -> true;
      case UNKNOWN, CREATED, STOPPED, UNRECOGNIZED -> false;
    };
  }

  private CompletableFuture<Described> describe(
      String namespace, PlainContainer container, boolean running) {
    String cgroup = PlainContainers.ownCgroup(container);
    if (cgroup != null) {
      line.tell(new News.Placed(container.getId(), cgroup));
    }
    return image(namespace, container)
        .thenApply(image -> new Described(PlainContainers.describe(container, image), running));
  }

  private CompletableFuture<@Nullable PlainImage> image(
      String namespace, PlainContainer container) {
    if (PlainContainers.kind(container) != Kind.PLAIN || container.getImage().isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return api.image(namespace, container.getImage())
        .handle((image, failure) -> failure == null ? image : null);
  }

  private void happened(Envelope event) {
    String namespace = event.getNamespace();
    if (!namespaces.includes(namespace)) {
      return;
    }
    if (!present.contains(namespace)) {
      present = new ArrayList<>(present);
      present.add(namespace);
    }
    try {
      happened(event, ContainerEvent.parseFrom(event.getEvent().getValue()).getContainerId());
    } catch (InvalidProtocolBufferException e) {
      line.tell(new News.Debug("containerd told an event that cannot be read: " + e));
    }
  }

  private void happened(Envelope event, String id) throws InvalidProtocolBufferException {
    ContainerLives lives = line.lives();
    Instant at = at(event.getTimestamp());
    switch (event.getTopic()) {
      case CREATED -> {
        lives.created(id);
        describe(event.getNamespace(), id);
      }
      case UPDATED -> describe(event.getNamespace(), id);
      case TASK_CREATED -> complete(event.getNamespace(), id);
      case STARTED -> {
        lives.started(id, at);
        complete(event.getNamespace(), id);
      }
      case EXITED -> {
        TaskExit exit = TaskExit.parseFrom(event.getEvent().getValue());
        if (exit.getProcessId().equals(id)) { // else an exec's
          lives.stopped(id, at);
        }
      }
      case DELETED -> lives.removed(id, at);
      default -> {} // not subscribed to
    }
  }

  private static Instant at(Timestamp told) {
    return Instant.ofEpochSecond(told.getSeconds(), told.getNanos());
  }

  /// By containerd's own record; a pod's container that CRI has described is left to CRI.
  private void describe(String namespace, String id) {
    long asked = line.lives().eventCount();
    line.hear(
        api.container(namespace, id)
            .thenCompose(container -> describeUnlessBetter(namespace, container)),
        (found, failure) -> {
          if (found != null) {
            answered(found, asked);
          } else if (failure != null) {
            line.tell(
                new News.Debug(
                    "containerd has no record of " + id + ": " + GrpcSocket.reason(failure)));
          }
        });
  }

  private CompletableFuture<@Nullable Described> describeUnlessBetter(
      String namespace, PlainContainer container) {
    String id = container.getId();
    if (PlainContainers.kind(container) != Kind.PLAIN && complete.contains(id)) {
      return CompletableFuture.completedFuture(null);
    }
    return describe(namespace, container, line.lives().isRunning(id)).thenApply(found -> found);
  }

  /// A pod's container without kubelet's labels has no name yet.
  private void answered(Described found, long asked) {
    if (found.container().name() != null || found.container().pod() != null) {
      line.lives().answered(found, asked);
    }
  }

  /// By CRI, once it knows the container.
  private void complete(String namespace, String id) {
    if (!cri || !ContainerdNamespaces.isOfPods(namespace) || complete.contains(id)) {
      return;
    }
    long asked = line.lives().eventCount();
    line.hear(
        catalog.one(id),
        (found, _) -> {
          if (found != null && complete.add(id)) {
            line.lives().answered(found, asked);
          }
        });
  }

  @Override
  public void ask(String id) {
    long asked = line.lives().eventCount();
    CompletableFuture<@Nullable Described> byCri =
        cri ? catalog.one(id) : CompletableFuture.completedFuture(null);
    line.hear(
        byCri
            .exceptionally(_ -> null)
            .thenCompose(
                found -> found == null ? plain(id, 0) : CompletableFuture.completedFuture(found)),
        (found, _) -> {
          if (found == null) {
            line.tell(new News.NotFound(id));
          } else {
            line.lives().answered(found, asked);
          }
        });
  }

  /// Asks one namespace after the other.
  private CompletableFuture<@Nullable Described> plain(String id, int from) {
    if (from >= present.size()) {
      return CompletableFuture.completedFuture(null);
    }
    String namespace = present.get(from);
    CompletableFuture<Boolean> runs =
        api.task(namespace, id).handle((task, _) -> task != null && isRunning(task));
    return api.container(namespace, id)
        .thenCompose(
            container -> runs.thenCompose(running -> describe(namespace, container, running)))
        .<@Nullable Described>thenApply(found -> found)
        .exceptionallyCompose(_ -> plain(id, from + 1));
  }
}
