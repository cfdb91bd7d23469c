package dev.jig.kube.access;

import dev.jig.event.UserFacingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/// Supplies the Authorization header.
interface TokenSource {
  /// The header's current value; empty: no header.
  ///
  /// @throws UserFacingException if it is not available
  String authorization();

  /// Fetches another value after the server rejected the last one.
  ///
  /// @return whether there is another one
  boolean renew();

  /// A fixed bearer token.
  static TokenSource of(String token) {
    return new Fixed("Bearer " + token);
  }

  /// HTTP basic authentication.
  static TokenSource of(String user, String password) {
    byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return new Fixed("Basic " + Base64.getEncoder().encodeToString(both));
  }

  /// No header: with a client certificate, or anonymous.
  TokenSource NONE = new Fixed("");

  /// A fixed value.
  record Fixed(String authorization) implements TokenSource {
    @Override
    public boolean renew() {
      return false;
    }
  }

  /// A file with a token that is renewed from outside, in pods by kubelet; read again after 10 s.
  final class TokenFile implements TokenSource {
    private static final long MAX_AGE_NS = TimeUnit.SECONDS.toNanos(10);

    private final Path file;
    private final String description;
    private String token = "";
    private long readNs;

    TokenFile(Path file, String description) {
      this.file = file;
      this.description = description;
    }

    @Override
    public synchronized String authorization() {
      if (token.isEmpty() || System.nanoTime() - readNs > MAX_AGE_NS) {
        token = Pem.read(file, description, StandardCharsets.UTF_8).strip();
        readNs = System.nanoTime();
        if (token.isEmpty()) {
          throw UserFacingException.cluster(description + " is empty");
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
