package dev.jig.kube;

import dev.jig.container.ContainerRuntime;
import dev.jig.container.RuntimeEvent;
import dev.jig.container.RuntimeKind;
import dev.jig.event.Container;
import dev.jig.event.Container.Pod;
import dev.jig.fixture.Cgroups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Pods without a cluster: cgroups with kubelet's paths to run programs in, and a container runtime
/// that resolves them.
final class PodCgroups implements ContainerRuntime {
  private final Path own;
  private final Map<String, Container> byId = new LinkedHashMap<>();
  private final Map<String, Path> directories = new LinkedHashMap<>();
  private @Nullable Consumer<RuntimeEvent> news;

  /// @param root of cgroup v2
  PodCgroups(Path root) throws IOException {
    own = Files.createTempDirectory(root, "jig-test-");
  }

  /// Creates a pod with one container and the label `app=POD`.
  void add(String namespace, String pod, String container) throws IOException {
    String uid = UUID.randomUUID().toString();
    String id = (UUID.randomUUID().toString() + UUID.randomUUID()).replace("-", "");
    directories.put(
        pod, Files.createDirectories(own.resolve("kubepods").resolve("pod" + uid).resolve(id)));
    var details = new Pod(namespace, pod, uid, Map.of("app", pod), container, false);
    byId.put(
        id,
        new Container(
            kind().key(), id, container, "registry.example.com/app:1", null, Map.of(), details));
  }

  /// A command line that runs `command` in a pod.
  List<String> within(String pod, List<String> command) {
    List<String> all = new ArrayList<>();
    all.addAll(List.of("sh", "-c", "echo $$ >\"$1\"; shift; exec \"$@\"", "sh"));
    all.add(String.valueOf(directories.get(pod)) + "/cgroup.procs");
    all.addAll(command);
    return all;
  }

  @Override
  public RuntimeKind kind() {
    return RuntimeKind.CONTAINERD;
  }

  @Override
  public void start(Consumer<RuntimeEvent> news) {
    this.news = news;
    byId.values().forEach(it -> news.accept(new RuntimeEvent.Inspected(it, true)));
    news.accept(new RuntimeEvent.Listed(byId.keySet()));
  }

  @Override
  public boolean canAnswer() {
    return true;
  }

  @Override
  public void inspect(String id) {
    Consumer<RuntimeEvent> to = news;
    if (to != null) {
      Container known = byId.get(id);
      to.accept(
          known == null ? new RuntimeEvent.NotFound(id) : new RuntimeEvent.Inspected(known, true));
    }
  }

  /// Ends the runtime; the cgroups stay until [#remove].
  @Override
  public void close() {
    news = null;
  }

  /// Removes the cgroups, which must be empty.
  void remove() throws IOException {
    Cgroups.remove(own);
  }
}
