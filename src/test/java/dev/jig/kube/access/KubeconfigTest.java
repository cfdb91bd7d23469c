package dev.jig.kube.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.event.UserFacingException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// kubectl's rules for kubeconfig files, as documented.
final class KubeconfigTest {
  @TempDir Path folder;
  private Path one = Path.of("");
  private Path two = Path.of("");

  @BeforeEach
  void write() throws IOException {
    one = Files.createDirectory(folder.resolve("one")).resolve("config");
    two = Files.createDirectory(folder.resolve("two")).resolve("config");
    Files.writeString(
        one,
        """
        apiVersion: v1
        kind: Config
        current-context: first
        clusters:
          - {name: c, cluster: {server: "https://192.0.2.1:6443", tls-server-name: api.example.org}}
        contexts:
          - {name: first, context: {cluster: c, user: u, namespace: demo}}
        users:
          - {name: u, user: {tokenFile: token}}
        preferences: {}
        """);
    Files.writeString(folder.resolve("one/token"), "of-one\n");
    Files.writeString(
        two,
        """
        apiVersion: v1
        kind: Config
        current-context: second
        clusters:
          - {name: c, cluster: {server: "https://198.51.100.1"}}
          - {name: d, cluster: {server: "https://198.51.100.2", proxy-url: "http://192.0.2.9:3128"}}
        contexts:
          - {name: second, context: {cluster: d, user: v}}
        users:
          - {name: u, user: {token: of-two}}
          - name: v
            user: {username: anna, password: secret, as: dev, as-groups: [devs], as-uid: "7"}
        """);
  }

  @Test
  void theFirstFileOfTheListWins() {
    ConnectionSettings connection = connection(ConnectionFlags.of(null, null), one, two);

    assertThat(connection.server().url()).isEqualTo("https://192.0.2.1:6443");
    assertThat(connection.server().tlsServerName()).isEqualTo("api.example.org");
    assertThat(connection.namespace()).isEqualTo("demo");
    assertThat(connection.server().certificateAuthority()).isNull();
  }

  @Test
  void aRelativePathIsResolvedFromItsFile() {
    assertThat(authorization(connection(ConnectionFlags.of(null, null), one, two)))
        .isEqualTo("Bearer of-one");
  }

  @Test
  void laterFilesAddNewNames() {
    ConnectionSettings connection = connection(ConnectionFlags.of(null, "second"), one, two);

    assertThat(connection.server().url()).isEqualTo("https://198.51.100.2");
    assertThat(connection.server().proxyUrl()).isEqualTo("http://192.0.2.9:3128");
    assertThat(authorization(connection)).isEqualTo("Basic YW5uYTpzZWNyZXQ=");
    assertThat(connection.impersonation())
        .isEqualTo(new ConnectionFlags.Impersonation("dev", List.of("devs"), "7"));
    assertThat(connection.namespace()).isNull();
  }

  @Test
  void aMissingFileOfTheListIsSkipped() {
    ConnectionSettings connection =
        connection(ConnectionFlags.of(null, null), folder.resolve("nosuch"), two);

    assertThat(connection.server().url()).isEqualTo("https://198.51.100.2");
  }

  @Test
  void theFlagIsTheOnlyFile() {
    ConnectionSettings connection = connection(ConnectionFlags.of(two.toString(), null), one);

    assertThat(connection.server().url()).isEqualTo("https://198.51.100.2");
    assertThat(problem(ConnectionFlags.of(two.toString(), "first"), one))
        .isEqualTo("context \"first\" does not exist in " + two + " (its contexts: second)");
    assertThat(problem(ConnectionFlags.of(folder + "/nosuch", null), one))
        .isEqualTo("cannot read the kubeconfig " + folder + "/nosuch: no such file");
  }

  @Test
  void flagsWinOverTheKubeconfig() {
    ConnectionFlags flags =
        new ConnectionFlags(
            null,
            "",
            "d",
            "u",
            new ConnectionFlags.ServerFlags("https://203.0.113.5", null, true, null),
            new ConnectionFlags.UserFlags("said", null, null),
            new ConnectionFlags.Impersonation("other", List.of(), null),
            null);

    ConnectionSettings connection = connection(flags, one, two);

    assertThat(connection.server())
        .isEqualTo(
            new ConnectionSettings.Server(
                "https://203.0.113.5", null, true, null, "http://192.0.2.9:3128"));
    assertThat(authorization(connection)).isEqualTo("Bearer said");
    assertThat(connection.credentials().userName()).isEqualTo("u");
    assertThat(connection.impersonation().user()).isEqualTo("other");
  }

