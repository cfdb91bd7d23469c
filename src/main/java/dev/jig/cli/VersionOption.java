package dev.jig.cli;

import picocli.CommandLine.Option;

/// `--version` of the top command: prints the line of its version provider.
final class VersionOption {
  @Option(names = "--version", order = 98, versionHelp = true, description = "Show the version.")
  boolean version;
}
