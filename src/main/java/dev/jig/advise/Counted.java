package dev.jig.advise;

import java.util.Locale;

/// Numbers with their nouns, such as `1 lookup` and `1,204 lookups`.
public final class Counted {
  private Counted() {}

  public static String of(long count, String one, String many) {
    return number(count) + " " + (count == 1 ? one : many);
  }

  /// Such as `1,204`.
  public static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /// A share in whole percent, such as `75 %`; `<1 %` for less, but not for 0.
  public static String percent(long part, long whole) {
    long percent = whole == 0 ? 0 : part * 100 / whole;
    return percent == 0 && part > 0 ? "<1 %" : percent + " %";
  }
}
