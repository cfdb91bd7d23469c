package dev.jig.kube;

import dev.jig.kube.access.ClusterProblem;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// From what the client library throws to a sentence, as kubectl would say it.
///
/// @param url of the API server, empty where it need not be said
/// @param expired our certificate's sentence if its time is over, else null
public record ApiFailure(String url, int requestTimeoutMs, @Nullable String expired) {
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  public ClusterProblem problem(KubernetesClientException e) {
    if (e.getCode() <= 0 && e.getStatus() == null) {
      return new ClusterProblem(
          "cannot reach the cluster"
              + (url.isEmpty() ? "" : " at " + url)
              + ": "
              + unreachable(e)
              + doubt(),
          e);
    }
    String said =
        Optional.ofNullable(e.getStatus())
            .map(status -> status.getMessage())
            .orElse(String.valueOf(e.getMessage()));
    return new ClusterProblem(
        switch (e.getCode()) {
          case FORBIDDEN -> "Error from server (Forbidden): " + said;
          case UNAUTHORIZED ->
              "the server does not know you: "
                  + said
                  + (expired == null ? "; check the kubeconfig's user" : doubt());
          default -> "Error from server" + reason(e) + ": " + said;
        },
        e);
  }

  private String doubt() {
    return expired == null ? "" : "; " + expired;
  }

  private static String reason(KubernetesClientException e) {
    return Optional.ofNullable(e.getStatus())
        .map(status -> status.getReason())
        .filter(reason -> !reason.isEmpty())
        .map(reason -> " (" + reason + ")")
        .orElse("");
  }

  private String unreachable(Throwable thrown) {
    for (Throwable e = thrown; e != null; e = e.getCause()) {
      String sentence = sentence(e);
      if (!sentence.isEmpty()) {
        return sentence;
      }
    }
    return isRefused(thrown) ? "connection refused" : deepest(thrown);
  }

  /// Empty if its cause says more.
  private String sentence(Throwable e) {
    return switch (e) {
      case CertificateExpiredException _ -> "its certificate has expired, " + e.getMessage();
      case CertificateNotYetValidException _ ->
          "its certificate is not valid yet, " + e.getMessage();
      case UnknownHostException _ -> "no such host";
      case UnresolvedAddressException _ -> "no such host";
      case HttpTimeoutException _ -> silent();
      case TimeoutException _ -> silent();
      case CertPathBuilderException _ ->
          "its certificate is signed by an authority that is not trusted; the kubeconfig's"
              + " certificate-authority says which is";
      default -> "";
    };
  }

  /// Java's HTTP client says no more than that the connection was not made.
  private static boolean isRefused(Throwable thrown) {
    return thrown instanceof ConnectException
        || thrown.getCause() != null && isRefused(thrown.getCause());
  }

  private String silent() {
    return requestTimeoutMs == 0
        ? "no answer"
        : "no answer within " + requestTimeoutMs / 1_000.0 + " s (--request-timeout)";
  }

  private static String deepest(Throwable e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
  }
}
