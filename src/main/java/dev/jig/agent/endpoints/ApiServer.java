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

/// The API server as seen from a pod. Token and CA certificates of the service account are read for
/// each request: kubelet renews them.
///
/// @param serviceAccount the folder that kubelet mounts
record ApiServer(URI root, Path serviceAccount) {
  private static final Path SERVICE_ACCOUNT =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
  private static final int CONNECT_MS = (int) TimeUnit.SECONDS.toMillis(10);
  private static final int FIRST_ERROR_STATUS = 400;
  private static final int MAX_ERROR_BYTES = 64 << 10;

  /// The API server of the cluster this process runs in.
  ///
  /// @throws IllegalArgumentException if it runs in no cluster
  static ApiServer inCluster(Map<String, String> environment) {
    String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
    String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "");
    if (host.isEmpty() || port.isEmpty()) {
      throw new IllegalArgumentException(
          "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set");
    }
    String literal = host.contains(":") ? "[" + host + "]" : host;
    return new ApiServer(URI.create("https://" + literal + ":" + port), SERVICE_ACCOUNT);
  }

  /// Sends a request with a finite response.
  ///
  /// @param readTimeoutMs read timeout
  /// @throws ApiStatusException if the server responds with an error
  InputStream get(String query, int readTimeoutMs) throws IOException {
    HttpURLConnection connection = open(query, readTimeoutMs);
    connection.setRequestProperty("Accept-Encoding", "gzip");
    return response(connection);
  }

  /// Sends a watch request. The response goes on as changes happen.
  ///
  /// @param readTimeoutMs read timeout
  /// @throws ApiStatusException if the server responds with an error
  InputStream stream(String query, int readTimeoutMs) throws IOException {
    return response(open(query, readTimeoutMs));
  }

  private HttpURLConnection open(String query, int readTimeoutMs) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) root.resolve(query).toURL().openConnection(Proxy.NO_PROXY);
    if (connection instanceof HttpsURLConnection secured) {
      secured.setSSLSocketFactory(socketFactory());
    }
    connection.setInstanceFollowRedirects(false);
    connection.setConnectTimeout(CONNECT_MS);
    connection.setReadTimeout(readTimeoutMs);
    connection.setRequestProperty("Accept", "application/json");
    connection.setRequestProperty("User-Agent", "jig-agent");
    connection.setRequestProperty(
        "Authorization", "Bearer " + Files.readString(serviceAccount.resolve("token")).strip());
    return connection;
  }

  private static InputStream response(HttpURLConnection connection) throws IOException {
    int code = connection.getResponseCode();
    if (code < FIRST_ERROR_STATUS) {
      return decompressed(connection, connection.getInputStream());
    }
    String message = connection.getResponseMessage();
    try (InputStream body = connection.getErrorStream()) {
      if (body != null) {
        byte[] head = decompressed(connection, body).readNBytes(MAX_ERROR_BYTES);
        message = ApiObject.parse(new ByteArrayInputStream(head)).message();
      }
    } catch (IOException e) {
      // no Status object: a proxy's error, for example
    }
    throw new ApiStatusException(code, message);
  }

  private static InputStream decompressed(HttpURLConnection connection, InputStream body)
      throws IOException {
    return "gzip".equals(connection.getContentEncoding()) ? new GZIPInputStream(body) : body;
  }

  private SSLSocketFactory socketFactory() throws IOException {
    try (InputStream file = Files.newInputStream(serviceAccount.resolve("ca.crt"))) {
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
      throw new IOException(
          serviceAccount.resolve("ca.crt") + " cannot be used: " + e.getMessage(), e);
    }
  }
}
