package dev.jig.kube.access;

import dev.jig.event.UserFacingException;
import org.jspecify.annotations.Nullable;

/// Everything needed to connect to an API server.
///
/// @param namespace of the context; null: none
public record ConnectionSettings(
    Server server,
    Credentials credentials,
    ConnectionFlags.Impersonation impersonation,
    @Nullable String namespace) {

  /// The API server.
  ///
  /// @param certificateAuthority null: the system's
  /// @param insecure any certificate is accepted
  /// @param tlsServerName the name in its certificate; null: the URL's host
  record Server(
      String url,
      @Nullable Pem certificateAuthority,
      boolean insecure,
      @Nullable String tlsServerName,
      @Nullable String proxyUrl) {}

  /// The user's credentials, each null if not used.
  ///
  /// @param userName the user's name in the kubeconfig, for messages
  record Credentials(
      String userName,
      @Nullable Pem certificate,
      @Nullable Pem key,
      @Nullable TokenSource token,
      @Nullable ExecPlugin plugin) {}

  /// Resolves the settings from flags, KUBECONFIG and the pod's service account by kubectl's rules.
  /// Does not connect.
  ///
  /// @param environment this process's
  /// @throws UserFacingException if there is no kubeconfig, or it is invalid
  public static ConnectionSettings resolve(
      ConnectionFlags flags, java.util.Map<String, String> environment) {
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
