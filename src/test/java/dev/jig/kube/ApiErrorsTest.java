package dev.jig.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.event.UserFacingException;
import dev.jig.kube.access.ConnectionFlags;
import dev.jig.kube.deploy.Installation;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the user reads when the API server fails.
final class ApiErrorsTest {
  @Test
  void forbiddenNamesThePermissionLikeKubectl() {
    String message =
        "daemonsets.apps \"jig-agent\" is forbidden: User \"dev\" cannot get resource"
            + " \"daemonsets\" in API group \"apps\" in the namespace \"gadget\"";

    try (var server = new FakeApiServer(FakeApiServer.status(403, "Forbidden", message))) {
      assertThat(errorOf(server.url(), null))
          .isEqualTo("Error from server (Forbidden): " + message);
    }
  }

  @Test
  void unauthorizedPointsToTheUser() {
    try (var server =
        new FakeApiServer(FakeApiServer.status(401, "Unauthorized", "Unauthorized"))) {
      assertThat(errorOf(server.url(), null))
          .isEqualTo(
              "the server rejected your credentials: Unauthorized; check the kubeconfig's user");
    }
  }

  @Test
  void otherRefusalsCarryTheirReason() {
    try (var server =
        new FakeApiServer(FakeApiServer.status(410, "Expired", "too old resource version: 1"))) {
      assertThat(errorOf(server.url(), null))
          .isEqualTo("Error from server (Expired): too old resource version: 1");
    }
  }

  @Test
  void retriesAnOverloadedServer() {
    try (var server =
        new FakeApiServer(FakeApiServer.status(503, "ServiceUnavailable", "starting"))) {
      String said = errorOf(server.url(), null);

      assertThat(said).isEqualTo("Error from server (ServiceUnavailable): starting");
      assertThat(server.requests()).hasSizeGreaterThan(2);
    }
  }

  @Test
  void aServerThatDoesNotListenIsNamed() {
    FakeApiServer server = new FakeApiServer(FakeApiServer.json(200, "{}"));
    server.close();

    assertThat(errorOf(server.url(), null))
        .isEqualTo("cannot reach the cluster at " + server.url() + ": connection refused");
  }

  @Test
  void aServerThatVanishesInTheMiddleIsNamed() {
    try (var server = new FakeApiServer(exchange -> exchange.sendResponseHeaders(200, 1_000))) {
      assertThat(errorOf(server.url(), null))
          .startsWith("cannot reach the cluster at " + server.url() + ": ");
    }
  }

  @Test
  void aSlowAnswerEndsAtTheRequestTimeout() {
    CountDownLatch end = new CountDownLatch(1);
    try (var server = new FakeApiServer(_ -> end.await())) {
      assertThat(errorOf(server.url(), 300))
          .isEqualTo(
              "cannot reach the cluster at "
                  + server.url()
                  + ": no answer within 0.3 s (--request-timeout)");
      end.countDown();
    }
  }

  @Test
  void aHostThatDoesNotExistIsNamed() {
    assertThat(errorOf("https://nosuch.example.test:6443", null))
        .isEqualTo("cannot reach the cluster at https://nosuch.example.test:6443: no such host");
  }

  @Test
  void rejectsAnInvalidUrlBeforeConnecting() {
    assertThatThrownBy(() -> open("https://", null))
        .isInstanceOf(UserFacingException.class)
        .hasMessage("\"https://\" is not a server address: write https://HOST:PORT");
  }

  @Test
  void groupsWithoutAUserAreRefused() {
    ConnectionFlags.Impersonation as =
        new ConnectionFlags.Impersonation(null, List.of("devs"), null);

    assertThatThrownBy(() -> Cluster.open(access("http://127.0.0.1:1", as, null)))
        .isInstanceOf(UserFacingException.class)
        .hasMessageStartingWith("--as-group and --as-uid need --as");
  }

  @Test
  void sendsImpersonationHeaders() {
    try (var server = new FakeApiServer(FakeApiServer.json(404, "{}"))) {
      ConnectionFlags.Impersonation as =
          new ConnectionFlags.Impersonation("dev", List.of("a", "b"), "7");
      try (Cluster cluster = Cluster.open(access(server.url(), as, null))) {
        assertThat(new Installation(cluster).serverVersion()).isEmpty();
      }
      FakeApiServer.Request request = server.requests().getFirst();

      assertThat(request.header("Impersonate-user")).isEqualTo("dev");
      assertThat(request.header("Impersonate-group")).isEqualTo("a,b");
      assertThat(request.header("Impersonate-uid")).isEqualTo("7");
      assertThat(request.header("Authorization")).isEqualTo("Bearer secret");
    }
  }

  private static String errorOf(String url, @Nullable Integer timeoutMs) {
    try (Cluster cluster = open(url, timeoutMs)) {
      return new Installation(cluster).serverVersion().orElse("an answer");
    } catch (UserFacingException problem) {
      return String.valueOf(problem.getMessage());
    }
  }

  private static Cluster open(String url, @Nullable Integer timeoutMs) {
    return Cluster.open(access(url, ConnectionFlags.Impersonation.NONE, timeoutMs));
  }

  private static Cluster.Access access(
      String url, ConnectionFlags.Impersonation as, @Nullable Integer timeoutMs) {
    ConnectionFlags flags =
        new ConnectionFlags(
            "/dev/null",
            null,
            null,
            null,
            new ConnectionFlags.ServerFlags(url, null, false, null),
            new ConnectionFlags.UserFlags("secret", null, null),
            as,
            timeoutMs);
    return new Cluster.Access(flags, "gadget");
  }
}
