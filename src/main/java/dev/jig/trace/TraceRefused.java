package dev.jig.trace;

import java.util.List;

/// This machine cannot be traced: the reason as a sentence, a hint, and the log of libbpf and the
/// verifier.
public final class TraceRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String hint;
  private final String log;

  public TraceRefused(String sentence, String hint, List<String> log, Throwable cause) {
    super(sentence, cause);
    this.hint = hint;
    this.log = String.join("\n", log);
  }

  public String hint() {
    return hint;
  }

  /// Lines of libbpf and the verifier, raw; may be empty.
  public String log() {
    return log;
  }
}