  @Test
  void reportsUnknownNamesWithTheAvailableOnes() throws IOException {
    assertThat(problem(ConnectionFlags.of(null, "nosuch"), one, two))
        .isEqualTo(
            "context \"nosuch\" does not exist in %s, %s (its contexts: first, second)"
                .formatted(one, two));
    assertThat(problem(picking("nosuch", null), one))
        .isEqualTo("cluster \"nosuch\" does not exist in " + one + " (its clusters: c)");
    assertThat(problem(picking(null, "nosuch"), one))
        .isEqualTo("user \"nosuch\" does not exist in " + one + " (its users: u)");
    Files.writeString(two, "contexts: [{name: a, context: {cluster: c, user: u}}]");
    assertThat(problem(ConnectionFlags.of(null, null), two))
        .isEqualTo(
            "no current-context is set in " + two + ": write --context NAME (its contexts: a)");
    assertThat(problem(ConnectionFlags.of(null, null), folder.resolve("nosuch")))
        .startsWith("there is no kubeconfig: set KUBECONFIG");
  }

  @Test
  void aFileThatCannotBeParsedIsNamed() throws IOException {
    Files.writeString(two, "clusters: {");

    assertThat(problem(ConnectionFlags.of(null, null), two))
        .startsWith("the kubeconfig " + two + " cannot be parsed: ");
  }

  @Test
  void aMissingCertificateFileIsNamedWithItsUser() throws IOException {
    Files.writeString(
        one,
        Files.readString(one)
            .replace("tokenFile: token", "client-certificate: a.crt, client-key: a.key"));

    assertThat(problem(ConnectionFlags.of(null, null), one))
        .isEqualTo(
            "cannot read the client-certificate "
                + folder.resolve("one/a.crt")
                + " of user \"u\": no such file");
  }

  @Test
  void anAuthProviderIsRefused() throws IOException {
    Files.writeString(
        one, Files.readString(one).replace("tokenFile: token", "auth-provider: {name: gcp}"));

    assertThat(problem(ConnectionFlags.of(null, null), one))
        .startsWith("the auth-provider \"gcp\" of user \"u\" is no longer supported");
  }

  @Test
  void inAPodWithoutAKubeconfigTheServiceAccountCounts() throws IOException {
    Files.writeString(folder.resolve("token"), "of-the-pod");
    Files.writeString(folder.resolve("namespace"), "monitoring\n");
    Files.writeString(folder.resolve("ca.crt"), "");
    InClusterConfig inCluster =
        new InClusterConfig(
            Map.of("KUBERNETES_SERVICE_HOST", "2001:db8::1", "KUBERNETES_SERVICE_PORT", "443"),
            folder);

    ConnectionSettings connection = inCluster.connectionSettings(ConnectionFlags.of(null, null));

    assertThat(inCluster.isAvailable()).isTrue();
    assertThat(connection.server().url()).isEqualTo("https://[2001:db8::1]:443");
    assertThat(connection.namespace()).isEqualTo("monitoring");
    assertThat(authorization(connection)).isEqualTo("Bearer of-the-pod");
    assertThat(new InClusterConfig(Map.of(), folder).isAvailable()).isFalse();
  }

  @Test
  void aTokenFileIsReadAgainWhenItsTokenIsRejected() throws IOException {
    TokenSource token =
        Objects.requireNonNull(
            connection(ConnectionFlags.of(null, null), one).credentials().token());
    assertThat(token.authorization()).isEqualTo("Bearer of-one");

    Files.writeString(folder.resolve("one/token"), "renewed");

    assertThat(token.renew()).isTrue();
    assertThat(token.authorization()).isEqualTo("Bearer renewed");
    assertThat(token.renew()).isFalse();
  }

  private static ConnectionFlags picking(
      @org.jspecify.annotations.Nullable String cluster,
      @org.jspecify.annotations.Nullable String user) {
    ConnectionFlags plain = ConnectionFlags.of(null, null);
    return new ConnectionFlags(
        null,
        null,
        cluster,
        user,
        plain.server(),
        plain.credentials(),
        plain.impersonation(),
        null);
  }

  private static String authorization(ConnectionSettings connection) {
    return Objects.requireNonNull(connection.credentials().token()).authorization();
  }

  private static ConnectionSettings connection(ConnectionFlags flags, Path... files) {
    List<String> list = List.of(files).stream().map(Path::toString).toList();
    return ConnectionSettings.resolve(
        flags, Map.of("KUBECONFIG", String.join(File.pathSeparator, list)));
  }

  private static String problem(ConnectionFlags flags, Path... files) {
    var thrown = new String[1];
    assertThatThrownBy(() -> connection(flags, files))
        .isInstanceOf(UserFacingException.class)
        .satisfies(problem -> thrown[0] = String.valueOf(problem.getMessage()));
    return thrown[0];
  }
}
