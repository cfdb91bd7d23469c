package dev.jig.event;

/// A wrong command line: a sentence that names the wrong value, and a hint that says what to write
/// instead. Thrown before anything is attached. Both texts may contain user input: escape before
/// printing.
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String hint;

  public UsageException(String sentence, String hint) {
    super(sentence);
    this.hint = hint;
  }

  /// The sentence that names the wrong value.
  public String sentence() {
    return String.valueOf(getMessage());
  }

  /// What to write instead.
  public String hint() {
    return hint;
  }
}
