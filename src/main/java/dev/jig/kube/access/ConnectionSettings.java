package dev.jig.kube.access;

import org.jspecify.annotations.Nullable;

/// All that is needed to ask an API server.
///
/// @param namespace of the context; null: it names none
public record ConnectionSettings(
    Server server, Credentials credentials, ConnectionFlags.Impersonation impersonation, @Nullable String namespace) {

  /// Who is asked.
  ///
  /// @param certificateAuthority who may have signed its certificate; null: whom the system trusts
  /// @param insecure it may have any
  /// @param tlsServerName that in its certificate; null: its host
  record Server(
      String url,
      @Nullable Pem certificateAuthority,
      boolean insecure,
      @Nullable String tlsServerName,
      @Nullable String proxyUrl) {}

  /// Who asks. What is null plays no part.
  ///
  /// @param userName of the user in the kubeconfig, for messages
  record Credentials(
      String userName,
      @Nullable Pem certificate,
      @Nullable Pem key,
      @Nullable TokenSource token,
      @Nullable ExecPlugin plugin) {}

  /// By the command line, KUBECONFIG and the rest of kubectl's rules. Nobody is asked yet.
  ///
  /// @param environment of this process
  /// @throws dev.jig.kube.ClusterException if there is none, or it makes no sense
  public static ConnectionSettings resolve(ConnectionFlags flags, java.util.Map<String, String> environment) {
    Kubeconfig kubeconfig = Kubeconfig.load(flags.kubeconfig(), environment);
    if (kubeconfig.isEmpty() && flags.server().url() == null) {
      InClusterConfig inCluster = new InClusterConfig(environment, InClusterConfig.SERVICE_ACCOUNT);
      if (inCluster.isAvailable()) {
        return inCluster.connectionSettings(flags);
      }
    }
    return kubeconfig.connectionSettings(flags);
  }
}
