package dev.jig.kube.deploy;

import dev.jig.kube.Cluster;
import dev.jig.kube.access.ClusterException;
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

/// The agents on a cluster: deploy/agent.yaml with what the user chose, applied and taken away.
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

  /// What the user chose.
  ///
  /// @param version of this program
  /// @param pullPolicy Always, IfNotPresent or Never
  /// @param sockets runtime to path on the node
  /// @param resolveEndpoints whether agents may list pods and services, to name addresses
  public record Options(
      String version,
      String namespace,
      String image,
      String pullPolicy,
      Map<String, String> nodeSelector,
      Map<String, Path> sockets,
      boolean resolveEndpoints) {}

  private final Cluster cluster;

  public Installation(Cluster cluster) {
    this.cluster = cluster;
  }

  /// The objects, as they are applied.
  public static List<HasMetadata> objects(Options choice) {
    List<HasMetadata> objects = new ArrayList<>();
    for (String document : readManifests().split("(?m)^---$", -1)) {
      HasMetadata object = (HasMetadata) Objects.requireNonNull(YAML.<Object>unmarshal(document));
      if (isForResolveEndpoints(object) && !choice.resolveEndpoints()) {
        continue;
      }
      if (object instanceof Namespace) {
        object.getMetadata().setName(choice.namespace());
      } else if (object instanceof Namespaced) {
        object.getMetadata().setNamespace(choice.namespace());
      }
      if (object instanceof ClusterRoleBinding binding) {
        binding.getSubjects().forEach(subject -> subject.setNamespace(choice.namespace()));
      }
      if (object instanceof DaemonSet daemonSet) {
        var template = daemonSet.getSpec().getTemplate();
        template.getMetadata().setAnnotations(Map.of(VERSION, "v" + choice.version()));
        applyOptions(template.getSpec(), choice);
      }
      objects.add(object);
    }
    return objects;
  }

  /// Whether it is there for --resolve-endpoints alone.
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

  private static void applyOptions(PodSpec pod, Options choice) {
    Container agent = pod.getContainers().getFirst();
    agent.setImage(choice.image());
    agent.setImagePullPolicy(choice.pullPolicy());
    Map<String, String> selector = new LinkedHashMap<>(pod.getNodeSelector());
    selector.putAll(choice.nodeSelector());
    pod.setNodeSelector(selector);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "agent",
                "--node=$(NODE_NAME)",
                "--runtimes=" + String.join(",", choice.sockets().keySet())));
    choice.sockets().forEach((runtime, socket) -> arguments.add(flag(runtime) + "=" + socket));
    if (choice.resolveEndpoints()) {
      arguments.add("--" + RESOLVE_ENDPOINTS);
      pod.setAutomountServiceAccountToken(true);
    }
    agent.setArgs(arguments);
    mountFolders(pod, agent, choice);
  }

  private static String flag(String runtime) {
    return "--" + runtime.replace("-", "") + "-socketpath";
  }

  /// A socket's folder, not the socket: the runtime makes a new one when it starts anew.
  private static void mountFolders(PodSpec pod, Container agent, Options choice) {
    Set<String> folders = new LinkedHashSet<>();
    choice.sockets().values().forEach(socket -> folders.add(String.valueOf(socket.getParent())));
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
  public static String toYaml(Options choice) {
    StringBuilder text = new StringBuilder();
    for (HasMetadata object : objects(choice)) {
      String document = YAML.asYaml(object);
      text.append(document.startsWith("---") ? "" : "---\n").append(document);
    }
    return text.toString();
  }

  /// Makes the objects, or changes those that are there.
  ///
  /// @param progress told of each object
  /// @throws ClusterException if the cluster refuses, or has agents in another namespace
  public void apply(Options choice, Consumer<String> progress) {
    requireNoOtherInstance(choice.namespace());
    for (HasMetadata object : objects(choice)) {
      if (object instanceof Namespace namespace && existsAndIsNotOurs(namespace)) {
        continue; // the user's own stays as it is
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
    if (!choice.resolveEndpoints()) {
      removeOptional(choice.namespace(), progress);
    }
  }

  /// What an earlier deploy made for an option that is not chosen any more.
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
        return false; // who may not look cannot have made it
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
        return; // who may not look elsewhere can't be told
      }
      throw cluster.errors().toException(e);
    }
    if (other.isPresent()) {
      throw new ClusterException(
          "agents are deployed in namespace \""
              + other.get()
              + "\" already: a second instance would trace every node twice; run kubectl gadget"
              + " undeploy --gadget-namespace "
              + other.get()
              + " first");
    }
  }

  /// How far the agents are.
  ///
  /// @param wanted nodes that are to have one
  /// @param ready nodes whose agent of this version is ready
  public record Rollout(int wanted, int ready, boolean done) {}

  /// Waits until every node's agent is ready.
  ///
  /// @param trouble told at once what keeps an agent from it, and each thing once
  /// @return how far they are when all are, or when the time is over
  public Rollout awaitRollout(String namespace, long timeoutNs, Consumer<String> trouble)
      throws InterruptedException {
    long startNs = System.nanoTime();
    Set<String> told = new HashSet<>();
    Rollout now = rollout(namespace);
    while (!now.done() && System.nanoTime() - startNs < timeoutNs) {
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
      problems(namespace).stream().filter(told::add).forEach(trouble);
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

  /// Why agents are not ready, as far as their pods tell.
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

  /// The version the agents were deployed as; empty if there are none.
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

  /// Takes away what [#apply] made.
  ///
  /// @param progress told of each object
  /// @return whether there was anything
  public boolean remove(String namespace, Consumer<String> progress, long timeoutNs)
      throws InterruptedException {
    List<HasMetadata> there = new ArrayList<>();
    for (HasMetadata object : objects(allOptions(namespace)).reversed()) {
      HasMetadata found = cluster.call(() -> cluster.client().resource(object).get());
      if (found != null && (found instanceof Namespaced || isOurs(found))) {
        there.add(found);
      }
    }
    for (HasMetadata object : there) {
      progress.accept(
          "Removing " + object.getKind() + "/" + object.getMetadata().getName() + "...");
      var _ = cluster.call(() -> cluster.client().resource(object).delete());
    }
    awaitGone(there, timeoutNs);
    return !there.isEmpty();
  }

  /// For the names of everything there can be.
  private static Options allOptions(String namespace) {
    return new Options("", namespace, "", "", Map.of(), Map.of(), true);
  }

  private void awaitGone(List<HasMetadata> objects, long timeoutNs) throws InterruptedException {
    long startNs = System.nanoTime();
    for (HasMetadata object : objects) {
      while (cluster.call(() -> cluster.client().resource(object).get()) != null) {
        if (System.nanoTime() - startNs > timeoutNs) {
          throw new ClusterException(
              object.getKind()
                  + "/"
                  + object.getMetadata().getName()
                  + " is not gone yet: see kubectl get all -n "
                  + object.getMetadata().getNamespace());
        }
        TimeUnit.MILLISECONDS.sleep(POLL_MS);
      }
    }
  }
}
