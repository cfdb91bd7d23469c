package dev.jig.event;

/// A mistake of the user's: what is wrong, with the value, and what to do instead. Nothing has been
/// attached when it is thrown. Both texts may contain what the user typed: escape before printing.
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String hint;

  public UsageException(String sentence, String hint) {
    super(sentence);
    this.hint = hint;
  }

  /// What is wrong, with the value.
  public String sentence() {
    return String.valueOf(getMessage());
  }

  /// What to do instead.
  public String hint() {
    return hint;
  }
}
