package dev.jig.trace;

import java.util.List;

/// This machine can't be traced: a sentence that says why, a hint what to do, and what the kernel
/// said.
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
