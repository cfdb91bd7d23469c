package dev.jig.kube.access;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// TLS to the API server: how its certificate is verified, and the client certificate.
final class ApiServerTls {
  private static final char[] NO_PASSWORD = {};

  private ApiServerTls() {}

  /// @param certificate the client's; null together with `key`: none
  static SSLContext context(
      ConnectionSettings.Server server, @Nullable Pem certificate, @Nullable Pem key) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers(certificate, key), trustManagers(server), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this Java runtime has no TLS", e);
    }
  }

  /// Parameters with the name to verify the certificate against; null: the URL's host.
  static @Nullable SSLParameters parameters(ConnectionSettings.Server server, SSLContext context) {
    if (server.tlsServerName() == null) {
      return null;
    }
    SSLParameters parameters = context.getDefaultSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(server.tlsServerName())));
    return parameters;
  }

  private static KeyManager @Nullable [] keyManagers(@Nullable Pem certificate, @Nullable Pem key)
      throws GeneralSecurityException, IOException {
    if (certificate == null || key == null) {
      return null;
    }
    PrivateKey privateKey = key.key();
    KeyStore store = emptyStore();
    store.setKeyEntry(
        "client", privateKey, NO_PASSWORD, certificate.certificates().toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static TrustManager[] trustManagers(ConnectionSettings.Server server)
      throws GeneralSecurityException, IOException {
    if (server.insecure()) {
      return new TrustManager[] {new AnyCertificate()};
    }
    KeyStore store = null; // the system's authorities
    if (server.certificateAuthority() != null) {
      store = emptyStore();
      int number = 0;
      for (X509Certificate each : server.certificateAuthority().certificates()) {
        store.setCertificateEntry("authority-" + number++, each);
      }
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /// Accepts any certificate: for `--insecure-skip-tls-verify`.
  private static final class AnyCertificate extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
