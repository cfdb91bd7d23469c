package dev.jig.top;

import java.util.Locale;

/// The columns behind the keys.
public enum CountColumn {
  LOOKUPS("lookups", false),
  OK("ok", false),
  NX("nx", false),
  FAILED("failed", false),
  NO_ANSWER("noAnswer", false),
  P50("p50", true),
  P95("p95", true),
  MAX("max", true),
  TOTAL("total", false);

  private final String text;
  private final boolean isDuration;

  CountColumn(String text, boolean isDuration) {
    this.text = text;
    this.isDuration = isDuration;
  }

  /// The name for users, also the JSON key.
  public String text() {
    return text;
  }

  public String title() {
    return text.toUpperCase(Locale.ROOT);
  }

  /// Whether values are nanoseconds.
  public boolean isDuration() {
    return isDuration;
  }

  /// The value of a row.
  public long of(TopRow row) {
    return switch (this) {
      case LOOKUPS -> row.lookups();
      case OK -> row.ok();
      case NX -> row.nx();
      case FAILED -> row.failed();
      case NO_ANSWER -> row.unanswered();
      case P50 -> row.p50Ns();
      case P95 -> row.p95Ns();
      case MAX -> row.maxNs();
      case TOTAL -> row.total();
    };
  }
}
