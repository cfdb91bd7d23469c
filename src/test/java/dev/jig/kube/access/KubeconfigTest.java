package dev.jig.kube.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

/// kubectl's rules, as its documentation on kubeconfig files has them.
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
    Connection connection = connection(Flags.of(null, null), one, two);

    assertThat(connection.server().url()).isEqualTo("https://192.0.2.1:6443");
    assertThat(connection.server().tlsName()).isEqualTo("api.example.org");
    assertThat(connection.namespace()).isEqualTo("demo");
    assertThat(connection.server().authority()).isNull();
  }

  @Test
  void aRelativePathBeginsAtItsFile() {
    assertThat(authorization(connection(Flags.of(null, null), one, two)))
        .isEqualTo("Bearer of-one");
  }

  @Test
  void laterFilesAddWhatIsNotThere() {
    Connection connection = connection(Flags.of(null, "second"), one, two);

    assertThat(connection.server().url()).isEqualTo("https://198.51.100.2");
    assertThat(connection.server().proxy()).isEqualTo("http://192.0.2.9:3128");
    assertThat(authorization(connection)).isEqualTo("Basic YW5uYTpzZWNyZXQ=");
    assertThat(connection.as()).isEqualTo(new Flags.Impersonation("dev", List.of("devs"), "7"));
    assertThat(connection.namespace()).isNull();
  }

  @Test
  void aFileOfTheListThatIsMissingIsLeftOut() {
    Connection connection = connection(Flags.of(null, null), folder.resolve("nosuch"), two);

    assertThat(connection.server().url()).isEqualTo("https://198.51.100.2");
  }

  @Test
  void theFlagIsTheOnlyFile() {
    Connection connection = connection(Flags.of(two.toString(), null), one);

    assertThat(connection.server().url()).isEqualTo("https://198.51.100.2");
    assertThat(problem(Flags.of(two.toString(), "first"), one))
        .isEqualTo("context \"first\" does not exist in " + two + " (its contexts: second)");
    assertThat(problem(Flags.of(folder + "/nosuch", null), one))
        .isEqualTo("cannot read the kubeconfig " + folder + "/nosuch: no such file");
  }

  @Test
  void flagsWinOverTheKubeconfig() {
    Flags flags =
        new Flags(
            null,
            "",
            "d",
            "u",
            new Flags.OfServer("https://203.0.113.5", null, true, null),
            new Flags.OfUser("said", null, null),
            new Flags.Impersonation("other", List.of(), null),
            null);

    Connection connection = connection(flags, one, two);

    assertThat(connection.server())
        .isEqualTo(
            new Connection.Server(
                "https://203.0.113.5", null, true, null, "http://192.0.2.9:3128"));
    assertThat(authorization(connection)).isEqualTo("Bearer said");
    assertThat(connection.login().name()).isEqualTo("u");
    assertThat(connection.as().user()).isEqualTo("other");
  }

  @Test
  void whatDoesNotExistIsNamedWithWhatDoes() throws IOException {
    assertThat(problem(Flags.of(null, "nosuch"), one, two))
        .isEqualTo(
            "context \"nosuch\" does not exist in %s, %s (its contexts: first, second)"
                .formatted(one, two));
    assertThat(problem(picking("nosuch", null), one))
        .isEqualTo("cluster \"nosuch\" does not exist in " + one + " (its clusters: c)");
    assertThat(problem(picking(null, "nosuch"), one))
        .isEqualTo("user \"nosuch\" does not exist in " + one + " (its users: u)");
    Files.writeString(two, "contexts: [{name: a, context: {cluster: c, user: u}}]");
    assertThat(problem(Flags.of(null, null), two))
        .isEqualTo(
            "no current-context is set in " + two + ": write --context NAME (its contexts: a)");
    assertThat(problem(Flags.of(null, null), folder.resolve("nosuch")))
        .startsWith("there is no kubeconfig: set KUBECONFIG");
  }

  @Test
  void aFileThatCannotBeUnderstoodIsNamed() throws IOException {
    Files.writeString(two, "clusters: {");

    assertThat(problem(Flags.of(null, null), two))
        .startsWith("the kubeconfig " + two + " cannot be understood: ");
  }

  @Test
  void aMissingCertificateFileIsNamedWithItsUser() throws IOException {
    Files.writeString(
        one,
        Files.readString(one)
            .replace("tokenFile: token", "client-certificate: a.crt, client-key: a.key"));

    assertThat(problem(Flags.of(null, null), one))
        .isEqualTo(
            "cannot read the client-certificate "
                + folder.resolve("one/a.crt")
                + " of user \"u\": no such file");
  }

  @Test
  void anAuthProviderIsRefused() throws IOException {
    Files.writeString(
        one, Files.readString(one).replace("tokenFile: token", "auth-provider: {name: gcp}"));

    assertThat(problem(Flags.of(null, null), one))
        .startsWith("the auth-provider \"gcp\" of user \"u\" is no longer supported");
  }

  @Test
  void inAPodWithoutAKubeconfigTheServiceAccountCounts() throws IOException {
    Files.writeString(folder.resolve("token"), "of-the-pod");
    Files.writeString(folder.resolve("namespace"), "monitoring\n");
    Files.writeString(folder.resolve("ca.crt"), "");
    InCluster inCluster =
        new InCluster(
            Map.of("KUBERNETES_SERVICE_HOST", "2001:db8::1", "KUBERNETES_SERVICE_PORT", "443"),
            folder);

    Connection connection = inCluster.connection(Flags.of(null, null));

    assertThat(inCluster.isHere()).isTrue();
    assertThat(connection.server().url()).isEqualTo("https://[2001:db8::1]:443");
    assertThat(connection.namespace()).isEqualTo("monitoring");
    assertThat(authorization(connection)).isEqualTo("Bearer of-the-pod");
    assertThat(new InCluster(Map.of(), folder).isHere()).isFalse();
  }

  @Test
  void aTokenFileIsReadAgainWhenItsTokenIsRefused() throws IOException {
    TokenSource token =
        Objects.requireNonNull(connection(Flags.of(null, null), one).login().token());
    assertThat(token.authorization()).isEqualTo("Bearer of-one");

    Files.writeString(folder.resolve("one/token"), "renewed");

    assertThat(token.refused()).isTrue();
    assertThat(token.authorization()).isEqualTo("Bearer renewed");
    assertThat(token.refused()).isFalse();
  }

  private static Flags picking(
      @org.jspecify.annotations.Nullable String cluster,
      @org.jspecify.annotations.Nullable String user) {
    Flags plain = Flags.of(null, null);
    return new Flags(
        null, null, cluster, user, plain.server(), plain.credentials(), plain.as(), null);
  }

  private static String authorization(Connection connection) {
    return Objects.requireNonNull(connection.login().token()).authorization();
  }

  private static Connection connection(Flags flags, Path... files) {
    List<String> list = List.of(files).stream().map(Path::toString).toList();
    return Connection.of(flags, Map.of("KUBECONFIG", String.join(File.pathSeparator, list)));
  }

  private static String problem(Flags flags, Path... files) {
    var thrown = new String[1];
    assertThatThrownBy(() -> connection(flags, files))
        .isInstanceOf(ClusterProblem.class)
        .satisfies(problem -> thrown[0] = String.valueOf(problem.getMessage()));
    return thrown[0];
  }
}
