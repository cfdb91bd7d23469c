package dev.jig.kube;

import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.LocalPortForward;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The cluster of the user's kubeconfig, and the agents in it.
public final class Cluster implements AutoCloseable {
  static final String LABEL = "app.kubernetes.io/name";
  static final String LABEL_VALUE = "jig";

  /// 1.2.840.10045.2.1 in DER: a PKCS #8 key on an elliptic curve.
  private static final byte[] EC_PUBLIC_KEY = {
    6, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1
  };

  /// More are not looked at to tell whether any matches.
  private static final long PODS_LOOKED_AT = 500;

  private static final int FORBIDDEN = 403;
  private static final int UNAUTHORIZED = 401;

  /// How to reach it.
  ///
  /// @param kubeconfig a file; null: by kubectl's rules
  /// @param context null: the kubeconfig's current one
  /// @param namespace where agents live
  public record Access(
      @Nullable String kubeconfig, @Nullable String context, String namespace, String user) {}

  /// An agent's pod.
  ///
  /// @param uid tells one pod from the next of the same name
  /// @param ready whether its probe says so
  record Agent(String node, String pod, String uid, boolean ready) {}

  private final Access access;
  private final KubernetesClient client;

  private Cluster(Access access, KubernetesClient client) {
    this.access = access;
    this.client = client;
  }

  /// Reads the kubeconfig; nobody is asked yet.
  ///
  /// @throws ClusterProblem if there is no usable kubeconfig
  public static Cluster open(Access access) {
    if (access.kubeconfig() != null) {
      System.setProperty(Config.KUBERNETES_KUBECONFIG_FILE, access.kubeconfig());
    }
    try {
      ConfigBuilder config = new ConfigBuilder(Config.autoConfigure(access.context()));
      if (!access.user().isEmpty()) {
        config.withImpersonateUsername(access.user());
      }
      if (isOnEllipticCurve(config.getClientKeyData())) {
        config.withClientKeyAlgo("EC");
      }
      return new Cluster(access, new KubernetesClientBuilder().withConfig(config.build()).build());
    } catch (KubernetesClientException e) {
      throw problem(e);
    }
  }

  /// The client library looks for an RSA key otherwise.
  private static boolean isOnEllipticCurve(@Nullable String keyData) {
    if (keyData == null) {
      return false;
    }
    try {
      String pem = new String(Base64.getDecoder().decode(keyData), StandardCharsets.US_ASCII);
      if (pem.contains("BEGIN EC PRIVATE KEY")) {
        return true;
      }
      byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]*-----", ""));
      for (int at = 0; at + EC_PUBLIC_KEY.length <= der.length; at++) {
        if (Arrays.equals(
            der, at, at + EC_PUBLIC_KEY.length, EC_PUBLIC_KEY, 0, EC_PUBLIC_KEY.length)) {
          return true;
        }
      }
    } catch (IllegalArgumentException e) {
      // no PEM: the client library says so
    }
    return false;
  }

  KubernetesClient client() {
    return client;
  }

  /// Where agents live.
  public String gadgetNamespace() {
    return access.namespace();
  }

  /// The namespace the kubeconfig's context names, `default` if none.
  public String namespace() {
    return Objects.requireNonNullElse(client.getConfiguration().getNamespace(), "default");
  }

  /// The agents there are, those that are going left out.
  ///
  /// @throws ClusterProblem if they can't be listed
  List<Agent> agents() {
    return asking(() ->
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

  /// A port on this machine's loopback that leads to the agent.
  LocalPortForward forward(Agent agent) {
    return client
        .pods()
        .inNamespace(access.namespace())
        .withName(agent.pod())
        .portForward(NodeAgent.PORT);
  }

  /// The API server is asked beforehand: a forwarded port can't say why it does not work. Who may
  /// do it is told that this is no connection to upgrade; who may not, what is missing.
  ///
  /// @throws ClusterProblem if the user may not reach agents
  void requireForwarding() {
    String pods = "/api/v1/namespaces/" + access.namespace() + "/pods/";
    String agent = agents().stream().map(Agent::pod).findFirst().orElse("any");
    try {
      client.raw(pods + agent + "/portforward", "GET", null);
    } catch (KubernetesClientException e) {
      if (e.getCode() == FORBIDDEN || e.getCode() == UNAUTHORIZED) {
        throw problem(e);
      }
    }
  }

  /// Whether a pod is there that a trace would show; also true where the user may not look.
  public boolean hasPod(ClusterTrace.Request request) {
    ClusterTrace.Request.PodNames wanted = request.pods();
    ListOptions options =
        new ListOptionsBuilder()
            .withLabelSelector(wanted.selector().isEmpty() ? null : wanted.selector())
            .withFieldSelector(wanted.pod().isEmpty() ? null : "metadata.name=" + wanted.pod())
            .withLimit(PODS_LOOKED_AT)
            .build();
    try {
      PodList found =
          wanted.namespace().isEmpty()
              ? client.pods().inAnyNamespace().list(options)
              : client.pods().inNamespace(wanted.namespace()).list(options);
      String more = found.getMetadata().getContinue();
      return (more != null && !more.isEmpty())
          || found.getItems().stream().anyMatch(request::mayShow);
    } catch (KubernetesClientException e) {
      return true;
    }
  }

  /// Asks the API server.
  ///
  /// @throws ClusterProblem if it refuses or can't be reached
  <T> T asking(Supplier<T> question) {
    try {
      return question.get();
    } catch (KubernetesClientException e) {
      throw problem(e);
    }
  }

  static ClusterProblem problem(KubernetesClientException e) {
    String said =
        Optional.ofNullable(e.getStatus())
            .map(status -> status.getMessage())
            .orElse(String.valueOf(e.getMessage()));
    return switch (e.getCode()) {
      case FORBIDDEN -> new ClusterProblem("Error from server (Forbidden): " + said, e);
      case UNAUTHORIZED ->
          new ClusterProblem(
              "the server does not know you: " + said + "; check the kubeconfig's user", e);
      case 0 -> new ClusterProblem("cannot reach the cluster: " + deepest(e), e);
      default -> new ClusterProblem("Error from server: " + said, e);
    };
  }

  private static String deepest(Throwable e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
  }

  @Override
  public void close() {
    client.close();
  }
}
