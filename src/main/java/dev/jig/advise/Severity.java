package dev.jig.advise;

import java.util.Locale;

/// How bad a finding is, least first.
public enum Severity {
  /// Works, but could be better.
  INFO,
  /// Costs time or queries.
  WARNING,
  /// Lookups fail or wait for seconds.
  ERROR;

  /// The name on the command line and in JSON.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
