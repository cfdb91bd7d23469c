package dev.jig.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A failure that the user can act on; printed as a sentence with a hint, without a stack trace.
/// All texts may contain user input: escape them before printing. It is in `event` because each
/// package that throws it may use this one.
public final class UserFacingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// Where the failure lies; decides the exit code and how it is printed.
  public enum Kind {
    /// A wrong command line; nothing was attached.
    USAGE(2),
    /// An operation that is not possible on this machine, or a damaged file.
    MACHINE(1),
    /// An operation that is not possible on this cluster. Printed without the program's name, as
    /// kubectl does.
    CLUSTER(1);

    private final int exitCode;

    Kind(int exitCode) {
      this.exitCode = exitCode;
    }

    /// The program's exit code.
    public int exitCode() {
      return exitCode;
    }
  }

  private final Kind kind;
  private final String hint;
  private final String log;

  private UserFacingException(
      Kind kind, String sentence, String hint, List<String> log, @Nullable Throwable cause) {
    super(sentence, cause);
    this.kind = kind;
    this.hint = hint;
    this.log = String.join("\n", log);
  }

  /// Builds the exception for a wrong command line.
  ///
  /// @param sentence names the wrong value, with its full stop
  /// @param hint says what to write instead, a sentence of its own
  public static UserFacingException usage(String sentence, String hint) {
    return new UserFacingException(Kind.USAGE, sentence, hint, List.of(), null);
  }

  /// Builds the exception for an operation that is not possible on this machine.
  ///
  /// @param sentence without full stop
  public static UserFacingException machine(String sentence) {
    return machine(sentence, "", List.of(), null);
  }

  /// Builds the exception for an operation that is not possible on this machine.
  ///
  /// @param sentence without full stop
  /// @param hint continues the sentence after a colon; empty: none
  /// @param log lines of libbpf and the verifier, raw
  public static UserFacingException machine(
      String sentence, String hint, List<String> log, @Nullable Throwable cause) {
    return new UserFacingException(Kind.MACHINE, sentence, hint, log, cause);
  }

  /// Builds the exception for an operation that is not possible on this cluster.
  ///
  /// @param sentence without full stop
  public static UserFacingException cluster(String sentence) {
    return new UserFacingException(Kind.CLUSTER, sentence, "", List.of(), null);
  }

  /// Builds the exception for an operation that is not possible on this cluster.
  ///
  /// @param sentence without full stop
  public static UserFacingException cluster(String sentence, Throwable cause) {
    return new UserFacingException(Kind.CLUSTER, sentence, "", List.of(), cause);
  }

  public Kind kind() {
    return kind;
  }

  public int exitCode() {
    return kind.exitCode();
  }

  /// What failed, without the hint.
  public String sentence() {
    return String.valueOf(getMessage());
  }

  /// What the user can do; may be empty.
  public String hint() {
    return hint;
  }

  /// Lines of libbpf and the verifier, raw; may be empty.
  public String log() {
    return log;
  }

  /// The sentence and the hint.
  public String text() {
    return switch (kind) {
      case USAGE -> sentence() + " " + hint;
      case MACHINE, CLUSTER -> hint.isEmpty() ? sentence() : sentence() + ": " + hint;
    };
  }
}
