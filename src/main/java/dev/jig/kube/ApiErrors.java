package dev.jig.kube;

import dev.jig.event.UserFacingException;
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

/// Translates the client library's exceptions to sentences like kubectl's.
///
/// @param url of the API server; empty: not shown
/// @param requestTimeoutMs 0: none
/// @param expiredCertificate a sentence if the user's certificate has expired, else null
public record ApiErrors(String url, int requestTimeoutMs, @Nullable String expiredCertificate) {
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  public UserFacingException toException(KubernetesClientException e) {
    if (e.getCode() <= 0 && e.getStatus() == null) {
      return UserFacingException.cluster(
          "cannot reach the cluster"
              + (url.isEmpty() ? "" : " at " + url)
              + ": "
              + unreachableReason(e)
              + certificateHint(),
          e);
    }
    String message =
        Optional.ofNullable(e.getStatus())
            .map(status -> status.getMessage())
            .orElse(String.valueOf(e.getMessage()));
    return UserFacingException.cluster(
        switch (e.getCode()) {
          case FORBIDDEN -> "Error from server (Forbidden): " + message;
          case UNAUTHORIZED ->
              "the server rejected your credentials: "
                  + message
                  + (expiredCertificate == null
                      ? "; check the kubeconfig's user"
                      : certificateHint());
          default -> "Error from server" + reason(e) + ": " + message;
        },
        e);
  }

  private String certificateHint() {
    return expiredCertificate == null ? "" : "; " + expiredCertificate;
  }

  private static String reason(KubernetesClientException e) {
    return Optional.ofNullable(e.getStatus())
        .map(status -> status.getReason())
        .filter(reason -> !reason.isEmpty())
        .map(reason -> " (" + reason + ")")
        .orElse("");
  }

  private String unreachableReason(Throwable thrown) {
    for (Throwable e = thrown; e != null; e = e.getCause()) {
      String sentence = sentence(e);
      if (!sentence.isEmpty()) {
        return sentence;
      }
    }
    return isConnectException(thrown) ? "connection refused" : rootMessage(thrown);
  }

  /// Empty: look at the cause.
  private String sentence(Throwable e) {
    return switch (e) {
      case CertificateExpiredException _ -> "its certificate has expired, " + e.getMessage();
      case CertificateNotYetValidException _ ->
          "its certificate is not valid yet, " + e.getMessage();
      case UnknownHostException _ -> "no such host";
      case UnresolvedAddressException _ -> "no such host";
      case HttpTimeoutException _ -> timeoutReason();
      case TimeoutException _ -> timeoutReason();
      case CertPathBuilderException _ ->
          "its certificate is signed by an authority that is not trusted; set"
              + " certificate-authority in the kubeconfig";
      default -> "";
    };
  }

  /// Java's HTTP client throws ConnectException without a reason.
  private static boolean isConnectException(Throwable thrown) {
    return thrown instanceof ConnectException
        || thrown.getCause() != null && isConnectException(thrown.getCause());
  }

  private String timeoutReason() {
    return requestTimeoutMs == 0
        ? "no answer"
        : "no answer within " + requestTimeoutMs / 1_000.0 + " s (--request-timeout)";
  }

  private static String rootMessage(Throwable e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
  }
}
