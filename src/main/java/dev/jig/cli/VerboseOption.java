package dev.jig.cli;

import picocli.CommandLine.Option;

/// `-v`, which may be given twice.
final class VerboseOption {
  @Option(
      names = {"-v", "--verbose"},
      order = 48,
      split = ",",
      description = "Print debug messages on stderr; give it twice for libbpf's as well.")
  boolean[] given = {};

  /// How often it was given.
  int level() {
    int level = 0;
    for (boolean each : given) {
      level += each ? 1 : 0;
    }
    return level;
  }

  /// Whether debug messages are printed.
  boolean isVerbose() {
    return level() > 0;
  }

  /// Whether libbpf's debug output, some 660 lines, is printed too.
  boolean hasLibbpfLog() {
    return level() > 1;
  }
}
