package dev.jig.kube.deploy;

import dev.jig.container.RuntimeKind;
import dev.jig.event.UserFacingException;
import dev.jig.kube.Cluster;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Installs the agents on a cluster and removes them: deploy/agent.yaml with the user's options.
public final class Installation {
  private static final String FIELD_MANAGER = "kubectl-gadget";
  private static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  private static final String VERSION = "jig.dev/version";
  private static final String OPTION = "jig.dev/option";
  private static final String RESOLVE_ENDPOINTS = "resolve-endpoints";
  private static final String NAME = "jig-agent";
  private static final KubernetesSerialization YAML = new KubernetesSerialization();
  private static final long POLL_MS = 500;
  private static final int FORBIDDEN = 403;

  /// The user's options.
  ///
  /// @param version this program's
  /// @param pullPolicy Always, IfNotPresent or Never
  /// @param sockets path on the nodes by runtime
  /// @param resolveEndpoints whether agents may list and watch pods and services
  public record Options(
      String version,
      String namespace,
      String image,
      String pullPolicy,
      Map<String, String> nodeSelector,
      Map<RuntimeKind, Path> sockets,
      boolean resolveEndpoints) {}

  private final Cluster cluster;

  public Installation(Cluster cluster) {
    this.cluster = cluster;
  }

  /// The objects to apply.
  public static List<HasMetadata> objects(Options options) {
    List<HasMetadata> objects = new ArrayList<>();
    for (String document : readManifests().split("(?m)^---$", -1)) {
      HasMetadata object = (HasMetadata) Objects.requireNonNull(YAML.<Object>unmarshal(document));
      if (options.resolveEndpoints() || !isForResolveEndpoints(object)) {
        setNamespace(object, options.namespace());
        if (object instanceof DaemonSet daemonSet) {
          var template = daemonSet.getSpec().getTemplate();
          template.getMetadata().setAnnotations(Map.of(VERSION, "v" + options.version()));
          applyOptions(template.getSpec(), options);
        }
        objects.add(object);
      }
    }
    return objects;
  }

  private static void setNamespace(HasMetadata object, String namespace) {
    if (object instanceof Namespace) {
      object.getMetadata().setName(namespace);
    } else if (object instanceof Namespaced) {
      object.getMetadata().setNamespace(namespace);
    }
    if (object instanceof ClusterRoleBinding binding) {
      binding.getSubjects().forEach(subject -> subject.setNamespace(namespace));
    }
  }

  /// Whether it is applied only with --resolve-endpoints.
  private static boolean isForResolveEndpoints(HasMetadata object) {
    Map<String, String> annotations = object.getMetadata().getAnnotations();
    return annotations != null && RESOLVE_ENDPOINTS.equals(annotations.get(OPTION));
  }

