package dev.jig.kube;

import dev.jig.kube.access.ApiClient;
import dev.jig.kube.access.ClusterException;
import dev.jig.kube.access.ConnectionSettings;
import dev.jig.kube.access.ConnectionFlags;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The cluster of the user's kubeconfig, and the agents in it.
public final class Cluster implements AgentTransport, AutoCloseable {
  public static final String LABEL = "app.kubernetes.io/name";
  public static final String LABEL_VALUE = "jig";

  /// More are not looked at to tell whether any matches.
  private static final long MAX_PODS = 500;

  private static final int FORBIDDEN = 403;
  private static final int UNAUTHORIZED = 401;

  /// How to reach it.
  ///
  /// @param flags what the command line says of it
  /// @param namespace where agents live
  public record Access(ConnectionFlags flags, String namespace) {
    /// A kubeconfig as it is.
    ///
    /// @param kubeconfig null: by kubectl's rules
    /// @param context null: the current one
    /// @param user as whom, empty: as oneself
    public Access(
        @Nullable String kubeconfig, @Nullable String context, String namespace, String user) {
      this(ConnectionFlags.of(kubeconfig, context).impersonation(user), namespace);
    }
  }

  /// An agent's pod.
  ///
  /// @param uid tells one pod from the next of the same name
  /// @param ready whether its probe says so
  record Agent(String node, String pod, String uid, boolean ready) {}

  private final Access access;
  private final ApiClient api;
  private final KubernetesClient client;

  private Cluster(Access access, ApiClient api) {
    this.access = access;
    this.api = api;
    this.client = api.client();
  }

  /// Reads the kubeconfig; nobody is asked yet, but for its exec plugin.
  ///
  /// @throws ClusterException if there is no usable kubeconfig
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

  /// The namespace the kubeconfig's context names, `default` if none.
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

  /// The API server is asked beforehand: a forwarded port can't say why it does not work. Who may
  /// do it is told that this is no connection to upgrade; who may not, what is missing.
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

  /// Whether a pod is there that a trace would show; also true where the user may not look.
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

  /// Asks the API server.
  ///
  /// @throws ClusterException if it refuses or can't be reached
  public <T> T call(Supplier<T> question) {
    try {
      return question.get();
    } catch (KubernetesClientException e) {
      throw errors().toException(e);
    }
  }

  /// From what the client library throws to a sentence that names the server.
  public ApiErrors errors() {
    return new ApiErrors(api.url(), api.requestTimeoutMs(), api.expiredCertificate());
  }

  public static ClusterException toException(KubernetesClientException e) {
    return new ApiErrors("", 0, null).toException(e);
  }

  @Override
  public void close() {
    api.close();
  }
}
