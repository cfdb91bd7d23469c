package dev.jig.advise;

import java.util.List;

/// What `advise` prints at its end.
///
/// @param findings worst first
public record Report(Window window, List<Finding> findings) {
  public Report {
    findings = List.copyOf(findings);
  }
}