  private static String readManifests() {
    try (InputStream in = Installation.class.getResourceAsStream("/deploy/agent.yaml")) {
      if (in == null) {
        throw new IllegalStateException("deploy/agent.yaml is not in this build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void applyOptions(PodSpec pod, Options options) {
    Container agent = pod.getContainers().getFirst();
    agent.setImage(options.image());
    agent.setImagePullPolicy(options.pullPolicy());
    Map<String, String> selector = new LinkedHashMap<>(pod.getNodeSelector());
    selector.putAll(options.nodeSelector());
    pod.setNodeSelector(selector);
    if (options.resolveEndpoints()) {
      pod.setAutomountServiceAccountToken(true);
    }
    agent.setArgs(arguments(options));
    mountSocketFolders(pod, agent, options);
  }

  private static List<String> arguments(Options options) {
    List<String> runtimes = options.sockets().keySet().stream().map(RuntimeKind::key).toList();
    List<String> arguments =
        new ArrayList<>(
            List.of("agent", "--node=$(NODE_NAME)", "--runtimes=" + String.join(",", runtimes)));
    options
        .sockets()
        .forEach((runtime, socket) -> arguments.add(runtime.socketFlag() + "=" + socket));
    if (options.resolveEndpoints()) {
      arguments.add("--" + RESOLVE_ENDPOINTS);
    }
    return arguments;
  }

  /// Mounts the sockets' folders, not the sockets: a runtime creates a new one when it restarts.
  private static void mountSocketFolders(PodSpec pod, Container agent, Options options) {
    Set<String> folders = new LinkedHashSet<>();
    options.sockets().values().forEach(socket -> folders.add(String.valueOf(socket.getParent())));
    int number = 0;
    for (String folder : folders) {
      String name = "runtime-" + number++;
      agent
          .getVolumeMounts()
          .add(
              new VolumeMountBuilder()
                  .withName(name)
                  .withMountPath(folder)
                  .withReadOnly(true)
                  .build());
      pod.getVolumes()
          .add(
              new VolumeBuilder()
                  .withName(name)
                  .withNewHostPath()
                  .withPath(folder)
                  .endHostPath()
                  .build());
    }
  }

  /// The objects as YAML.
  public static String toYaml(Options options) {
    StringBuilder text = new StringBuilder();
    for (HasMetadata object : objects(options)) {
      String document = YAML.asYaml(object);
      text.append(document.startsWith("---") ? "" : "---\n").append(document);
    }
    return text.toString();
  }

  /// Creates or updates the objects by server-side apply.
  ///
  /// @param progress receives one line per object
  /// @throws UserFacingException if the API server rejects one, or agents run in another namespace
  public void apply(Options options, Consumer<String> progress) {
    requireNoOtherInstance(options.namespace());
    for (HasMetadata object : objects(options)) {
      if (object instanceof Namespace namespace && existsAndIsNotOurs(namespace)) {
        continue; // created by the user: not changed
      }
      progress.accept(
          "Creating " + object.getKind() + "/" + object.getMetadata().getName() + "...");
      cluster.call(() ->
          cluster
              .client()
              .resource(object)
              .fieldManager(FIELD_MANAGER)
              .forceConflicts()
              .serverSideApply());
    }
    if (!options.resolveEndpoints()) {
      removeOptional(options.namespace(), progress);
    }
  }

  /// Removes what an earlier deploy created for --resolve-endpoints.
  private void removeOptional(String namespace, Consumer<String> progress) {
    for (HasMetadata object : objects(allOptions(namespace)).reversed()) {
      if (isForResolveEndpoints(object) && existsAndIsOurs(object)) {
        progress.accept(
            "Removing " + object.getKind() + "/" + object.getMetadata().getName() + "...");
        var _ = cluster.call(() -> cluster.client().resource(object).delete());
      }
    }
  }

  private boolean existsAndIsOurs(HasMetadata object) {
    try {
      HasMetadata found = cluster.client().resource(object).get();
      return found != null && isOurs(found);
    } catch (KubernetesClientException e) {
      if (e.getCode() == FORBIDDEN) {
        return false; // a user without `get` cannot have created it
      }
      throw Cluster.toException(e);
    }
  }

  private boolean existsAndIsNotOurs(Namespace namespace) {
    Namespace there =
        cluster.call(
            () -> cluster.client().namespaces().withName(namespace.getMetadata().getName()).get());
    return there != null && !isOurs(there);
  }

  private static boolean isOurs(HasMetadata object) {
    Map<String, String> labels = object.getMetadata().getLabels();
    return labels != null && FIELD_MANAGER.equals(labels.get(MANAGED_BY));
  }

  private void requireNoOtherInstance(String namespace) {
    Optional<String> other;
    try {
      other =
          cluster
              .client()
              .apps()
              .daemonSets()
              .inAnyNamespace()
              .withLabel(Cluster.LABEL, Cluster.LABEL_VALUE)
              .list()
              .getItems()
              .stream()
              .map(found -> found.getMetadata().getNamespace())
              .filter(found -> !found.equals(namespace))
              .findFirst();
    } catch (KubernetesClientException e) {
      if (e.getCode() == FORBIDDEN) {
        return; // without the right to list all namespaces this is not checked
      }
      throw cluster.errors().toException(e);
    }
    if (other.isPresent()) {
      throw UserFacingException.cluster(
          "agents are deployed in namespace \""
              + other.get()
              + "\" already: a second instance would trace every node twice; run kubectl gadget"
              + " undeploy --gadget-namespace "
              + other.get()
              + " first");
    }
  }

  /// The state of the rollout.
  ///
  /// @param wanted nodes that should have an agent
  /// @param ready nodes with a ready agent of this version
  public record Rollout(int wanted, int ready, boolean done) {}

  /// Waits until every node's agent is ready.
  ///
  /// @param onProblem receives each reason why an agent is not ready, once
  /// @return the state when all are ready or the time is over
  public Rollout awaitRollout(String namespace, long timeoutNs, Consumer<String> onProblem)
      throws InterruptedException {
    long startNs = System.nanoTime();
    Set<String> reported = new HashSet<>();
    Rollout now = rollout(namespace);
    while (!now.done() && System.nanoTime() - startNs < timeoutNs) {
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
      problems(namespace).stream().filter(reported::add).forEach(onProblem);
      now = rollout(namespace);
    }
    return now;
  }

  private Rollout rollout(String namespace) {
    DaemonSet daemonSet =
        cluster.call(
            () -> cluster.client().apps().daemonSets().inNamespace(namespace).withName(NAME).get());
    if (daemonSet == null || daemonSet.getStatus() == null) {
      return new Rollout(0, 0, false);
    }
    var status = daemonSet.getStatus();
    Long observed = status.getObservedGeneration();
    boolean current = observed != null && observed >= daemonSet.getMetadata().getGeneration();
    int wanted = orZero(status.getDesiredNumberScheduled());
    int ready =
        Math.min(orZero(status.getNumberReady()), orZero(status.getUpdatedNumberScheduled()));
    return new Rollout(wanted, ready, current && ready == wanted);
  }

  private static int orZero(@Nullable Integer value) {
    return value == null ? 0 : value;
  }

  /// Why agents are not ready, from their containers' waiting states.
  private List<String> problems(String namespace) {
    return cluster.call(() ->
        cluster
            .client()
            .pods()
            .inNamespace(namespace)
            .withLabel(Cluster.LABEL, Cluster.LABEL_VALUE)
            .list()
            .getItems()
            .stream()
            .flatMap(Installation::problems)
            .toList());
  }

  private static Stream<String> problems(Pod pod) {
    return pod.getStatus().getContainerStatuses().stream()
        .map(container -> container.getState().getWaiting())
        .filter(waiting -> waiting != null && waiting.getMessage() != null)
        .map(waiting ->
            "node "
                + pod.getSpec().getNodeName()
                + ": "
                + waiting.getReason()
                + ", "
                + waiting.getMessage());
  }

  /// The version that deployed the agents; empty: not deployed.
  public Optional<String> serverVersion() {
    DaemonSet daemonSet =
        cluster.call(() ->
            cluster
                .client()
                .apps()
                .daemonSets()
                .inNamespace(cluster.gadgetNamespace())
                .withName(NAME)
                .get());
    return Optional.ofNullable(daemonSet)
        .map(it -> it.getSpec().getTemplate().getMetadata().getAnnotations())
        .map(annotations -> annotations.get(VERSION));
  }

  /// Removes what [#apply] created, and waits until it is gone.
  ///
  /// @param progress receives one line per object
  /// @return whether there was anything to remove
  public boolean remove(String namespace, Consumer<String> progress, long timeoutNs)
      throws InterruptedException {
    List<HasMetadata> existing = new ArrayList<>();
    for (HasMetadata object : objects(allOptions(namespace)).reversed()) {
      HasMetadata found = cluster.call(() -> cluster.client().resource(object).get());
      if (found != null && (found instanceof Namespaced || isOurs(found))) {
        existing.add(found);
      }
    }
    for (HasMetadata object : existing) {
      progress.accept(
          "Removing " + object.getKind() + "/" + object.getMetadata().getName() + "...");
      var _ = cluster.call(() -> cluster.client().resource(object).delete());
    }
    awaitGone(existing, timeoutNs);
    return !existing.isEmpty();
  }

  /// Options with which [#objects] returns every object that a deploy can create.
  private static Options allOptions(String namespace) {
    return new Options("", namespace, "", "", Map.of(), Map.of(), true);
  }

  private void awaitGone(List<HasMetadata> objects, long timeoutNs) throws InterruptedException {
    long startNs = System.nanoTime();
    for (HasMetadata object : objects) {
      while (cluster.call(() -> cluster.client().resource(object).get()) != null) {
        if (System.nanoTime() - startNs > timeoutNs) {
          throw UserFacingException.cluster(
              object.getKind()
                  + "/"
                  + object.getMetadata().getName()
                  + " still exists: see kubectl get all -n "
                  + object.getMetadata().getNamespace());
        }
        TimeUnit.MILLISECONDS.sleep(POLL_MS);
      }
    }
  }
}
