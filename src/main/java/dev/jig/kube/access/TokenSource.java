package dev.jig.kube.access;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/// What stands in the Authorization header, at present.
interface TokenSource {
  /// The header's value.
  ///
  /// @throws ClusterProblem if there is none to be had
  String authorization();

  /// The server did not take the last one.
  ///
  /// @return whether another one may be had by asking again
  boolean refused();

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
  TokenSource NOBODY = new Fixed("");

  /// A header that stays as it is.
  record Fixed(String authorization) implements TokenSource {
    @Override
    public boolean refused() {
      return false;
    }
  }

  /// A file whose token others renew, as kubelet does in pods.
  final class OfFile implements TokenSource {
    private static final long FRESH_NS = TimeUnit.SECONDS.toNanos(10);

    private final Path file;
    private final String what;
    private String token = "";
    private long readNs;

    OfFile(Path file, String what) {
      this.file = file;
      this.what = what;
    }

    @Override
    public synchronized String authorization() {
      if (token.isEmpty() || System.nanoTime() - readNs > FRESH_NS) {
        token = Pem.read(file, what, StandardCharsets.UTF_8).strip();
        readNs = System.nanoTime();
        if (token.isEmpty()) {
          throw new ClusterProblem(what + " is empty");
        }
      }
      return "Bearer " + token;
    }

    @Override
    public synchronized boolean refused() {
      String before = token;
      token = "";
      return !authorization().equals("Bearer " + before);
    }
  }
}
