package dev.jig.cli;

import dev.jig.event.UserFacingException;
import dev.jig.fields.GoDuration;
import dev.jig.kube.Cluster;
import dev.jig.kube.access.ConnectionFlags;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The connection flags of all `kubectl gadget` commands, with kubectl's names and meanings.
final class ClusterOptions {
  @Option(
      names = "--gadget-namespace",
      order = 70,
      paramLabel = "NAME",
      defaultValue = "gadget",
      description = "Namespace of the agents (default: ${DEFAULT-VALUE}).")
  String gadgetNamespace = "gadget";

  @Option(
      names = "--kubeconfig",
      order = 71,
      paramLabel = "FILE",
      description =
          "The kubeconfig (default: KUBECONFIG, ~/.kube/config, or the pod's service account).")
  @Nullable String kubeconfig;

  @Option(
      names = "--context",
      order = 72,
      paramLabel = "NAME",
      description = "Context of the kubeconfig (default: its current context).")
  @Nullable String context;

  @Option(
      names = "--cluster",
      order = 73,
      paramLabel = "NAME",
      description = "Cluster of the kubeconfig (default: the context's).")
  @Nullable String cluster;

  @Option(
      names = "--user",
      order = 74,
      paramLabel = "NAME",
      description = "User of the kubeconfig (default: the context's).")
  @Nullable String user;

  @Option(
      names = {"-s", "--server"},
      order = 75,
      paramLabel = "URL",
      description = "Address of the API server.")
  @Nullable String server;

  @Option(
      names = "--certificate-authority",
      order = 76,
      paramLabel = "FILE",
      description = "CA certificate that signed the API server's certificate.")
  @Nullable String certificateAuthority;

  @Option(
      names = "--tls-server-name",
      order = 77,
      paramLabel = "NAME",
      description = "Name in the API server's certificate (default: the host of its address).")
  @Nullable String tlsServerName;

  @Option(
      names = "--insecure-skip-tls-verify",
      order = 78,
      fallbackValue = "true",
      description = "Accept any certificate of the API server: the connection can be intercepted.")
  boolean insecureSkipTlsVerify;

  @Option(
      names = "--token",
      order = 79,
      paramLabel = "TOKEN",
      description = "Bearer token for the API server.")
  @Nullable String token;

  @Option(
      names = "--client-certificate",
      order = 80,
      paramLabel = "FILE",
      description = "Client certificate for the API server.")
  @Nullable String clientCertificate;

  @Option(
      names = "--client-key",
      order = 81,
      paramLabel = "FILE",
      description = "Private key of the client certificate.")
  @Nullable String clientKey;

  @Option(names = "--as", order = 82, paramLabel = "USER", description = "User to impersonate.")
  @Nullable String impersonatedUser;

  @Option(
      names = "--as-group",
      order = 83,
      paramLabel = "GROUP",
      description = "Group to impersonate; may repeat.")
  List<String> impersonatedGroups = List.of();

  @Option(names = "--as-uid", order = 84, paramLabel = "UID", description = "UID to impersonate.")
  @Nullable String impersonatedUid;

  @Option(
      names = "--request-timeout",
      order = 85,
      paramLabel = "DURATION",
      description = "Timeout of one API request; 0: none (default: 10s).")
  @Nullable String requestTimeout;

  /// Opens the cluster these flags select.
  ///
  /// @throws dev.jig.event.UserFacingException if there is no usable kubeconfig
  Cluster open() {
    ConnectionFlags flags =
        new ConnectionFlags(
            kubeconfig,
            context,
            cluster,
            user,
            new ConnectionFlags.ServerFlags(
                server, certificateAuthority, insecureSkipTlsVerify, tlsServerName),
            new ConnectionFlags.UserFlags(token, clientCertificate, clientKey),
            new ConnectionFlags.Impersonation(
                impersonatedUser, impersonatedGroups, impersonatedUid),
            requestTimeoutMs());
    return Cluster.open(new Cluster.Access(flags, gadgetNamespace));
  }

  /// A number without a unit is in seconds, as with kubectl. Null: the flag was not given.
  private @Nullable Integer requestTimeoutMs() {
    if (requestTimeout == null) {
      return null;
    }
    try {
      String text = requestTimeout.matches("\\d+") ? requestTimeout + "s" : requestTimeout;
      long timeoutMs = TimeUnit.NANOSECONDS.toMillis(GoDuration.parse(text));
      if (timeoutMs > 0 || timeoutMs == 0 && GoDuration.parse(text) == 0) {
        return Math.toIntExact(timeoutMs);
      }
    } catch (UserFacingException | ArithmeticException e) {
      // reported below
    }
    throw UserFacingException.usage(
        "\"" + requestTimeout + "\" is not a value of --request-timeout.",
        "Write a duration such as 30s or 1m; 0 is no limit.");
  }
}
