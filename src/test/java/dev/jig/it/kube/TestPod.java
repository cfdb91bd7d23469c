package dev.jig.it.kube;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A pod that looks up names, with the label `app` set to its name.
public final class TestPod {
  private TestPod() {}

  /// One lookup: a query and its response.
  public static String lookupScript(String name) {
    return "nslookup -type=a " + name + "; true";
  }

  /// Starts a pod that runs a script of busybox once, in its container `main`.
  public static void run(String namespace, String name, String script) {
    create(namespace, name, runOnce(shell("main", TestCluster.BUSYBOX, script)));
  }

  public static void create(String namespace, String name, PodSpec spec) {
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(namespace)
            .withLabels(Map.of("app", name))
            .endMetadata()
            .withSpec(spec)
            .build();
    TestCluster.client().resource(pod).create();
  }

  public static PodSpec runOnce(Container... containers) {
    return new PodSpecBuilder()
        .withRestartPolicy("Never")
        .withTerminationGracePeriodSeconds(0L)
        .withContainers(containers)
        .build();
  }

  public static Container shell(String name, String image, String script) {
    return new ContainerBuilder()
        .withName(name)
        .withImage(image)
        .withImagePullPolicy("IfNotPresent")
        .withCommand("sh", "-c", script)
        .build();
  }

  public static Pod awaitEnd(String namespace, String name) {
    return awaitPhase(namespace, name, List.of("Succeeded", "Failed"));
  }

  public static Pod awaitRunning(String namespace, String name) {
    return awaitPhase(namespace, name, List.of("Running"));
  }

  private static Pod awaitPhase(String namespace, String name, List<String> phases) {
    AtomicReference<@Nullable Pod> found = new AtomicReference<>();
    TestCluster.await(
        "pod " + name + " to be " + phases,
        () -> {
          Pod pod = TestCluster.client().pods().inNamespace(namespace).withName(name).get();
          found.set(pod);
          return pod != null
              && pod.getStatus() != null
              && phases.contains(pod.getStatus().getPhase());
        });
    return Objects.requireNonNull(found.get());
  }
}
