package dev.jig.cli;

/// Where the packets of a trace come from.
enum Source {
  /// This machine, until stopped.
  LIVE,
  /// A command and its descendants, `-- CMD`.
  COMMAND,
  /// The resolver and client of `--demo`.
  DEMO,
  /// A file with the rows of an earlier trace.
  RECORDING,
  /// A file of packets.
  CAPTURE;

  boolean isFile() {
    return this == RECORDING || this == CAPTURE;
  }

  /// Whether stdout is free for the output.
  boolean leavesStdout() {
    return this != COMMAND;
  }
}
