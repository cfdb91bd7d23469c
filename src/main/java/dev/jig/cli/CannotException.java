package dev.jig.cli;

/// What was asked for can't be done here; the message is a sentence with a hint.
final class CannotException extends RuntimeException {
  private static final long serialVersionUID = 1;

  CannotException(String message) {
    super(message);
  }
}
