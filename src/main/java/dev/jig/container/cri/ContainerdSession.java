package dev.jig.container.cri;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import dev.jig.container.RuntimeEvent;
import dev.jig.container.RuntimeKind;
import dev.jig.container.cri.LifecycleTracker.Inspection;
import dev.jig.container.cri.GrpcRuntime.Connection;
import dev.jig.container.cri.ContainerdRecords.Kind;
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
final class ContainerdSession implements RuntimeSession {
  private static final String CREATED = "/containers/create";
  private static final String UPDATED = "/containers/update";
  private static final String DELETED = "/containers/delete";
  private static final String TASK_CREATED = "/tasks/create";
  private static final String STARTED = "/tasks/start";
  private static final String EXITED = "/tasks/exit";
  private static final List<String> TOPICS =
      List.of(CREATED, UPDATED, DELETED, TASK_CREATED, STARTED, EXITED);

  private static final int MAX_IDS = 10_000;

  private final Connection connection;
  private final ContainerdNamespaces namespaces;
  private final ContainerdApi api;
  private final CriApi criApi;
  private final CriInspector criInspector;
  private boolean hasCri;

  /// The ids that CRI has described; an id more or less does no harm.
  private final Set<String> complete =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > MAX_IDS;
            }
          });

  /// Those seen; asked one by one for an id nobody told of.
  private List<String> knownNamespaces = List.of();

  ContainerdSession(Connection line, ContainerdNamespaces namespaces) {
    this.connection = line;
    this.namespaces = namespaces;
    this.api = new ContainerdApi(line.channel());
    this.criApi = new CriApi(line.channel());
    this.criInspector = new CriInspector(RuntimeKind.CONTAINERD, criApi);
  }

  @Override
  public void start() {
    // Events first, so that nothing falls between them and the listing; the questions after them
    // make sure that containerd has taken up the subscription when it lists.
    api.subscribe(TOPICS, this::onEvent, status -> connection.fail(status.asException()));
    connection.handle(
        detectCri().thenCompose(_ -> list()),
        (_, failure) -> {
          if (failure != null) {
            connection.fail(failure);
          }
        });
  }

  /// Docker's packages of containerd come with its CRI switched off.
  private CompletableFuture<Void> detectCri() {
    if (!namespaces.includesPods()) {
      return CompletableFuture.completedFuture(null);
    }
    return criApi
        .detectVersion()
        .handle((_, failure) -> {
          hasCri = failure == null;
          return Status.fromThrowable(failure == null ? Status.OK.asException() : failure);
        })
        .thenAccept(status -> {
          if (!hasCri && status.getCode() != Status.Code.UNIMPLEMENTED) {
            throw status.asRuntimeException();
          }
        });
  }

  private CompletableFuture<Void> list() {
    long asked = connection.tracker().eventCount();
    CompletableFuture<List<Inspection>> pods =
        hasCri ? criInspector.listAll() : CompletableFuture.completedFuture(List.of());
    return api.namespaces()
        .thenCompose(all -> {
          knownNamespaces = namespaces.select(all);
          return listPlain();
        })
        .thenCombine(
            pods,
            (plain, ofPods) -> {
              List<Inspection> all = new ArrayList<>(plain);
              all.addAll(ofPods); // last, since CRI knows more
              connection.onListed();
              connection.tracker().onListed(all, asked);
              return null;
            });
  }

  private CompletableFuture<List<Inspection>> listPlain() {
    List<Inspection> found = new ArrayList<>();
    List<CompletableFuture<Void>> asked = new ArrayList<>();
    for (String namespace : knownNamespaces) {
      asked.add(listPlain(namespace).thenAccept(found::addAll));
    }
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenApply(_ -> found);
  }

  private CompletableFuture<List<Inspection>> listPlain(String namespace) {
    return api.tasks(namespace)
        .thenCombine(
            api.containers(namespace),
            (tasks, containers) -> {
              Map<String, Boolean> running = new HashMap<>();
              tasks.forEach(task -> running.put(id(task), isRunning(task)));
              List<CompletableFuture<Inspection>> described = new ArrayList<>();
              for (PlainContainer container : containers) {
                if (!hasCri || ContainerdRecords.kind(container) == Kind.PLAIN) {
                  boolean runs = running.getOrDefault(container.getId(), false);
                  described.add(describe(namespace, container, runs));
                }
              }
              return described;
            })
        .thenCompose(ContainerdSession::all);
  }

  private static CompletableFuture<List<Inspection>> all(
      List<CompletableFuture<Inspection>> described) {
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

  private CompletableFuture<Inspection> describe(
      String namespace, PlainContainer container, boolean running) {
    String cgroup = ContainerdRecords.customCgroup(container);
    if (cgroup != null) {
      connection.emit(new RuntimeEvent.CgroupKnown(container.getId(), cgroup));
    }
    return image(namespace, container)
        .thenApply(image -> new Inspection(ContainerdRecords.describe(container, image), running));
  }

  private CompletableFuture<@Nullable PlainImage> image(
      String namespace, PlainContainer container) {
    if (ContainerdRecords.kind(container) != Kind.PLAIN || container.getImage().isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return api.image(namespace, container.getImage())
        .handle((image, failure) -> failure == null ? image : null);
  }

  private void onEvent(Envelope event) {
    String namespace = event.getNamespace();
    if (!namespaces.includes(namespace)) {
      return;
    }
    if (!knownNamespaces.contains(namespace)) {
      knownNamespaces = new ArrayList<>(knownNamespaces);
      knownNamespaces.add(namespace);
    }
    try {
      onEvent(event, ContainerEvent.parseFrom(event.getEvent().getValue()).getContainerId());
    } catch (InvalidProtocolBufferException e) {
      connection.emit(new RuntimeEvent.Debug("containerd told an event that cannot be read: " + e));
    }
  }

  private void onEvent(Envelope event, String id) throws InvalidProtocolBufferException {
    LifecycleTracker lives = connection.tracker();
    Instant at = at(event.getTimestamp());
    switch (event.getTopic()) {
      case CREATED -> {
        lives.onCreated(id);
        describe(event.getNamespace(), id);
      }
      case UPDATED -> describe(event.getNamespace(), id);
      case TASK_CREATED -> inspectByCri(event.getNamespace(), id);
      case STARTED -> {
        lives.onStarted(id, at);
        inspectByCri(event.getNamespace(), id);
      }
      case EXITED -> {
        TaskExit exit = TaskExit.parseFrom(event.getEvent().getValue());
        if (exit.getProcessId().equals(id)) { // else an exec's
          lives.onStopped(id, at);
        }
      }
      case DELETED -> lives.onRemoved(id, at);
      default -> {} // not subscribed to
    }
  }

  private static Instant at(Timestamp told) {
    return Instant.ofEpochSecond(told.getSeconds(), told.getNanos());
  }

  /// By containerd's own record; a pod's container that CRI has described is left to CRI.
  private void describe(String namespace, String id) {
    long asked = connection.tracker().eventCount();
    connection.handle(
        api.container(namespace, id)
            .thenCompose(container -> describeUnlessByCri(namespace, container)),
        (found, failure) -> {
          if (found != null) {
            onInspected(found, asked);
          } else if (failure != null) {
            connection.emit(
                new RuntimeEvent.Debug(
                    "containerd has no record of " + id + ": " + GrpcChannel.reason(failure)));
          }
        });
  }

  private CompletableFuture<@Nullable Inspection> describeUnlessByCri(
      String namespace, PlainContainer container) {
    String id = container.getId();
    if (ContainerdRecords.kind(container) != Kind.PLAIN && complete.contains(id)) {
      return CompletableFuture.completedFuture(null);
    }
    return describe(namespace, container, connection.tracker().isRunning(id)).thenApply(found -> found);
  }

  /// A pod's container without kubelet's labels has no name yet.
  private void onInspected(Inspection found, long asked) {
    if (found.container().name() != null || found.container().pod() != null) {
      connection.tracker().onInspected(found, asked);
    }
  }

  /// By CRI, once it knows the container.
  private void inspectByCri(String namespace, String id) {
    if (!hasCri || !ContainerdNamespaces.isKubernetes(namespace) || complete.contains(id)) {
      return;
    }
    long asked = connection.tracker().eventCount();
    connection.handle(
        criInspector.inspect(id),
        (found, _) -> {
          if (found != null && complete.add(id)) {
            connection.tracker().onInspected(found, asked);
          }
        });
  }

  @Override
  public void inspect(String id) {
    long asked = connection.tracker().eventCount();
    CompletableFuture<@Nullable Inspection> byCri =
        hasCri ? criInspector.inspect(id) : CompletableFuture.completedFuture(null);
    connection.handle(
        byCri
            .exceptionally(_ -> null)
            .thenCompose(
                found -> found == null ? inspectPlain(id, 0) : CompletableFuture.completedFuture(found)),
        (found, _) -> {
          if (found == null) {
            connection.emit(new RuntimeEvent.NotFound(id));
          } else {
            connection.tracker().onInspected(found, asked);
          }
        });
  }

  /// Asks one namespace after the other.
  private CompletableFuture<@Nullable Inspection> inspectPlain(String id, int from) {
    if (from >= knownNamespaces.size()) {
      return CompletableFuture.completedFuture(null);
    }
    String namespace = knownNamespaces.get(from);
    CompletableFuture<Boolean> runs =
        api.task(namespace, id).handle((task, _) -> task != null && isRunning(task));
    return api.container(namespace, id)
        .thenCompose(
            container -> runs.thenCompose(running -> describe(namespace, container, running)))
        .<@Nullable Inspection>thenApply(found -> found)
        .exceptionallyCompose(_ -> inspectPlain(id, from + 1));
  }
}
