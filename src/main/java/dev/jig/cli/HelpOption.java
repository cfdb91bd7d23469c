package dev.jig.cli;

import picocli.CommandLine.Option;

/// `--help`, the last flag of every command.
final class HelpOption {
  @Option(
      names = {"-h", "--help"},
      order = 99,
      usageHelp = true,
      description = "Show this help.")
  boolean help;
}
