package dev.jig.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// A failure that the user can act on: the message is a sentence with a hint, printed without a
/// stack trace. Exit code 1.
final class UserFacingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UserFacingException(String message) {
    super(message);
  }

  /// Builds the exception for a file that cannot be read or written.
  ///
  /// @param what such as `cannot read FILE`
  static UserFacingException of(String what, IOException e) {
    String hint =
        switch (e) {
          case NoSuchFileException missing -> "check its path";
          case AccessDeniedException denied -> "check its permissions";
          default -> "";
        };
    return new UserFacingException(what + ": " + reason(e) + (hint.isEmpty() ? "" : ", " + hint));
  }

  /// Returns why an operation on a file failed, without the name of the file.
  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "no such file or directory";
      case AccessDeniedException denied -> "permission denied";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
