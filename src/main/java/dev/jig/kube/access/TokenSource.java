package dev.jig.kube.access;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/// What stands in the Authorization header, at present.
interface TokenSource {
  /// The header's value.
  ///
  /// @throws ClusterException if there is none to be had
  String authorization();

  /// The server did not take the last one.
  ///
  /// @return whether another one may be had by asking again
  boolean renew();

  /// A token that stays as it is.
  static TokenSource of(String token) {
    return new Fixed("Bearer " + token);
  }

  /// A name and a password.
  static TokenSource of(String user, String password) {
    byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return new Fixed("Basic " + Base64.getEncoder().encodeToString(both));
  }

  /// Without a header: by a certificate, or anonymous.
  TokenSource NONE = new Fixed("");

  /// A header that stays as it is.
  record Fixed(String authorization) implements TokenSource {
    @Override
    public boolean renew() {
      return false;
    }
  }

  /// A file whose token others renew, as kubelet does in pods.
  final class TokenFile implements TokenSource {
    private static final long MAX_AGE_NS = TimeUnit.SECONDS.toNanos(10);

    private final Path file;
    private final String description;
    private String token = "";
    private long readNs;

    TokenFile(Path file, String what) {
      this.file = file;
      this.description = what;
    }

    @Override
    public synchronized String authorization() {
      if (token.isEmpty() || System.nanoTime() - readNs > MAX_AGE_NS) {
        token = Pem.read(file, description, StandardCharsets.UTF_8).strip();
        readNs = System.nanoTime();
        if (token.isEmpty()) {
          throw new ClusterException(description + " is empty");
        }
      }
      return "Bearer " + token;
    }

    @Override
    public synchronized boolean renew() {
      String before = token;
      token = "";
      return !authorization().equals("Bearer " + before);
    }
  }
}
