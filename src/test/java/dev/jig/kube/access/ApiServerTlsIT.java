package dev.jig.kube.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.jig.event.UserFacingException;
import dev.jig.kube.Cluster;
import dev.jig.kube.FakeApiServer;
import dev.jig.kube.deploy.Installation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Verification of the API server's certificate and the client certificate, over TLS on loopback.
final class ApiServerTlsIT {
  @TempDir static Path folder;
  private static Certificates certificates = new Certificates(Path.of(""));

  private final List<String> clients = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private @Nullable HttpsServer server;

  @BeforeAll
  static void make() throws IOException, GeneralSecurityException {
    certificates = new Certificates(folder);
    certificates.make("server", "-ext", "san=ip:127.0.0.1,dns:api.example.test");
    certificates.make("other", "-ext", "san=dns:other.example.test");
    certificates.makeSigned(
        "old", "-ext", "san=ip:127.0.0.1", "-startdate", "-10d", "-validity", "1");
    certificates.make("client");
    certificates.make("oldclient", "-startdate", "-10d", "-validity", "1");
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.stop(0);
    }
    threads.shutdownNow();
  }

  @Test
  void acceptsACertificateOfTheAuthority() throws Exception {
    String url = listen("server", false);

    assertThat(errorOf(url, certificates.file("server.crt"), null, null)).isEqualTo("an answer");
  }

  @Test
  void rejectsOtherCertificates() throws Exception {
    String url = listen("server", false);
    String unknown =
        "cannot reach the cluster at "
            + url
            + ": its certificate is signed by an authority that is not trusted; set"
            + " certificate-authority in the kubeconfig";

    assertThat(errorOf(url, certificates.file("other.crt"), null, null)).isEqualTo(unknown);
    assertThat(errorOf(url, null, null, null)).isEqualTo(unknown);
  }

  @Test
  void rejectsAnotherNameUnlessConfigured() throws Exception {
    String url = listen("other", false);
    String authority = certificates.file("other.crt");

    assertThat(errorOf(url, authority, null, null))
        .startsWith("cannot reach the cluster at " + url + ": ")
        .contains("127.0.0.1");
    assertThat(errorOf(url, authority, "other.example.test", null)).isEqualTo("an answer");
    assertThat(errorOf(url, authority, "wrong.example.test", null))
        .startsWith("cannot reach the cluster at " + url + ": ");
    String byName = url.replace("127.0.0.1", "localhost");
    assertThat(errorOf(byName, authority, "other.example.test", null)).isEqualTo("an answer");
  }

  @Test
  void reportsAnExpiredServerCertificate() throws Exception {
    String url = listen("old", false);

    assertThat(errorOf(url, certificates.file("old-authority.crt"), null, null))
        .startsWith(
            "cannot reach the cluster at " + url + ": its certificate has expired, NotAfter: ");
  }

  @Test
  void acceptsAnyCertificateWhenInsecure() throws Exception {
    String url = listen("old", false);
    ConnectionFlags.ServerFlags any = new ConnectionFlags.ServerFlags(url, null, true, null);

    assertThat(errorOf(any, new ConnectionFlags.UserFlags(null, null, null)))
        .isEqualTo("an answer");
  }

  @Test
  void presentsAClientCertificateFromAFile() throws Exception {
    String url = listen("server", true);

    String said = errorOf(url, certificates.file("server.crt"), null, "client");

    assertThat(said).isEqualTo("an answer");
    assertThat(clients).contains("CN=client");
  }

  @Test
  void reportsAnExpiredClientCertificate() throws Exception {
    String url = listen("server", true);

    assertThat(errorOf(url, certificates.file("server.crt"), null, "oldclient"))
        .startsWith("the server rejected your credentials: Unauthorized; the client-certificate ")
        .contains(certificates.file("oldclient.crt"), " has expired, at ");
  }

  /// @return its URL
  private String listen(String certificate, boolean knowsOnlyClient)
      throws IOException, GeneralSecurityException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(certificates.store(certificate), certificates.password());
    KeyStore clientsKnown = KeyStore.getInstance("PKCS12");
    clientsKnown.load(null, null);
    for (String client : List.of("client", "oldclient")) {
      clientsKnown.setCertificateEntry(client, certificates.store(client).getCertificate("it"));
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(clientsKnown);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    HttpsServer created =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    created.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = context.getDefaultSSLParameters();
            wanted.setWantClientAuth(knowsOnlyClient);
            parameters.setSSLParameters(wanted);
          }
        });
    created.createContext("/", exchange -> answer(exchange, knowsOnlyClient));
    created.setExecutor(threads);
    created.start();
    server = created;
    return "https://127.0.0.1:" + created.getAddress().getPort();
  }

  private void answer(HttpExchange exchange, boolean knowsOnlyClient) throws IOException {
    try (exchange) {
      String client = client((HttpsExchange) exchange);
      clients.add(client);
      FakeApiServer.Behaviour answer =
          knowsOnlyClient && !client.equals("CN=client")
              ? FakeApiServer.status(401, "Unauthorized", "Unauthorized")
              : FakeApiServer.json(404, "{}");
      answer.answer(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String client(HttpsExchange exchange) {
    try {
      return exchange.getSSLSession().getPeerPrincipal().getName();
    } catch (SSLPeerUnverifiedException e) {
      return "";
    }
  }

  private static String errorOf(
      String url, @Nullable String authority, @Nullable String name, @Nullable String client) {
    ConnectionFlags.UserFlags user =
        client == null
            ? new ConnectionFlags.UserFlags(null, null, null)
            : new ConnectionFlags.UserFlags(
                null, certificates.file(client + ".crt"), certificates.file(client + ".key"));
    return errorOf(new ConnectionFlags.ServerFlags(url, authority, false, name), user);
  }

  private static String errorOf(
      ConnectionFlags.ServerFlags server, ConnectionFlags.UserFlags user) {
    ConnectionFlags flags =
        new ConnectionFlags(
            "/dev/null",
            null,
            null,
            null,
            server,
            user,
            ConnectionFlags.Impersonation.NONE,
            30_000);
    try (Cluster cluster = Cluster.open(new Cluster.Access(flags, "gadget"))) {
      return new Installation(cluster).serverVersion().orElse("an answer");
    } catch (UserFacingException problem) {
      return String.valueOf(problem.getMessage());
    }
  }
}
