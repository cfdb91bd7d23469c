package dev.jig.kube;

import dev.jig.event.UserFacingException;
import dev.jig.kube.access.ApiClient;
import dev.jig.kube.access.ConnectionFlags;
import dev.jig.kube.access.ConnectionSettings;
import dev.jig.wire.AgentPort;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.LocalPortForward;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The cluster of the user's kubeconfig, and its agents.
public final class Cluster implements AgentTransport, AutoCloseable {
  public static final String LABEL = "app.kubernetes.io/name";
  public static final String LABEL_VALUE = "jig";

  /// Bound of [#hasMatchingPod]: of a longer list the rest counts as matching.
  private static final long MAX_PODS = 500;

  private static final int FORBIDDEN = 403;
  private static final int UNAUTHORIZED = 401;

  /// How to connect.
  ///
  /// @param flags kubectl's connection flags
  /// @param namespace the agents'
  public record Access(ConnectionFlags flags, String namespace) {
    /// A kubeconfig without further flags.
    ///
    /// @param kubeconfig null: by kubectl's rules
    /// @param context null: the current one
    /// @param user user to impersonate; empty: none
    public Access(
        @Nullable String kubeconfig, @Nullable String context, String namespace, String user) {
      this(ConnectionFlags.of(kubeconfig, context).impersonation(user), namespace);
    }
  }

  /// An agent's pod.
  ///
  /// @param uid distinguishes pods of the same name
  /// @param ready the pod's Ready condition
  record Agent(String node, String pod, String uid, boolean ready) {}

  private final Access access;
  private final ApiClient api;
  private final KubernetesClient client;

  private Cluster(Access access, ApiClient api) {
    this.access = access;
    this.api = api;
    this.client = api.client();
  }

  /// Reads the kubeconfig and runs its exec plugin, if any; does not connect yet.
  ///
  /// @throws UserFacingException if there is no usable kubeconfig
  public static Cluster open(Access access) {
    ConnectionSettings connection = ConnectionSettings.resolve(access.flags(), System.getenv());
    return new Cluster(access, ApiClient.open(connection, access.flags().requestTimeoutMs()));
  }

  public KubernetesClient client() {
    return client;
  }

  @Override
  public String gadgetNamespace() {
    return access.namespace();
  }

  /// The namespace of the kubeconfig's context; `default` if it has none.
  public String namespace() {
    return api.namespace();
  }

  @Override
  public List<Agent> listAgents() {
    return call(() ->
        client
            .pods()
            .inNamespace(access.namespace())
            .withLabel(LABEL, LABEL_VALUE)
            .list()
            .getItems()
            .stream()
            .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
            .filter(pod -> pod.getSpec().getNodeName() != null)
            .map(Cluster::agent)
            .toList());
  }

  private static Agent agent(Pod pod) {
    boolean ready =
        pod.getStatus().getConditions().stream()
            .anyMatch(it -> it.getType().equals("Ready") && it.getStatus().equals("True"));
    return new Agent(
        pod.getSpec().getNodeName(),
        pod.getMetadata().getName(),
        pod.getMetadata().getUid(),
        ready);
  }

  @Override
  public Set<String> listNodes() {
    try {
      return client.nodes().list().getItems().stream()
          .map(node -> node.getMetadata().getName())
          .collect(Collectors.toUnmodifiableSet());
    } catch (KubernetesClientException e) {
      return Set.of();
    }
  }

  @Override
  public PortForward forwardPort(Agent agent) {
    LocalPortForward forward =
        client
            .pods()
            .inNamespace(access.namespace())
            .withName(agent.pod())
            .portForward(AgentPort.DEFAULT);
    return new PortForward() {
      @Override
      public int port() {
        return forward.getLocalPort();
      }

      @Override
      public void close() throws IOException {
        forward.close();
      }
    };
  }

  /// Sends a plain GET for the port-forward, since a forwarded port gives no reason when it fails.
  /// With the permission the API server responds that an upgrade is required, without it 403.
  @Override
  public void requirePortForwardPermission() {
    String pods = "/api/v1/namespaces/" + access.namespace() + "/pods/";
    String agent = listAgents().stream().map(Agent::pod).findFirst().orElse("any");
    try {
      client.raw(pods + agent + "/portforward", "GET", null);
    } catch (KubernetesClientException e) {
      if (e.getCode() == FORBIDDEN || e.getCode() == UNAUTHORIZED) {
        throw errors().toException(e);
      }
    }
  }

  /// Whether a pod exists that the trace would show; true if the user may not list pods.
  public boolean hasMatchingPod(ClusterTrace.Request request) {
    ClusterTrace.Request.PodSelection wanted = request.pods();
    ListOptions options =
        new ListOptionsBuilder()
            .withLabelSelector(wanted.selector().isEmpty() ? null : wanted.selector())
            .withFieldSelector(wanted.pod().isEmpty() ? null : "metadata.name=" + wanted.pod())
            .withLimit(MAX_PODS)
            .build();
    try {
      PodList found =
          wanted.namespace().isEmpty()
              ? client.pods().inAnyNamespace().list(options)
              : client.pods().inNamespace(wanted.namespace()).list(options);
      String more = found.getMetadata().getContinue();
      return (more != null && !more.isEmpty())
          || found.getItems().stream().anyMatch(request::mayMatch);
    } catch (KubernetesClientException e) {
      return true;
    }
  }

  /// Runs a request to the API server.
  ///
  /// @throws UserFacingException if it fails
  public <T> T call(Supplier<T> request) {
    try {
      return request.get();
    } catch (KubernetesClientException e) {
      throw errors().toException(e);
    }
  }

  /// Translates exceptions to sentences that name the server.
  public ApiErrors errors() {
    return new ApiErrors(api.url(), api.requestTimeoutMs(), api.expiredCertificate());
  }

  public static UserFacingException toException(KubernetesClientException e) {
    return new ApiErrors("", 0, null).toException(e);
  }

  @Override
  public void close() {
    api.close();
  }
}
