package dev.jig.cli;

import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// `--help`, declared by the top command and inherited by all others; the last flag of each.
final class HelpOption {
  @Option(
      names = {"-h", "--help"},
      order = 99,
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  boolean help;
}
