package dev.jig.cli;

import dev.jig.event.UsageException;
import dev.jig.fields.GoDuration;
import dev.jig.kube.Cluster;
import dev.jig.kube.access.Flags;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What all commands of `kubectl gadget` begin with: which cluster, in kubectl's words, and help.
final class ClusterOptions {
  @Option(
      names = "--gadget-namespace",
      order = 70,
      paramLabel = "NAME",
      defaultValue = "gadget",
      description = "Where the agents live (default: ${DEFAULT-VALUE}).")
  String gadgetNamespace = "gadget";

  @Option(
      names = "--kubeconfig",
      order = 71,
      paramLabel = "FILE",
      description = "The kubeconfig (default: KUBECONFIG, ~/.kube/config, or the pod's own).")
  @Nullable String kubeconfig;

  @Option(
      names = "--context",
      order = 72,
      paramLabel = "NAME",
      description = "Another than the kubeconfig's current context.")
  @Nullable String context;

  @Option(
      names = "--cluster",
      order = 73,
      paramLabel = "NAME",
      description = "Another cluster of the kubeconfig than the context's.")
  @Nullable String cluster;

  @Option(
      names = "--user",
      order = 74,
      paramLabel = "NAME",
      description = "Another user of the kubeconfig than the context's.")
  @Nullable String user;

  @Option(
      names = {"-s", "--server"},
      order = 75,
      paramLabel = "URL",
      description = "The API server's address.")
  @Nullable String server;

  @Option(
      names = "--certificate-authority",
      order = 76,
      paramLabel = "FILE",
      description = "Who signs the API server's certificate.")
  @Nullable String certificateAuthority;

  @Option(
      names = "--tls-server-name",
      order = 77,
      paramLabel = "NAME",
      description = "The name in the API server's certificate (default: its host).")
  @Nullable String tlsServerName;

  @Option(
      names = "--insecure-skip-tls-verify",
      order = 78,
      fallbackValue = "true",
      description = "Take any certificate for the API server's: anybody can listen in.")
  boolean insecureSkipTlsVerify;

  @Option(
      names = "--token",
      order = 79,
      paramLabel = "TOKEN",
      description = "A bearer token for the API server.")
  @Nullable String token;

  @Option(
      names = "--client-certificate",
      order = 80,
      paramLabel = "FILE",
      description = "Your certificate for the API server.")
  @Nullable String clientCertificate;

  @Option(
      names = "--client-key",
      order = 81,
      paramLabel = "FILE",
      description = "The key of your certificate.")
  @Nullable String clientKey;

  @Option(names = "--as", order = 82, paramLabel = "USER", description = "Act as this user.")
  @Nullable String impersonatedUser;

  @Option(
      names = "--as-group",
      order = 83,
      paramLabel = "GROUP",
      description = "Act as a member of this group; may repeat.")
  List<String> impersonatedGroups = List.of();

  @Option(names = "--as-uid", order = 84, paramLabel = "UID", description = "Act with this uid.")
  @Nullable String impersonatedUid;

  @Option(
      names = "--request-timeout",
      order = 85,
      paramLabel = "DURATION",
      description = "How long one answer may take, 0: any time (default: 10s).")
  @Nullable String requestTimeout;

  /// @throws dev.jig.kube.ClusterProblem if there is no usable kubeconfig
  Cluster open() {
    Flags flags =
        new Flags(
            kubeconfig,
            context,
            cluster,
            user,
            new Flags.OfServer(server, certificateAuthority, insecureSkipTlsVerify, tlsServerName),
            new Flags.OfUser(token, clientCertificate, clientKey),
            new Flags.Impersonation(impersonatedUser, impersonatedGroups, impersonatedUid),
            requestTimeoutMs());
    return Cluster.open(new Cluster.Access(flags, gadgetNamespace));
  }

  /// Whole seconds may stand without a unit, as with kubectl.
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
    } catch (UsageException | ArithmeticException e) {
      // said below
    }
    throw new UsageException(
        "\"" + requestTimeout + "\" is no value for --request-timeout.",
        "Write a duration such as 30s or 1m; 0 is without limit.");
  }
}
