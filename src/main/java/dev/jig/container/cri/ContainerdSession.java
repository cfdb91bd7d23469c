package dev.jig.container.cri;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import dev.jig.container.RuntimeEvent;
import dev.jig.container.RuntimeKind;
import dev.jig.container.cri.ContainerdRecords.Kind;
import dev.jig.container.cri.GrpcRuntime.Connection;
import dev.jig.container.cri.LifecycleTracker.Inspection;
import dev.jig.container.cri.containerd.ContainerEvent;
import dev.jig.container.cri.containerd.Envelope;
import dev.jig.container.cri.containerd.PlainContainer;
import dev.jig.container.cri.containerd.PlainImage;
import dev.jig.container.cri.containerd.Task;
import dev.jig.container.cri.containerd.TaskExit;
import dev.jig.table.Lru;
import io.grpc.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A session with containerd: follows its event stream, gets pods by CRI and plain containers
/// (those that are not of Kubernetes) by containerd's own API.
///
/// On a container's creation event, long before it runs, its record is requested from containerd,
/// which names even a container that lives 50 ms. CRI has it a little later, with its pod's labels
/// and its image's digest.
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

  /// Ids of containers inspected by CRI, which need no record of containerd's. At most 10,000; an
  /// evicted one is inspected again.
  private final Lru<String, Boolean> inspectedByCri = new Lru<>(MAX_IDS);

  /// The selected namespaces that exist.
  private List<String> knownNamespaces = List.of();

  ContainerdSession(Connection connection, ContainerdNamespaces namespaces) {
    this.connection = connection;
    this.namespaces = namespaces;
    this.api = new ContainerdApi(connection.channel());
    this.criApi = new CriApi(connection.channel());
    this.criInspector = new CriInspector(RuntimeKind.CONTAINERD, criApi);
  }

  @Override
  public void start() {
    // Subscribes before it lists, so that no container is missed. The calls in between ensure that
    // containerd has processed the subscription when it lists.
    api.subscribe(TOPICS, this::onEvent, status -> connection.fail(status.asException()));
    connection.handle(
        detectCri().thenCompose(_ -> list()),
        (_, failure) -> {
          if (failure != null) {
            connection.fail(failure);
          }
        });
  }

  /// CRI is disabled in Docker's packages of containerd.
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
    long requestedAt = connection.tracker().eventCount();
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
              all.addAll(ofPods); // last: CRI's inspections have more and replace plain ones
              connection.onListed();
              connection.tracker().onListed(all, requestedAt);
              return null;
            });
  }

  private CompletableFuture<List<Inspection>> listPlain() {
    List<Inspection> found = new ArrayList<>();
    List<CompletableFuture<Void>> listings = new ArrayList<>();
    for (String namespace : knownNamespaces) {
      listings.add(listPlain(namespace).thenAccept(found::addAll));
    }
    return CompletableFuture.allOf(listings.toArray(CompletableFuture[]::new))
        .thenApply(_ -> found);
  }

  private CompletableFuture<List<Inspection>> listPlain(String namespace) {
    return api.tasks(namespace)
        .thenCombine(
            api.containers(namespace),
            (tasks, containers) -> {
              Map<String, Boolean> running = new HashMap<>();
              tasks.forEach(task -> running.put(id(task), isRunning(task)));
              List<CompletableFuture<Inspection>> inspections = new ArrayList<>();
              for (PlainContainer container : containers) {
                if (!hasCri || ContainerdRecords.kind(container) == Kind.PLAIN) {
                  boolean runs = running.getOrDefault(container.getId(), false);
                  inspections.add(describe(namespace, container, runs));
                }
              }
              return inspections;
            })
        .thenCompose(ContainerdSession::join);
  }

  private static CompletableFuture<List<Inspection>> join(
      List<CompletableFuture<Inspection>> inspections) {
    return CompletableFuture.allOf(inspections.toArray(CompletableFuture[]::new))
        .thenApply(_ -> inspections.stream().map(CompletableFuture::join).toList());
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
      connection.emit(new RuntimeEvent.Debug("cannot parse an event of containerd: " + e));
    }
  }

  private void onEvent(Envelope event, String id) throws InvalidProtocolBufferException {
    LifecycleTracker tracker = connection.tracker();
    Instant at = at(event.getTimestamp());
    switch (event.getTopic()) {
      case CREATED -> {
        tracker.onCreated(id);
        inspectByRecord(event.getNamespace(), id);
      }
      case UPDATED -> inspectByRecord(event.getNamespace(), id);
      case TASK_CREATED -> inspectByCri(event.getNamespace(), id);
      case STARTED -> {
        tracker.onStarted(id, at);
        inspectByCri(event.getNamespace(), id);
      }
      case EXITED -> {
        TaskExit exit = TaskExit.parseFrom(event.getEvent().getValue());
        if (exit.getProcessId().equals(id)) { // else the exit of an exec
          tracker.onStopped(id, at);
        }
      }
      case DELETED -> tracker.onRemoved(id, at);
      default -> {} // not subscribed to
    }
  }

  private static Instant at(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  /// Inspects a container by containerd's record of it, unless CRI did.
  private void inspectByRecord(String namespace, String id) {
    long requestedAt = connection.tracker().eventCount();
    connection.handle(
        api.container(namespace, id)
            .thenCompose(container -> describeUnlessInspectedByCri(namespace, container)),
        (found, failure) -> {
          if (found != null) {
            onInspected(found, requestedAt);
          } else if (failure != null) {
            connection.emit(
                new RuntimeEvent.Debug(
                    "containerd has no record of " + id + ": " + GrpcChannel.reason(failure)));
          }
        });
  }

  private CompletableFuture<@Nullable Inspection> describeUnlessInspectedByCri(
      String namespace, PlainContainer container) {
    String id = container.getId();
    if (ContainerdRecords.kind(container) != Kind.PLAIN && inspectedByCri.get(id) != null) {
      return CompletableFuture.completedFuture(null);
    }
    return describe(namespace, container, connection.tracker().isRunning(id))
        .thenApply(found -> found);
  }

  /// Drops a pod's container without kubelet's labels: it has no name yet.
  private void onInspected(Inspection found, long requestedAt) {
    if (found.container().name() != null || found.container().pod() != null) {
      connection.tracker().onInspected(found, requestedAt);
    }
  }

  /// Inspects a pod's container by CRI, unless that was done.
  private void inspectByCri(String namespace, String id) {
    if (!hasCri
        || !ContainerdNamespaces.isKubernetes(namespace)
        || inspectedByCri.get(id) != null) {
      return;
    }
    long requestedAt = connection.tracker().eventCount();
    connection.handle(
        criInspector.inspect(id),
        (found, _) -> {
          if (found != null && inspectedByCri.put(id, true) == null) {
            connection.tracker().onInspected(found, requestedAt);
          }
        });
  }

  @Override
  public CompletableFuture<List<String>> resolvConf(String id) {
    return hasCri
        ? SandboxDns.resolvConf(criApi, id)
        : CompletableFuture.completedFuture(List.of());
  }

  @Override
  public void inspect(String id) {
    long requestedAt = connection.tracker().eventCount();
    CompletableFuture<@Nullable Inspection> byCri =
        hasCri ? criInspector.inspect(id) : CompletableFuture.completedFuture(null);
    connection.handle(
        byCri
            .exceptionally(_ -> null)
            .thenCompose(found ->
                found == null ? inspectPlain(id, 0) : CompletableFuture.completedFuture(found)),
        (found, _) -> {
          if (found == null) {
            connection.emit(new RuntimeEvent.NotFound(id));
          } else {
            connection.tracker().onInspected(found, requestedAt);
          }
        });
  }

  /// Searches the namespaces from index `from` for a container.
  private CompletableFuture<@Nullable Inspection> inspectPlain(String id, int from) {
    if (from >= knownNamespaces.size()) {
      return CompletableFuture.completedFuture(null);
    }
    String namespace = knownNamespaces.get(from);
    CompletableFuture<Boolean> isRunning =
        api.task(namespace, id).handle((task, _) -> task != null && isRunning(task));
    return api.container(namespace, id)
        .thenCompose(
            container -> isRunning.thenCompose(running -> describe(namespace, container, running)))
        .<@Nullable Inspection>thenApply(found -> found)
        .exceptionallyCompose(_ -> inspectPlain(id, from + 1));
  }
}
