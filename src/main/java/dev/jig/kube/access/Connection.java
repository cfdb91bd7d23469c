package dev.jig.kube.access;

import org.jspecify.annotations.Nullable;

/// All that is needed to ask an API server.
///
/// @param namespace of the context; null: it names none
public record Connection(
    Server server, Login login, Flags.Impersonation as, @Nullable String namespace) {

  /// Who is asked.
  ///
  /// @param authority who may have signed its certificate; null: whom the system trusts
  /// @param anyCertificate it may have any
  /// @param tlsName that in its certificate; null: its host
  record Server(
      String url,
      @Nullable Pem authority,
      boolean anyCertificate,
      @Nullable String tlsName,
      @Nullable String proxy) {}

  /// Who asks. What is null plays no part.
  ///
  /// @param name of the user in the kubeconfig, for messages
  record Login(
      String name,
      @Nullable Pem certificate,
      @Nullable Pem key,
      @Nullable TokenSource token,
      @Nullable ExecPlugin plugin) {}

  /// By the command line, KUBECONFIG and the rest of kubectl's rules. Nobody is asked yet.
  ///
  /// @param environment of this process
  /// @throws dev.jig.kube.ClusterProblem if there is none, or it makes no sense
  public static Connection of(Flags flags, java.util.Map<String, String> environment) {
    Kubeconfig kubeconfig = Kubeconfig.load(flags.kubeconfig(), environment);
    if (kubeconfig.isEmpty() && flags.server().url() == null) {
      InCluster inCluster = new InCluster(environment, InCluster.FOLDER);
      if (inCluster.isHere()) {
        return inCluster.connection(flags);
      }
    }
    return kubeconfig.connection(flags);
  }
}
