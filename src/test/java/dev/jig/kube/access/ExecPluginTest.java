package dev.jig.kube.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.UserFacingException;
import dev.jig.kube.Cluster;
import dev.jig.kube.FakeApiServer;
import dev.jig.kube.deploy.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A plugin of a few lines of shell, and an API server that accepts one token.
final class ExecPluginTest {
  private static final String V1 = "client.authentication.k8s.io/v1";
  private static final String LATER = "2099-01-01T00:00:00Z";

  @TempDir Path folder;
  private final FakeApiServer server = new FakeApiServer(FakeApiServer.json(404, "{}"));

  @BeforeEach
  void acceptOnlyTheSecondToken() {
    server.behave(exchange -> {
      boolean known =
          List.of("Bearer token-2").equals(exchange.getRequestHeaders().get("Authorization"));
      FakeApiServer.Behaviour answer =
          known
              ? FakeApiServer.json(404, "{}")
              : FakeApiServer.status(401, "Unauthorized", "Unauthorized");
      answer.answer(exchange);
    });
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, "client.authentication.k8s.io/v1beta1"})
  void runsAgainWhenItsTokenIsRejected(String version) throws IOException {
    plugin(version, LATER);

    String said = errorOf(version, "");

    assertThat(said).isEqualTo("an answer");
    assertThat(calls()).hasSize(2);
  }

  @Test
  void runsAgainWhenItsTokenHasExpired() throws IOException {
    plugin(V1, "2020-01-01T00:00:00Z");

    try (Cluster cluster = open(V1, "")) {
      assertThat(calls()).hasSize(1);
      assertThat(new Installation(cluster).serverVersion()).isEmpty();
      assertThat(calls()).hasSize(2);
    }
  }

  @Test
  void runsOnceWhileItsTokenIsValid() throws IOException {
    Files.writeString(folder.resolve("calls"), "an earlier one\n");
    plugin(V1, Instant.now().plusSeconds(3_600).toString());

    try (Cluster cluster = open(V1, "")) {
      assertThat(new Installation(cluster).serverVersion()).isEmpty();
      assertThat(new Installation(cluster).serverVersion()).isEmpty();
    }

    assertThat(calls()).hasSize(2);
  }

  @Test
  void getsArgumentsEnvironmentAndExecInfo() throws IOException {
    plugin(V1, LATER);

    errorOf(V1, "args: [get, token], env: [{name: WORD, value: x y}], provideClusterInfo: true");

    assertThat(calls().getFirst())
        .startsWith("get token|x y|{\"kind\":\"ExecCredential\",\"apiVersion\":\"" + V1 + "\"")
        .contains("\"interactive\":false")
        .contains("\"cluster\":{\"server\":\"" + server.url() + "\"");
  }

  @Test
  void reportsWhyItFails() throws IOException {
    String name = "the exec plugin ./plugin of user \"u\" ";

    assertThat(errorOf(V1, "installHint: get it from example.org"))
        .startsWith(name + "cannot be run: ")
        .endsWith("; get it from example.org");
    script("echo no such account >&2; exit 3");
    assertThat(errorOf(V1, "")).isEqualTo(name + "failed with exit code 3");
    script("echo hello");
    assertThat(errorOf(V1, "")).isEqualTo(name + "printed no ExecCredential");
    plugin("client.authentication.k8s.io/v1beta1", LATER);
    assertThat(errorOf(V1, ""))
        .isEqualTo(
            name
                + "printed apiVersion \"client.authentication.k8s.io/v1beta1\" in place of \""
                + V1
                + "\"");
    assertThat(errorOf("client.authentication.k8s.io/v1alpha1", ""))
        .isEqualTo(
            name
                + "has apiVersion \"client.authentication.k8s.io/v1alpha1\", supported are"
                + " client.authentication.k8s.io/v1 and v1beta1");
    plugin(V1, "tomorrow");
    assertThat(errorOf(V1, ""))
        .isEqualTo(name + "printed an invalid expirationTimestamp: \"tomorrow\"");
    script("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" + V1 + "\",\"status\":{}}'");
    assertThat(errorOf(V1, "")).isEqualTo(name + "printed neither a token nor a certificate");
  }

  @Test
  void aTokenOnTheCommandLineWins() throws IOException {
    ConnectionFlags plain = ConnectionFlags.of(kubeconfig(V1, "").toString(), null);
    ConnectionFlags flags =
        new ConnectionFlags(
            plain.kubeconfig(),
            null,
            null,
            null,
            plain.server(),
            new ConnectionFlags.UserFlags("token-2", null, null),
            plain.impersonation(),
            null);

    try (Cluster cluster = Cluster.open(new Cluster.Access(flags, "gadget"))) {
      assertThat(new Installation(cluster).serverVersion()).isEmpty();
    }
  }

  @Test
  void needsATerminalWhenTheKubeconfigSaysAlways() throws IOException {
    plugin(V1, LATER);

    assertThat(errorOf(V1, "interactiveMode: Always"))
        .isEqualTo("the exec plugin ./plugin of user \"u\" needs a terminal, and there is none");
  }

  private String errorOf(String version, String more) throws IOException {
    try (Cluster cluster = open(version, more)) {
      return new Installation(cluster).serverVersion().orElse("an answer");
    } catch (UserFacingException problem) {
      return String.valueOf(problem.getMessage());
    }
  }

  private Cluster open(String version, String more) throws IOException {
    return Cluster.open(
        new Cluster.Access(
            ConnectionFlags.of(kubeconfig(version, more).toString(), null), "gadget"));
  }

  private Path kubeconfig(String version, String more) throws IOException {
    return Files.writeString(
        folder.resolve("config"),
        """
        current-context: a
        clusters: [{name: c, cluster: {server: "%s"}}]
        contexts: [{name: a, context: {cluster: c, user: u}}]
        users: [{name: u, user: {exec: {apiVersion: %s, command: ./plugin, %s}}}]
        """
            .formatted(server.url(), version, more));
  }

  /// Prints token-1 in its first run, token-2 in its second.
  private void plugin(String version, String expires) throws IOException {
    script(
        """
        echo "$*|$WORD|$KUBERNETES_EXEC_INFO" >>calls
        number=$(wc -l <calls)
        echo "{\\"kind\\":\\"ExecCredential\\",\\"apiVersion\\":\\"%s\\",\\"status\\":{\\"token\\":\\"token-$((number))\\",\\"expirationTimestamp\\":\\"%s\\"}}"
        """
            .formatted(version, expires));
  }

  private void script(String lines) throws IOException {
    Path script = folder.resolve("plugin");
    Files.writeString(script, "#!/bin/sh\ncd \"${0%/*}\" || exit\n" + lines);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private List<String> calls() throws IOException {
    return Files.readAllLines(folder.resolve("calls"));
  }
}
