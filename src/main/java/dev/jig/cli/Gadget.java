package dev.jig.cli;

import dev.jig.demo.Demo;

/// What a command makes of the rows of a trace: the same sources (live, a file, a command, the
/// demo) serve all gadgets.
interface Gadget {
  TraceSettings settings();

  /// Opens the output: the file of --output-file; else stdout, or stderr where stdout belongs to a
  /// command.
  ///
  /// @param onFailure called once, when a write has failed
  TraceOutput open(Source source, Runnable onFailure);

  /// What `--demo` shows.
  Demo.Scenario demo();

  /// Whether the output of a command (`-- CMD`) and its own cannot share stdout and stderr.
  boolean needsFileBesideCommand();

  /// The exit code after a trace that ended with `code`.
  default int exitCode(int code) {
    return code;
  }
}
