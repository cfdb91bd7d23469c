package dev.jig.container.cri;

import dev.jig.container.RuntimeKind;
import dev.jig.container.cri.LifecycleTracker.Inspection;
import dev.jig.container.cri.api.ContainerState;
import dev.jig.container.cri.api.CriContainer;
import dev.jig.container.cri.api.CriImage;
import dev.jig.container.cri.api.Sandbox;
import dev.jig.event.Container;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Inspects containers by CRI, with three calls for each: the container, its sandbox (the pod) and
/// its image. Caches the latter two. For one thread.
final class CriInspector {
  static final String POD_NAME = "io.kubernetes.pod.name";
  static final String POD_NAMESPACE = "io.kubernetes.pod.namespace";
  static final String POD_UID = "io.kubernetes.pod.uid";
  static final String CONTAINER_NAME = "io.kubernetes.container.name";
  private static final String SHA256 = "sha256:";
  private static final int MAX_CACHED = 10_000;

  /// @param sandboxId id of the sandbox, which is a container of its own
  private record Pod(Container.Pod pod, String sandboxId) {}

  private final RuntimeKind kind;
  private final CriApi api;
  private final Map<String, Pod> pods = new HashMap<>();
  private final Map<String, CriImage> images = new HashMap<>();

  CriInspector(RuntimeKind kind, CriApi api) {
    this.kind = kind;
    this.api = api;
  }

  /// All containers and sandboxes, exited ones too.
  CompletableFuture<List<Inspection>> listAll() {
    var sandboxes = api.sandboxes();
    var containers = api.containers();
    var images = api.images();
    return sandboxes
        .thenCompose(this::updatePods)
        .thenCombine(images, (_, list) -> cacheImages(list))
        .thenCombine(
            containers,
            (_, list) -> {
              List<Inspection> all = new ArrayList<>();
              pods.values().forEach(pod -> all.add(sandbox(pod)));
              list.forEach(container -> all.add(describe(container)));
              return all;
            });
  }

  /// A container or a sandbox by its full id; null if there is none.
  CompletableFuture<@Nullable Inspection> inspect(String id) {
    return api.containers(id)
        .thenCompose(found -> {
          for (CriContainer container : found) {
            if (container.getId().equals(id)) {
              return inspectContainer(container);
            }
          }
          return inspectSandbox(id);
        });
  }

  private CompletableFuture<@Nullable Inspection> inspectSandbox(String id) {
    return fetchPod(id)
        .thenApply(_ -> {
          Pod pod = pods.get(id);
          return pod == null ? null : sandbox(pod);
        });
  }

  private CompletableFuture<@Nullable Inspection> inspectContainer(CriContainer container) {
    return fetchPod(container.getPodSandboxId())
        .thenCombine(fetchImage(container), (_, _) -> describe(container));
  }

  private CompletableFuture<Void> fetchPod(String sandboxId) {
    if (pods.containsKey(sandboxId)) {
      return done();
    }
    return api.sandboxes(sandboxId)
        .thenCompose(
            found -> fetchPods(found.stream().filter(s -> s.getId().equals(sandboxId)).toList()));
  }

  /// Fetches new pods, and evicts those that are not in `sandboxes`.
  private CompletableFuture<Void> updatePods(List<Sandbox> sandboxes) {
    pods.keySet().retainAll(sandboxes.stream().map(Sandbox::getId).collect(Collectors.toSet()));
    return fetchPods(sandboxes);
  }

