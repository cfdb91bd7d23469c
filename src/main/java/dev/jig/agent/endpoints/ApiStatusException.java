package dev.jig.agent.endpoints;

import java.io.IOException;
import java.io.Serial;

/// An error response of the API server.
final class ApiStatusException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private final int code;

  /// @param code HTTP status
  ApiStatusException(int code, String message) {
    super(code + ": " + message);
    this.code = code;
  }

  int code() {
    return code;
  }
}
