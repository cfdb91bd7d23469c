package dev.jig.kube.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.jig.container.RuntimeKind;
import dev.jig.event.UserFacingException;
import dev.jig.kube.Cluster;
import dev.jig.kube.FakeApiServer;
import dev.jig.kube.access.ConnectionFlags;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The requests of deploy and undeploy, to an API server that stores objects by path.
final class InstallationTest {
  private static final String DAEMON_SETS = "/apis/apps/v1/daemonsets";
  private static final String NAMESPACE = "/api/v1/namespaces/gadget";
  private static final String DAEMON_SET = "/apis/apps/v1/namespaces/gadget/daemonsets/jig-agent";
  private static final Installation.Options CHOICE =
      new Installation.Options(
          "1.2.3",
          "gadget",
          "registry.example.org/jig:1",
          "Always",
          Map.of(),
          Map.of(RuntimeKind.CONTAINERD, Path.of("/run/containerd/containerd.sock")),
          false);

  private final Map<String, String> objects = new ConcurrentHashMap<>();
  private final FakeApiServer server = new FakeApiServer(this::store);
  private final List<String> progress = new ArrayList<>();

  private void store(HttpExchange exchange) throws IOException, InterruptedException {
    String path = exchange.getRequestURI().getPath();
    FakeApiServer.Behaviour answer =
        switch (exchange.getRequestMethod()) {
          case "PATCH" -> {
            String applied = server.requests().getLast().body();
            objects.put(path, applied);
            yield FakeApiServer.json(200, applied);
          }
          case "DELETE" -> {
            objects.remove(path);
            yield FakeApiServer.json(200, "{\"kind\":\"Status\",\"status\":\"Success\"}");
          }
          default -> {
            String object = objects.get(path);
            yield object == null
                ? FakeApiServer.status(404, "NotFound", path + " not found")
                : FakeApiServer.json(200, object);
          }
        };
    answer.answer(exchange);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void appliesEveryObjectServerSide() {
    noAgentsElsewhere();

    apply();

    assertThat(progress)
        .containsExactly(
            "Creating Namespace/gadget...",
            "Creating ServiceAccount/jig-agent...",
            "Creating NetworkPolicy/jig-agent...",
            "Creating DaemonSet/jig-agent...");
    assertThat(server.requests())
        .filteredOn(request -> request.method().equals("PATCH"))
        .hasSize(4)
        .allSatisfy(request -> {
          assertThat(request.path()).contains("fieldManager=kubectl-gadget", "force=true");
          assertThat(request.header("Content-type")).isEqualTo("application/apply-patch+yaml");
        });
    try (Cluster cluster = cluster()) {
      assertThat(new Installation(cluster).serverVersion()).contains("v1.2.3");
    }
  }

  @Test
  void refusesASecondInstanceBeforeCreatingAnything() {
    objects.put(
        DAEMON_SETS,
        """
        {"kind":"DaemonSetList","apiVersion":"apps/v1","metadata":{},"items":[
          {"metadata":{"name":"jig-agent","namespace":"tracing"}}]}
        """);

    assertThatThrownBy(this::apply)
        .isInstanceOf(UserFacingException.class)
        .hasMessageStartingWith("agents are deployed in namespace \"tracing\" already")
        .hasMessageEndingWith("run kubectl gadget undeploy --gadget-namespace tracing first");

    assertThat(server.requests()).allMatch(request -> request.method().equals("GET"));
  }

  @Test
  void deploysWithoutTheRightToListAllNamespaces() {
    server.behave(exchange -> {
      if (exchange.getRequestURI().getPath().equals(DAEMON_SETS)) {
        FakeApiServer.status(403, "Forbidden", "no").answer(exchange);
      } else {
        store(exchange);
      }
    });

    apply();

    assertThat(objects).containsKey(DAEMON_SET);
  }

  @Test
  void reportsAForbiddenObjectInTheServersWords() {
    String message =
        "serviceaccounts \"jig-agent\" is forbidden: User \"dev\" cannot patch resource"
            + " \"serviceaccounts\" in API group \"\" in the namespace \"gadget\"";
    noAgentsElsewhere();
    server.behave(exchange -> {
      if (exchange.getRequestURI().getPath().endsWith("/serviceaccounts/jig-agent")) {
        FakeApiServer.status(403, "Forbidden", message).answer(exchange);
      } else {
        store(exchange);
      }
    });

    assertThatThrownBy(this::apply)
        .isInstanceOf(UserFacingException.class)
        .hasMessage("Error from server (Forbidden): " + message);
  }

  @Test
  void leavesAnExistingNamespaceUnchanged() throws InterruptedException {
    noAgentsElsewhere();
    String existing =
        "{\"kind\":\"Namespace\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"gadget\"}}";
    objects.put(NAMESPACE, existing);

    apply();
    boolean removed = remove();

    assertThat(removed).isTrue();
    assertThat(objects).containsOnlyKeys(DAEMON_SETS, NAMESPACE).containsEntry(NAMESPACE, existing);
  }

  @Test
  void undeployRemovesExactlyWhatDeployCreated() throws InterruptedException {
    noAgentsElsewhere();
    apply();
    objects.put("/api/v1/namespaces/other", "{}");
    progress.clear();

    assertThat(remove()).isTrue();

    assertThat(objects).containsOnlyKeys(DAEMON_SETS, "/api/v1/namespaces/other");
    assertThat(progress).first().isEqualTo("Removing DaemonSet/jig-agent...");
    assertThat(progress).last().isEqualTo("Removing Namespace/gadget...");
    assertThat(remove()).isFalse();
  }

  @Test
  void reportsEachRolloutProblemOnce() throws InterruptedException {
    objects.put(
        DAEMON_SET,
        """
        {"kind":"DaemonSet","apiVersion":"apps/v1","metadata":{"name":"jig-agent","generation":2},
         "status":{"observedGeneration":2,"desiredNumberScheduled":3,"numberReady":3,
         "updatedNumberScheduled":1}}
        """);
    objects.put(
        "/api/v1/namespaces/gadget/pods",
        """
        {"kind":"PodList","apiVersion":"v1","metadata":{},"items":[
          {"metadata":{"name":"a"},"spec":{"nodeName":"node-1"},"status":{"containerStatuses":[
            {"state":{"waiting":{"reason":"ErrImagePull","message":"no such image"}}}]}},
          {"metadata":{"name":"b"},"spec":{"nodeName":"node-2"},"status":{"containerStatuses":[
            {"state":{"waiting":{"reason":"ContainerCreating"}}}]}}]}
        """);

    try (Cluster cluster = cluster()) {
      Installation.Rollout rollout =
          new Installation(cluster)
              .awaitRollout("gadget", TimeUnit.MILLISECONDS.toNanos(1_200), progress::add);

      assertThat(rollout).isEqualTo(new Installation.Rollout(3, 1, false));
      assertThat(progress).containsExactly("node node-1: ErrImagePull, no such image");
    }
  }

  private void noAgentsElsewhere() {
    objects.put(
        DAEMON_SETS, "{\"kind\":\"DaemonSetList\",\"apiVersion\":\"apps/v1\",\"items\":[]}");
  }

  private void apply() {
    try (Cluster cluster = cluster()) {
      new Installation(cluster).apply(CHOICE, progress::add);
    }
  }

  private boolean remove() throws InterruptedException {
    try (Cluster cluster = cluster()) {
      return new Installation(cluster)
          .remove("gadget", progress::add, TimeUnit.SECONDS.toNanos(30));
    }
  }

  private Cluster cluster() {
    ConnectionFlags plain = ConnectionFlags.of("/dev/null", null);
    ConnectionFlags flags =
        new ConnectionFlags(
            plain.kubeconfig(),
            null,
            null,
            null,
            new ConnectionFlags.ServerFlags(server.url(), null, false, null),
            plain.credentials(),
            plain.impersonation(),
            null);
    return Cluster.open(new Cluster.Access(flags, "gadget"));
  }
}