  private CompletableFuture<Void> fetchPods(List<Sandbox> sandboxes) {
    if (pods.size() > MAX_CACHED) {
      pods.clear();
    }
    List<CompletableFuture<Void>> fetches = new ArrayList<>();
    for (Sandbox sandbox : sandboxes) {
      if (!pods.containsKey(sandbox.getId())) {
        fetches.add(
            api.isOnHostNetwork(sandbox.getId())
                .thenAccept(host -> pods.put(sandbox.getId(), pod(sandbox, host))));
      }
    }
    return CompletableFuture.allOf(fetches.toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<Void> fetchImage(CriContainer container) {
    if (image(container) != null) {
      return done();
    }
    return api.images(reference(container)).thenAccept(this::cacheImages);
  }

  private Void cacheImages(List<CriImage> list) {
    if (images.size() > MAX_CACHED) {
      images.clear();
    }
    for (CriImage image : list) {
      images.put(image.getId(), image);
      image.getRepoDigestsList().forEach(digest -> images.put(digest, image));
    }
    return null;
  }

  private static CompletableFuture<Void> done() {
    return CompletableFuture.completedFuture(null);
  }

  private Inspection sandbox(Pod pod) {
    return new Inspection(
        new Container(kind.key(), pod.sandboxId(), null, null, null, Map.of(), pod.pod()), false);
  }

  private static Pod pod(Sandbox sandbox, boolean hostNetwork) {
    return new Pod(
        new Container.Pod(
            emptyToNull(sandbox.getMetadata().getNamespace()),
            emptyToNull(sandbox.getMetadata().getName()),
            emptyToNull(sandbox.getMetadata().getUid()),
            podLabels(sandbox.getLabelsMap()),
            null,
            hostNetwork),
        sandbox.getId());
  }

  /// The pod's own labels: without those that kubelet adds to find the pod.
  static Map<String, String> podLabels(Map<String, String> labels) {
    Map<String, String> podLabels = new HashMap<>(labels);
    podLabels.keySet().removeAll(List.of(POD_NAME, POD_NAMESPACE, POD_UID));
    return podLabels;
  }

  private Inspection describe(CriContainer container) {
    Map<String, String> labels = container.getLabelsMap();
    String name = labels.getOrDefault(CONTAINER_NAME, container.getMetadata().getName());
    Pod cached = pods.get(container.getPodSandboxId());
    Container.Pod pod =
        cached == null
            ? pod(labels, name)
            : new Container.Pod(
                cached.pod().namespace(),
                cached.pod().name(),
                cached.pod().uid(),
                cached.pod().labels(),
                emptyToNull(name),
                cached.pod().hostNetwork());
    CriImage image = image(container);
    return new Inspection(
        new Container(
            kind.key(),
            container.getId(),
            emptyToNull(name),
            emptyToNull(imageName(container, image)),
            digest(container, image),
            labels,
            pod),
        container.getState() == ContainerState.RUNNING);
  }

  /// The pod as a container's labels show it; null without a pod's name.
  static Container.@Nullable Pod pod(Map<String, String> labels, @Nullable String containerName) {
    String pod = labels.get(POD_NAME);
    return pod == null
        ? null
        : new Container.Pod(
            labels.get(POD_NAMESPACE), pod, labels.get(POD_UID), null, containerName, false);
  }

  private @Nullable CriImage image(CriContainer container) {
    CriImage byReference = images.get(container.getImageRef());
    return byReference == null ? images.get(container.getImage().getImage()) : byReference;
  }

  private static String reference(CriContainer container) {
    String reference = container.getImageRef();
    return reference.isEmpty() ? container.getImage().getImage() : reference;
  }

  /// The image's name: if kubelet gives its id, as it does once it resolved the name, then its
  /// first tag or digest.
  private static String imageName(CriContainer container, @Nullable CriImage image) {
    String specified = container.getImage().getUserSpecifiedImage();
    String name = specified.isEmpty() ? container.getImage().getImage() : specified;
    if (image == null || !isId(name)) {
      return name;
    }
    if (image.getRepoTagsCount() > 0) {
      return image.getRepoTags(0);
    }
    return image.getRepoDigestsCount() > 0 ? image.getRepoDigests(0) : name;
  }

  private static boolean isId(String image) {
    return image.startsWith(SHA256) || image.matches("[0-9a-f]{64}");
  }

  /// The digest under which the image was pulled; its id if it was not pulled.
  private static @Nullable String digest(CriContainer container, @Nullable CriImage image) {
    String reference =
        image != null && image.getRepoDigestsCount() > 0
            ? image.getRepoDigests(0)
            : container.getImageRef();
    String digest = reference.substring(reference.indexOf('@') + 1);
    if (digest.startsWith(SHA256)) {
      return digest;
    }
    return isId(digest) ? SHA256 + digest : null;
  }

  static @Nullable String emptyToNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
