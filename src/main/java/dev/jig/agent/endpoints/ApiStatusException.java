package dev.jig.agent.endpoints;

import java.io.IOException;
import java.io.Serial;

/// The API server's refusal.
final class ApiStatusException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private final int code;

  /// @param code of HTTP
  ApiStatusException(int code, String message) {
    super(code + ": " + message);
    this.code = code;
  }

  int code() {
    return code;
  }
}
