package dev.jig.kube.access;

import dev.jig.event.UserFacingException;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.TokenRefreshInterceptor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/// A client of one API server.
///
/// @param requestTimeoutMs 0: none
/// @param expiredCertificate a sentence if the user's certificate has expired, else null
public record ApiClient(
    KubernetesClient client,
    String url,
    String namespace,
    int requestTimeoutMs,
    @Nullable String expiredCertificate)
    implements AutoCloseable {
  private static final int REQUEST_TIMEOUT_MS = 10_000;
  private static final int CONNECT_TIMEOUT_MS = 10_000;
  private static final int HTTPS_PORT = 443;

  /// Retries of a request, after 0.1, 0.2 and 0.4 s.
  private static final int MAX_RETRIES = 3;

  /// Creates a client. Runs the exec plugin, if any, but does not connect yet.
  ///
  /// @throws UserFacingException if the settings are invalid or the plugin fails
  public static ApiClient open(ConnectionSettings connection, @Nullable Integer requestTimeoutMs) {
    ConnectionSettings.Server server = connection.server();
    ConnectionSettings.Credentials login = connection.credentials();
    Pem certificate = login.certificate();
    Pem key = login.key();
    if (login.plugin() != null) {
      ExecPlugin.ExecCredential issued = login.plugin().credential();
      certificate = issued.certificate();
      key = issued.key();
    }
    URI url = uri(server.url());
    int timeoutMs = Objects.requireNonNullElse(requestTimeoutMs, REQUEST_TIMEOUT_MS);
    Config config = config(connection, url, timeoutMs);
    SSLContext tls = ApiServerTls.context(server, certificate, key);
    TokenSource token = login.plugin() != null ? login.plugin() : login.token();
    KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(config)
            .withHttpClientFactory(new HttpClientFactory(server, tls))
            .withHttpClientBuilderConsumer(http ->
                http.addOrReplaceInterceptor(
                    TokenRefreshInterceptor.NAME,
                    new AuthorizationInterceptor(token == null ? TokenSource.NONE : token)))
            .build();
    String namespace = Objects.requireNonNullElse(connection.namespace(), "default");
    return new ApiClient(
        client, server.url(), namespace, timeoutMs, expiredCertificate(certificate));
  }

  /// Uses only the connection's settings: no [Config#autoConfigure].
  private static Config config(ConnectionSettings connection, URI url, int timeoutMs) {
    ConfigBuilder config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(masterUrl(connection.server(), url))
            .withConnectionTimeout(CONNECT_TIMEOUT_MS)
            .withRequestTimeout(timeoutMs)
            .withRequestRetryBackoffLimit(MAX_RETRIES);
    ConnectionFlags.Impersonation as = connection.impersonation();
    if (as.user() == null && (as.uid() != null || !as.groups().isEmpty())) {
      throw UserFacingException.cluster(
          "--as-group and --as-uid need --as, the user to impersonate");
    }
    if (as.user() != null) {
      config.withImpersonateUsername(as.user());
      config.withImpersonateGroups(as.groups().toArray(String[]::new));
    }
    if (as.uid() != null) {
      config.withCustomHeaders(Map.of("Impersonate-Uid", as.uid()));
    }
    return config.build();
  }

  private static URI uri(String url) {
    try {
      URI uri = URI.create(url);
      if (uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // reported below
    }
    throw UserFacingException.cluster(
        "\"" + url + "\" is not a server address: write https://HOST:PORT");
  }

  /// Java's HTTP client verifies a certificate against the URL's host, unless the host is an IP
  /// address. So with --tls-server-name the host is resolved here.
  private static String masterUrl(ConnectionSettings.Server server, URI url) {
    if (server.tlsServerName() == null || server.proxyUrl() != null) {
      return server.url();
    }
    try {
      String address = InetAddress.getByName(url.getHost()).getHostAddress();
      String host = address.contains(":") ? "[" + address + "]" : address;
      int port = url.getPort() < 0 ? HTTPS_PORT : url.getPort();
      return url.getScheme()
          + "://"
          + host
          + ":"
          + port
          + Objects.requireNonNullElse(url.getPath(), "");
    } catch (UnknownHostException e) {
      throw UserFacingException.cluster(
          "cannot reach the cluster at " + server.url() + ": no such host, " + url.getHost(), e);
    }
  }

  private static @Nullable String expiredCertificate(@Nullable Pem certificate) {
    if (certificate == null) {
      return null;
    }
    Instant end = certificate.certificates().getFirst().getNotAfter().toInstant();
    return end.isBefore(Instant.now())
        ? certificate.description() + " has expired, at " + end
        : null;
  }

  /// Configures the JDK's HTTP client with the connection's TLS and proxy.
  private static final class HttpClientFactory extends JdkHttpClientFactory {
    private final ConnectionSettings.Server server;
    private final SSLContext tls;

    HttpClientFactory(ConnectionSettings.Server server, SSLContext tls) {
      this.server = server;
      this.tls = tls;
    }

    @Override
    protected void additionalConfig(HttpClient.Builder builder) {
      builder.sslContext(tls);
      SSLParameters parameters = ApiServerTls.parameters(server, tls);
      if (parameters != null) {
        builder.sslParameters(parameters);
      }
      if (server.proxyUrl() != null) {
        URI proxy = uri(server.proxyUrl());
        if (!"http".equals(proxy.getScheme()) || proxy.getPort() < 0) {
          throw UserFacingException.cluster(
              "the proxy-url \""
                  + server.proxyUrl()
                  + "\" is not supported: write http://HOST:PORT");
        }
        builder.proxy(
            ProxySelector.of(InetSocketAddress.createUnresolved(proxy.getHost(), proxy.getPort())));
      }
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
