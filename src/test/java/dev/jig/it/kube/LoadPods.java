package dev.jig.it.kube;

import dev.jig.fixture.CProgram;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// Pods with the load generator (src/test/c/load.c): servers, and clients for [#query].
public final class LoadPods {
  private static final int EXECUTABLE = 0755;
  private static final String LOAD = "load";
  private static final String PROGRAM = "/load/load";

  private LoadPods() {}

  /// Puts the program into a namespace. Static, it fits into a ConfigMap: no image is needed.
  public static void bringProgram(String namespace) throws IOException {
    byte[] program = Files.readAllBytes(CProgram.buildWithMusl(LOAD));
    TestCluster.client()
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName(LOAD)
                .withNamespace(namespace)
                .endMetadata()
                .withBinaryData(Map.of(LOAD, Base64.getEncoder().encodeToString(program)))
                .build())
        .create();
  }

  /// Creates a pod with servers on these ports.
  public static void serve(String namespace, String pod, String container, int... ports) {
    List<String> servers = new ArrayList<>();
    List<String> marks = new ArrayList<>();
    for (int port : ports) {
      servers.add(PROGRAM + " serve 0.0.0.0 " + port + " /tmp/" + port);
      marks.add("[ -e /tmp/" + port + " ]");
    }
    Container serving =
        withProgram(container, String.join(" & ", servers) + " & wait")
            .withNewReadinessProbe()
            .withPeriodSeconds(1)
            .withNewExec()
            .withCommand("sh", "-c", String.join(" && ", marks))
            .endExec()
            .endReadinessProbe()
            .build();
    create(namespace, pod, serving);
  }

  /// Creates a pod for [#query].
  public static void ask(String namespace, String pod, String container) {
    create(namespace, pod, withProgram(container, "exec sleep 3600").build());
  }

  public static void awaitReady(String namespace, String pod) {
    TestCluster.kubectl(
        "-n", namespace, "wait", "--for=condition=Ready", "pod", pod, "--timeout=60s");
  }

  public static String address(String namespace, String pod) {
    return TestCluster.client()
        .pods()
        .inNamespace(namespace)
        .withName(pod)
        .get()
        .getStatus()
        .getPodIP();
  }

  /// Sends queries at a rate, and returns `sent=N answered=N ns=N`.
  public static String query(
      String namespace, String pod, String server, int port, int perSecond, int seconds) {
    return TestCluster.kubectl(
        "-n",
        namespace,
        "exec",
        pod,
        "--",
        PROGRAM,
        "query",
        server,
        Integer.toString(port),
        Integer.toString(perSecond),
        Integer.toString(seconds));
  }

  private static ContainerBuilder withProgram(String name, String script) {
    return new ContainerBuilder(TestPod.shell(name, TestCluster.BUSYBOX, script))
        .addNewVolumeMount()
        .withName(LOAD)
        .withMountPath("/load")
        .endVolumeMount();
  }

  private static void create(String namespace, String pod, Container container) {
    TestPod.create(
        namespace,
        pod,
        new PodSpecBuilder(TestPod.runOnce(container))
            .addNewVolume()
            .withName(LOAD)
            .withNewConfigMap()
            .withName(LOAD)
            .withDefaultMode(EXECUTABLE)
            .endConfigMap()
            .endVolume()
            .build());
  }
}
