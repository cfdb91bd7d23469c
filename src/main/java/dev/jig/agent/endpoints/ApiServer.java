package dev.jig.agent.endpoints;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/// The API server, as a pod reaches it with its service account. Token and certificates are read
/// for each question: kubelet renews them.
///
/// @param account the folder kubelet mounts
record ApiServer(URI root, Path account) {
  private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
  private static final int CONNECT_MS = (int) TimeUnit.SECONDS.toMillis(10);
  private static final int REFUSED = 400;
  private static final int REFUSAL_BYTES = 64 << 10;

  /// Of the cluster this process runs in.
  ///
  /// @throws IllegalArgumentException if it runs in none
  static ApiServer ofCluster(Map<String, String> environment) {
    String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
    String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "");
    if (host.isEmpty() || port.isEmpty()) {
      throw new IllegalArgumentException(
          "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set");
    }
    String literal = host.contains(":") ? "[" + host + "]" : host;
    return new ApiServer(URI.create("https://" + literal + ":" + port), ACCOUNT);
  }

  /// An answer that is all there is.
  ///
  /// @throws ApiRefused if the server does not give it
  InputStream get(String query, int silenceMs) throws IOException {
    HttpURLConnection connection = open(query, silenceMs);
    connection.setRequestProperty("Accept-Encoding", "gzip");
    return answer(connection);
  }

  /// An answer that goes on as things happen.
  ///
  /// @param silenceMs after which reading fails
  /// @throws ApiRefused if the server does not give it
  InputStream follow(String query, int silenceMs) throws IOException {
    return answer(open(query, silenceMs));
  }

  private HttpURLConnection open(String query, int silenceMs) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) root.resolve(query).toURL().openConnection(Proxy.NO_PROXY);
    if (connection instanceof HttpsURLConnection secured) {
      secured.setSSLSocketFactory(trusted());
    }
    connection.setInstanceFollowRedirects(false);
    connection.setConnectTimeout(CONNECT_MS);
    connection.setReadTimeout(silenceMs);
    connection.setRequestProperty("Accept", "application/json");
    connection.setRequestProperty("User-Agent", "jig-agent");
    connection.setRequestProperty(
        "Authorization", "Bearer " + Files.readString(account.resolve("token")).strip());
    return connection;
  }

  private static InputStream answer(HttpURLConnection connection) throws IOException {
    int code = connection.getResponseCode();
    if (code < REFUSED) {
      return plain(connection, connection.getInputStream());
    }
    String said = connection.getResponseMessage();
    try (InputStream refusal = connection.getErrorStream()) {
      if (refusal != null) {
        byte[] head = plain(connection, refusal).readNBytes(REFUSAL_BYTES);
        said = ApiObject.one(new ByteArrayInputStream(head)).message();
      }
    } catch (IOException e) {
      // not the API server's own words
    }
    throw new ApiRefused(code, said);
  }

  private static InputStream plain(HttpURLConnection connection, InputStream answer)
      throws IOException {
    return "gzip".equals(connection.getContentEncoding()) ? new GZIPInputStream(answer) : answer;
  }

  private SSLSocketFactory trusted() throws IOException {
    try (InputStream file = Files.newInputStream(account.resolve("ca.crt"))) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      int number = 0;
      for (Certificate authority :
          CertificateFactory.getInstance("X.509").generateCertificates(file)) {
        trusted.setCertificateEntry("ca-" + number++, authority);
      }
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IOException(account.resolve("ca.crt") + " can't be used: " + e.getMessage(), e);
    }
  }
}
